// Package export writes the rows of a dataset as other trainers, services and
// viewers take them: JSON lines, one file for each side, or a file for each row.
//
// In comes a finished dataset of messages, of turns or of tokens, out goes a
// directory.
// [Targets] is the registry: a target is a file and a line there, and the tests
// then demand golden files of it.
//
// The promise: a line teaches what its row teaches. Rows of messages train every
// assistant turn. Rows of tokens are read back into turns; they are written with
// their template once more, and where that gives other ids than the row has, or a
// target cannot say which turns are trained, the export ends with the row's place
// and leaves nothing behind. Which tokens of a trained turn count is each
// trainer's convention (trainyard list conventions) and in no line, but for
// tinker's.
//
// What it does not do: it sends nothing anywhere, and it shortens nothing.
//
// The formats were read in November 2026, where each target's Read says.
package export
