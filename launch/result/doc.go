// Package result reads what evaluations found out about a model.
//
// In come files: reports of SWE-bench and of what followed it, of Terminal-Bench,
// lm-eval-harness, LiveCodeBench and others, or tables with an id and a verdict. Out
// come [Result]s: what was evaluated, and the verdict on every instance where the file
// has them.
//
// The words:
//
//   - A format is one way of writing results down. [Formats] has them all.
//   - An instance is one task of a benchmark, under the id that the benchmark gives it.
//   - A verdict is how one instance ended; a score is a number beside it, or in its
//     place.
//   - A part is a file about one instance. The parts of one evaluation are one result.
//   - What was asked is all that was to be judged. A report may name fewer, and a rate is
//     over all: the harness of SWE-bench divides by total_instances.
//
// The promise: what a file does not say is empty, and never guessed. The name that a
// harness gives its file and the metadata that it leaves beside it count as said. A
// file that fits no format, or two, is an error that tells what was seen, and one that
// contradicts itself is no result. An instance stands in a result once.
//
// What it does not do: it keeps nothing (that is the ledger's), counts no intervals
// (launch/stats), and does not know which run a file belongs to.
package result
