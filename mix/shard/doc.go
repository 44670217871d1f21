// Package shard writes rows as Parquet and reads them back.
//
// A worker packs a row once, as compressed pages, and a shard file is those pages
// and a footer: parquet-go's writer would keep levels and histograms for each
// token. [Outputs] names what rows can hold. Errors name the file.
package shard
