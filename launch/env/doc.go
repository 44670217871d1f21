// Package env says in which Python environment each trainer runs, and how one is
// made.
//
// In comes the name of a trainer. Out comes its [Lock]: every package with its
// version, resolved by uv for one Python on one platform, and the hash by which
// environments made of it are shared between runs. [Lock.Plan] are the commands
// that make one on a machine, argv by argv, which launch/env/build runs there. A lock
// of one's own, as uv pip compile writes it, is read from a file.
//
// The words. An environment lies in envs/HASH below a directory of the machine. Its
// marker is written last: what has none was interrupted, and is made anew. What is
// built there is a package that its index has no wheel of, and that a compiler for
// CUDA makes on the machine.
//
// The promise: one lock is one hash, and a lock that changed is another
// environment. Nothing goes through a shell.
//
// What it does not do: it runs nothing. A lock names versions and no digests of
// files: with those of all wheels axolotl's alone would take 351,275 bytes.
package env
