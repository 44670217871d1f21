// Package attempt is the box protocol: it runs attempts on a machine, each under a
// supervisor that outlives the process which started it.
//
// The attempt's directory is the protocol. The process that makes it has claimed
// the attempt. In it lie
//
//	spec.json        what to run, never the value of a secret
//	supervisor.json  pid, start time, boot id and PID namespace of the
//	                 supervisor: the handle
//	trainer.json     the same of the trainer, which leads its process group
//	log              all output of the trainer
//	supervisor.log   trouble of the supervisor itself; normally empty
//	supervisor.lock  locked as long as the supervisor lives
//	stop.json        a request to end, and how long that may take
//	exit.json        how it ended: written last, by rename
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
// What it does not do: a supervisor outlives its terminal, but not a login
// manager that is told to kill everything at logout (KillUserProcesses=yes).
package attempt
