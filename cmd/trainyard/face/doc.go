// Package face is what commands show people: the terminal, tables, progress,
// curves, and numbers as words.
//
// [Terminal] keeps the answer (stdout, or --json) and the conversation (stderr)
// apart. Progress appears on a terminal only. schollz/progressbar draws it: it
// knows widths and rates; golang.org/x/term asks the terminal for its size.
package face
