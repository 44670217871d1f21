// Package samples holds the project's own sample trajectories: what the demo
// prepares, what tests read and what the documentation quotes.
//
// They come out as the files that rollouts leave on disk, one directory per
// task, each task in another of the layouts that package format reads:
//
//	func_localize/output.jsonl                  OpenHands rows, the verdict in each row (report.resolved)
//	issue_localize/output.jsonl.zst             OpenHands rows, the verdicts in
//	issue_localize/report.json                  one report of the run (resolved_ids, unresolved_ids)
//	dep_search/llm_completions/ID/*.json        OpenHands completion logs, the last of a folder is the walk
//	dep_search/eval_outputs/ID/report.json      its verdict, keyed by ID
//	func_gen/chat.jsonl.gz                      OpenAI chats with tools, the verdict in the field resolved
//
// # What they are
//
// No model wrote them. Two scripts of ours, the teachers scripted-a and
// scripted-b, walk through ten small repositories of ours (directory repos:
// Python, Go and shell) and really run what they say they run: every output and
// every patch is real. Whether a walk succeeded is read off the files it left:
// the documentation stands in the function that was described, the note in the
// function at fault, the names in the comment are the true ones, the body is
// the one that was taken out.
//
// The awkward ones are there on purpose. Records by outcome, exact copies
// included; a walk over the window prints more than 150,000 bytes; a looping
// one repeats an action at least three times:
//
//	task            records  accepted  refused  unknown  copies  over window  loops
//	func_localize        28        20        5        3       2            2      2
//	issue_localize       31        22        7        2       2            2      3
//	dep_search           25        19        4        2       0            1      1
//	func_gen             29        20        6        3       1            2      2
//	together            113        81       22       10       5            7      8
//
// Five instances were walked by both teachers. Other oddities: two calls in one
// message (func_gen), contents in parts (func_localize), edits that fail at
// first, outputs with CRLF and colour codes (oldmill/greenlog), and <|im_end|> in
// plain text (lowtide/chatstencil).
//
// # How they are made
//
// go generate runs the program in directory generate, which needs git, a POSIX
// shell and the GNU tools, and writes samples.zip.zst anew; same sources, same
// bytes. klauspost/compress reads and writes the zstd around the zip.
package samples

//go:generate go run ./generate
