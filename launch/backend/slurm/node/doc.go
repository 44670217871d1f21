// Package node is what runs inside a Slurm job, and the layout of the attempt's
// directory on the shared file system that it has in common with the side that
// submits.
//
// The batch script calls it twice. [Claim] runs once per start of the job, on its
// first node: it makes sure that the attempt is this job's, and opens a directory of
// its own for a restart. [Run] runs on every node of the job, through srun: it starts
// the attempt's supervisor there, passes on what was ordered, and ends with the
// trainer's code.
//
// In the directory lie
//
//	task.json      what to run, never the value of a secret
//	gate.json      the job that the attempt belongs to: the first to claim it, for good
//	orders         lines that were appended: stop, warn, begin
//	node-K/        the protocol of package attempt on the node of rank K: log, exit record
//	restart-N/     the same again, with files and results, of the job's Nth restart
//
// The promise: a job that is not the one of the gate starts nothing. A restart never
// writes where an earlier start of the same job may write still: a node that is taken
// for dead may be alive. It gets other paths, takes the checkpoints that are whole with
// it, and an earlier start that sees the order begin ends itself.
//
// Orders are a file and no signal, because Slurm sends a signal to every process of a
// step, and one that a trainer does not expect ends it. The file exists from the start
// and is appended to: NFS looks at a file anew whenever it is opened, and may hold back
// for a minute that a new one has come.
//
// What it does not do: it keeps no ledger, and asks Slurm for nothing but the names of
// the job's nodes.
package node
