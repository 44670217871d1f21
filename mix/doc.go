// Package mix turns sources of trajectories into a dataset of Parquet shards.
//
// In come a [Config] (what to read, how to judge, render, choose and cut) and
// the files it names. Out comes a directory:
//
//	train-00000-of-000NN.parquet        rows to train on, shuffled
//	validation-00000-of-000NN.parquet   rows of the repositories set aside
//	outcomes.jsonl                      one line for every record that was read
//	manifest.json                       what this is and how it came to be, written last
//
// The words. A record is what a file holds at one place. A row is a
// trajectory in a shard; an item is the same trajectory as planning sees it: a
// few numbers. A source has a share. The window is the longest trajectory
// kept, in tokens. An outcome is what became of one record.
//
// There are two passes. Reading runs every record through parse, judge,
// render and tokenise on all workers, and leaves rows in a spool file and
// items in memory. Planning sees the items alone, on one goroutine, with
// generators seeded by (seed, name). Writing fetches rows from the spool in
// the planned order, one shard a worker. So memory holds items (about a
// hundred bytes each) and the records in flight (64 MiB), not the input.
//
// The promises. Every record ends in exactly one outcome, and the counts in
// the manifest sum to the records read. Equal recipes and equal inputs give
// equal bytes, for any number of workers. A directory without manifest.json
// is not a dataset, whatever else it holds.
//
// The figures. MIX_BENCH_MB=500 go test ./mix -run - -bench Prepare, JSONL of
// OpenHands rows in, zstd Parquet out, 524 MB and 175 million tokens, two
// workers, Xeon (Sapphire Rapids) with 2 CPUs that other builds shared,
// 2026-11-22:
//
//	messages  10.7 s, 18.5 CPU seconds, 206 MB of memory at the peak
//	tokens    13.6 s, 23.2 CPU seconds, 110 MB
//
// With 2 GB of input the peak is 292 MB.
//
// In the same minutes Hugging Face's tokenizers took 3.0 MB a second on two
// threads, so tokenising alone would have cost it three minutes. What limits
// messages now is spread out: parsing and unescaping JSON 25 % of the time,
// tokenising 16, zstd 17, rendering 9, S2 7, hashing inputs and shards 5. Of
// tokens, a quarter is zstd over the ids and an eighth the histograms of
// levels that parquet-go keeps for every value.
//
// The package never looks at words: what text means is the business of
// format and tokenize. It does not repeat trajectories, and it does not pack
// them; trainers do.
//
// parquet-go/parquet-go writes the shards (the user's choice; pure Go and
// maintained), klauspost/compress the spool (S2, fastest of its kind in Go).
package mix
