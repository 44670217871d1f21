#!/bin/bash
# One start of one attempt. $1 lists the attempts' directories, one a line; the rest
# is the program that runs on the nodes.
list=$1
shift
dir=$(sed -n "$((${SLURM_ARRAY_TASK_ID:-0} + 1))p" "$list")
cd "$dir" || exit
# Slurm warns this shell alone. It tells the nodes by the file that they read.
trap 'echo "warn ${SLURM_RESTART_COUNT:-0} $(squeue -h -j "$SLURM_JOB_ID" -o "%M %l")" >>"$dir/orders"' USR1
# The nodes end by themselves, and this shell after them.
trap : TERM
"$@" claim "$dir" || exit
# From 22.05 on, srun does not look at what sbatch was told.
if [ -n "$SLURM_CPUS_PER_TASK" ]; then export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK; fi
srun --kill-on-bad-exit=1 --ntasks-per-node=1 "$@" node "$dir" &
step=$!
# A signal ends a wait, not what is waited for.
while wait "$step"; code=$?; kill -0 "$step" 2>/dev/null; do :; done
# The trainer has saved before a preemption: Slurm is to start the job again.
if [ "$code" = 75 ]; then scontrol requeue "$SLURM_JOB_ID" && sleep 60; fi
exit "$code"
