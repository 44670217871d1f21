// Package container reads files into records: JSON lines, JSON, Parquet and tar
// archives of them, plain, gzip or zstd, and files of events that are one record
// together.
//
// It knows no dialect. A [Feed] gets a [Shape] from its caller, functions that
// say which lines open a session, which folders of an archive are one record,
// and which files hold none. What is wrong inside a file becomes a record with
// Err; only the file system's own failures end the reading. Memory is bounded by
// one record: a line of 200 MB is passed over without being held.
//
// klauspost/compress reads zstd, which the standard library does not, and gzip
// in half the time; parquet-go reads Parquet.
package container
