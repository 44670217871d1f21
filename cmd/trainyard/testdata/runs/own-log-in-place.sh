# The log is cut off in place and written anew, with more in it than before.
mkdir -p "$1"
log=$1/trainer_log.jsonl
for i in 1 2 3 4; do echo "{\"current_steps\": $i, \"total_steps\": 8, \"loss\": 5.0}"; done > "$log"
until test -e "$1/go"; do sleep 0.05; done
for i in 1 2 3 4 5 6 7 8; do echo "{\"current_steps\": $i, \"total_steps\": 8, \"loss\": 1.0}"; done > "$log"
