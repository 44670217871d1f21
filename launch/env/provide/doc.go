// Package provide sees to it that a machine has the environment of a lock, before an
// attempt is started there.
//
// In comes a machine with its agent, and a lock. Out comes what a command needs to run
// in the environment: PATH with its bin first, and what is installed. The agent builds
// it (launch/env/build) where it is not there already.
//
// uv makes it: the one that the machine has, else one that is brought: this machine's,
// where it is of the same kind, or that of a wheel on PyPI, of a version and digest
// that stand here, which is kept in the user's cache. Nothing has to be installed.
//
// The promise: a command is never started in an environment that is not whole. A build
// that fails says what uv said.
//
// What it does not do: it opens no way to a package index. The machine needs one, or
// all packages in its cache.
package provide
