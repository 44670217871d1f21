// Package ssh runs attempts on machines of one's own that are reached over ssh: a
// workstation, or a few servers with GPUs.
//
// In comes a [Config] with hosts. An attempt goes to the host, or for several nodes to
// the hosts, with room for it; where none has, it waits in the queue of the one that
// is left soonest, which that host keeps itself. What the command needs is staged
// there first (launch/stage), then the agent there starts it (launch/backend/attempt).
//
// An attempt's directory lies at ROOT/runs/RUN/attempt-N on its host. The directory
// here, of the same name, has one file, ssh.json: which hosts were chosen. It is made
// in one step before any of them is asked, and is the claim of the attempt: what dies
// after it left word of where to look. The handle says the same, so that an attempt is
// found when the settings have changed. Where its launcher died, and then a host that was
// chosen, nothing tells whether it was started: its handle says so, its end can be asked
// for, it is lost after a while, and what became of it is told when the host answers.
//
// The promise: of any number of starts one starts the command, on every node or, in
// the end, on none. A host that cannot be reached says nothing: its attempt is shown
// as it was last known, never as failed. One that was restarted has lost its attempts
// to the platform, which is preempted; another machine at the same address is no
// evidence of anything, which is lost.
//
// Several nodes are one attempt: rank 0 is told first, the others know its address,
// and when one ends without success the others are stopped at the next look.
//
// What it does not do: it makes no machine and pays for none, and it removes nothing
// from a host.
package ssh
