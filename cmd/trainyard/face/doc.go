// Package face is what commands show people: the terminal, tables, progress,
// curves, and numbers as words.
//
// [Terminal] keeps the answer (stdout, or --json) and the conversation (stderr)
// apart. Everything that a command prints goes through it, and nothing that
// came out of a record, a path or an error is obeyed by the terminal that shows
// it: control characters are written out ([Clean]). Progress appears on a
// terminal only. A table is as wide as its terminal, and whole in a pipe.
//
// jedib0t/go-pretty lays tables out: it knows how wide characters are and
// breaks texts at words; which column gives way is ours (fit.go).
// schollz/progressbar draws progress: it knows widths and rates.
// guptarohit/asciigraph draws curves in characters, with both axes. golang.org/x/term
// asks the terminal for its size.
package face
