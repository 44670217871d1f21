// Package pyjson reads and prints JSON as Python does: NaN and Infinity, U+FFFD
// for what is not UTF-8, recorded order, and number spelling kept.
//
// One pass over a record checks it and locates every value ([WithIndex]);
// dialects then decode only what they want, without maps. Literals of Python
// stand in for JSON where scaffolds print them. A fuzz test holds the index
// against encoding/json. Figures stand in format/dialect/BENCH.md.
package pyjson
