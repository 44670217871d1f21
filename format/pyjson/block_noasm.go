//go:build !amd64 || purego

package pyjson

// haveAVX2 is a variable here too, so that the tests which set it compile.
var haveAVX2 = false

func findAVX2(b *block, w *[blockSize]byte) { b.findWords(w) }
