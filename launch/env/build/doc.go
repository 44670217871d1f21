// Package build makes a Python environment on the machine that it runs on.
//
// In comes a [Plan], as JSON: a directory, files to write beside it, commands. Out
// comes a [Built]: the environment's directory, what is installed in it, and whether
// it was there already. The agent on a box runs it (agent build), so that a plan
// comes by standard input: an index's password is in no argument and no file.
//
// The promise: of any number of builds of one environment at once one works and the
// others wait for it. The marker is written last; what has none was interrupted, is
// removed and built again. A program that outlives a build which was killed holds the
// lock until it has ended, so that it never writes into the environment of the next.
//
// What it does not do: it resolves nothing, and it removes no environment that is
// whole.
package build
