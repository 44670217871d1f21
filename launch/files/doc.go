// Package files reads and writes the small files of runs.
//
// In comes a value and the name of a file, out goes JSON that is on disk and whole,
// whatever dies; the bytes are written by format/durable, and opened by format/regular.
// A claim is a file that is made with its content in one step: of several callers one
// wins. A lock tells who holds it.
//
// What it does not do: it reads no file above a limit, and opens nothing that is no
// regular file.
package files
