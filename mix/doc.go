// Package mix turns sources of trajectories into a dataset of Parquet shards.
//
// In come a [Config] (what to read, how to judge, render, choose and cut) and
// the files it names. Out comes a directory:
//
//	train-00000-of-000NN.parquet        rows to train on, shuffled
//	validation-00000-of-000NN.parquet   rows of what was set aside
//	outcomes.jsonl                      one line for every record that was read
//	recipe.yaml                         the resolved recipe, for people
//	manifest.json                       what this is and how it came to be, written last
//
// [Dataset] reads it back. What a dataset is published with is package report's.
//
// The words. A record is what a file holds at one place. An item is a trajectory
// as planning sees it: a few numbers. A row is what a shard holds of it: all of
// it, a part of one that was split, or, where rows are packed, several of them in
// one window. A source has a share or an amount. The window is the longest row,
// in tokens. An outcome is what became of one record. A group is what must stand
// on one side: items that share a repository, an instance or a text. A remark
// tells where the dataset is not what its recipe asks for.
//
// There are two passes. Reading runs every record through parse, judge,
// render and tokenise on all workers, compresses the row as the Parquet pages
// it will be, and leaves rows in a spool file or in a cache, and items in memory.
// What a cache has of a file is not read again. Planning
// sees the items alone, on one goroutine. It chooses and orders by keyed hashes
// of what an item is (seed, source, instance id, trajectory id), never by where
// its record stands, so that a record more changes no row that need not change.
// Writing copies the pages of conversations from there in the
// planned order, makes one page of each side column and a footer, one shard a
// worker. So memory holds items (about a hundred bytes each) and the account
// of every record (56 bytes and its id; 700 bytes more an item where near
// duplicates are looked for), the records in flight (64 MiB) and one
// row group a worker (128 MiB before compression and its last row), not the
// input.
//
// The promises. Every record ends in exactly one outcome, and the counts in
// the manifest sum to the records read. Equal recipes and equal inputs give
// equal bytes, for any number of workers. A directory without manifest.json
// is not a dataset, whatever else it holds.
//
// Figures stand in BENCH.md.
//
// Two things look at words: near duplicates (their turns lie beside the rows) and
// what records have of a benchmark. The rest of the package does not: what text
// means is the business of format and tokenize. It repeats no trajectory unless
// the recipe says so (Amounts), and packs rows only for an output of packed ones;
// else trainers do.
//
// parquet-go/parquet-go gives the schema, the encodings and the structures of
// the shards' metadata, and reads them (the user's choice; pure Go and
// maintained); klauspost/compress is the zstd encoder, fastest of its kind in
// Go.
package mix
