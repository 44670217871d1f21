// Package stage brings what a command needs to the machine that will run it.
//
// In comes a command as a trainer rendered it for this machine, with links to files
// and directories here, and an attempt.Machine. Out comes the command as it runs
// there. A file goes into the machine's store under its SHA-256, a directory becomes
// ROOT/trees/DIGEST, made of the store's objects by hard links: what is there is not
// sent again, whichever run brought it, and what was cut goes on where it ended. Of several
// processes of one user that bring the same object to one machine, one sends it.
//
// Where a [Relay] is said, objects of 1 MiB or more go up into it once, and the machine
// fetches them by a URL that is its secret, on the standard input of curl or Python.
//
// The promise: what a command finds there has the bytes that were here when it was
// staged, as its digest says; a directory is there whole or not at all.
//
// What it does not do: it leaves out .git and __pycache__ of directories, and it
// removes nothing from a store.
package stage
