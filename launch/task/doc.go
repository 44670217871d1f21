// Package task has the words between the launcher, the backends and the
// supervisor of an attempt: what to start (Task, Command, File, Env), what finds it
// again (Handle), what can be told of it (State, Status, OpenFile, Entry), and the
// errors that a caller branches on.
//
// It imports nothing but what keeps secrets out of files, so that the agent on a box
// has these words without the ledger. Package launch calls all of them by its own
// names.
package task
