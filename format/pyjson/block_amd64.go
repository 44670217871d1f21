//go:build !purego

package pyjson

import "golang.org/x/sys/cpu"

// haveAVX2 chooses the finder once; tests run both.
var haveAVX2 = cpu.X86.HasAVX2

// findAVX2 is findWords, 32 bytes at a time.
//
//go:noescape
func findAVX2(b *block, w *[blockSize]byte)
