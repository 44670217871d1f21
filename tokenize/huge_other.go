//go:build !linux

package tokenize

func adviseHuge[T any]([]T) {}
