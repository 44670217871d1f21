//go:build !linux

package tokenize

func makeTable[T any](n int) []T { return make([]T, n) }
