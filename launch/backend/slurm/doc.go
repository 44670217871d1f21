// Package slurm submits attempts to a Slurm cluster and finds out what became of them.
//
// In comes a launch.Task, out goes a launch.Handle: the job's id, its name and when it
// was submitted. Slurm gives out ids again, so a job is ours only if its name is ours
// too and it is no older. A name, ty-RUN-aN, is never used twice.
//
// The attempt's directory lies on a file system that the login node and all nodes share;
// package node says what is in it. Besides, the side that submits keeps there
//
//	submission.json   what was about to be asked of Slurm: written before
//	slurm-job.json    the handle: written after
//	batch.sh, dirs    the batch script, and the directories of the job's attempts
//	slurm-N.out       what Slurm and the script say
//	unseen            since when Slurm does not know the job any more
//
// The promise: making the directory is the claim, so of any number of calls one submits.
// A job whose submission got no answer is found by its name; where there is none, the
// gate of the directory is closed before that is said, and a job that comes late starts
// nothing. An attempt has ended when Slurm says so: what its exit record says then is how
// its trainer ended. Where Slurm cannot be asked, or does not know the job once, nothing
// has ended. Where it does not know it twice, the gate is closed: an attempt that no node
// had begun never started then, and one that a node had is lost.
//
// Slurm is asked by text with named fields: its JSON differs between versions. One look
// at all jobs of the user serves all attempts of a moment.
//
// Secrets travel in the environment of sbatch, which Slurm gives to the job, again after
// a requeue, and forgets with it. It keeps it meanwhile in the state of slurmctld, which
// none but its administrators read. A file beside the script, removed at the start, would
// lie on the shared file system as long as the job is queued, and would be gone at a
// requeue. No secret is in the script, in an argv, or in the attempt's directory.
//
// With requeue, Slurm starts the job again after a preemption or the failure of a node,
// and the attempt goes on in a directory of that restart. Without, it ends preempted, and
// another attempt may follow.
//
// What it does not do: no modules, no prologue; it does not look into slurmdbd's
// database, nor speak to slurmrestd.
package slurm
