//go:build !amd64

package tokenize

const haveAVX2 = false

func classifyAVX2(b *block, w *window) (high uint64) { return b.classifyWords(w) }
