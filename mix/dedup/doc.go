// Package dedup finds texts that are nearly the same, and texts that hold a
// piece of a benchmark.
//
// In come texts: the turns of a conversation, whichever the caller counts. The
// words. A word is a run of letters, digits and underscores, capitals made
// small; every byte beyond ASCII belongs to a word. A shingle is five words in a
// row, across the turns of a text. The Jaccard similarity of two texts is the
// number of shingles that both have over the number that either has.
//
// [Sign] makes a signature of 128 numbers, which are equal in two texts about
// as often as their similarity says (one-permutation hashing, Li, Owen, Zhang
// 2012, densified as Shrivastava 2017 does). [Drop] finds by bands of the
// signatures what may be similar, counts the shingles of each such pair, and
// drops a text only where it is similar itself to one that is kept: likeness is
// never passed on from text to text, which has emptied whole sources elsewhere.
//
// [Grams] are runs of thirteen words of a benchmark's statements, [Patches] the
// lines that its solutions add.
//
// zeebo/xxh3 hashes words (the fastest of its kind in Go, alike in every
// process); the Go libraries for MinHash have not been kept since 2017. Figures
// stand in BENCH.md.
package dedup
