// Package attempt is the box protocol: it runs attempts on a machine, each under a
// supervisor that outlives the process which started it. The same protocol serves this
// machine, boxes behind ssh, nodes of Slurm, pods, and boxes that are rented.
//
// In comes an [Order], out goes a handle, through a [Machine]: [Here] in this process, or
// [Client] at the other end of a session with [Serve]. The agent of launch/backend/
// attempt/agent is this package as a small program; trainyard's hidden supervise is the
// same in the program itself.
//
// The attempt's directory is the protocol. The process that makes it has claimed
// the attempt. In it lie
//
//	spec.json        what to run, never the value of a secret
//	supervisor.json  pid, start time, boot id, PID namespace, start of process 1 and
//	                 the provider's id of the box: the handle
//	queue.json       why the attempt waits for GPUs, as long as it does
//	trainer.json     the identity of the trainer, which leads its process group
//	family           processes below the supervisor and their start times, as long as it lives
//	log              all output of the trainer, with masks over its secrets
//	ranks/           what each rank says, where the order asks for it
//	warning.json     the disk has little room; there as long as that is so
//	supervisor.log   trouble of the supervisor itself; normally empty
//	supervisor.lock  locked as long as the supervisor lives
//	stop.json        a request to end, and how long that may take
//	exit.json        how it ended: written last, by rename
//	collected        the caller has all it wants of an ended attempt
//	destroy.json     how the destruction of the box goes
//
// Below a machine's root lie store/DIGEST, the objects that were put, and gpus/, the
// locks and the queue of its GPUs.
//
// supervisor.json is a second claim, taken by the supervisor itself: a look
// that finds the directory but no supervisor takes that claim for good, so a
// supervisor that comes late finds it taken and starts nothing.
//
// An attempt runs while its supervisor lives: boot id equal, process not a
// zombie, start time equal. Else exit.json has the word. Else, in another PID
// namespace of this boot, the lock tells whether the supervisor lives; of another
// machine, nothing can be told from here. Else the attempt is lost.
//
// The promise: a process that vanished is never reported as succeeded, and no
// process of an ended attempt is left behind. On Linux the supervisor adopts the
// orphans below it, so that a child which left its group, its session and its
// environment is still found; after its own death, the processes of an attempt are
// those that carry TRAINYARD_ATTEMPT in their environment.
//
// No value of a secret is written by any of this, and what a trainer prints of its own is
// overwritten in its logs within a second, and before its end is told: bytes keep their
// places, and the rest of the line stays. Where the supervisor is killed before, it stays.
//
// What ends a trainer is watched where it runs, by its supervisor: a request to stop, a
// deadline and a budget, by the time since boot and never by a date on a disk, a trainer
// that tells nothing any more, by the time that ran while the machine was awake, and the
// signals of a platform: USR1 is a warning, passed on to processes that listen for it,
// and TERM after it is preemption. Each time the trainer may save for the grace, then it
// is killed, and the exit record has the reason. Where the order says how, the box then
// waits to be collected and destroys itself.
//
// A session is one line that an agent greets with, then frames both ways: a line of JSON
// with an id, and the bytes of a file behind it where it tells how many. Many requests
// are on their way at once. A session that dies loses no attempt: what was asked may
// have been done, and Find tells.
//
// The words: a machine runs attempts; a box is a machine as it identifies itself, one
// life of it; a slot is a GPU that an attempt has for itself; an object is a file by its
// digest.
//
// What it does not do: it knows no ledger and imports nothing that does. It opens no
// connection: a session comes from its caller, and the request that destroys a box is
// sent by curl or Python there, which an order is refused without. A supervisor that is
// killed destroys no box, and one outlives its terminal, but not a login manager that is
// told to kill everything at logout (KillUserProcesses=yes).
package attempt
