// Package fetch brings files of an attempt back to this machine: a checkpoint, a model,
// a log.
//
// In comes an attempt of any backend and a name below its directory, out come the files
// in a directory here, and fetched.json, which is written last: with it, everything that
// it lists is there, with its SHA-256. Without it, the fetch was cut: asked again, it
// goes on, at the byte where a file was cut, as long as the file there is the same.
//
// Where the backend can tell a file's digest, what came is checked against it.
//
// [ToStore] brings the same into a bucket, where a file that was cut comes again as a
// whole, and [FromStore] from there, only where the marker stands.
//
// What it does not do: it does not follow a trainer that is still writing. A file that
// changes while it is read is an error.
package fetch
