// Package verdict knows how evaluations spell what they found: the words, the
// members and columns, and the lists of a run's summary.
//
// In comes a value, a word, or the bytes of a table. Out comes a [Grade], the name
// of what is judged, or rows.
//
// The words: a grade says how one instance ended. A list of a summary holds the ids
// of all instances of one grade. A row is about one instance; it names it by one of
// [RowIDs] and judges it by one of [Fields] or [Columns].
//
// The promise: what is no verdict is [None]; nothing is taken for success that does
// not say so.
//
// What it does not do: it opens no file, and does not say what follows from a grade.
// That is for format/evidence, which accepts trajectories, and for launch/result,
// which keeps the results of runs.
package verdict
