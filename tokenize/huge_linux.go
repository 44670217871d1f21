package tokenize

import (
	"syscall"
	"unsafe"
)

const hugePage = 2 << 20

// makeTable allocates a table that is read at random, on huge pages where the
// system gives them: with pages of 4 KB most look-ups would miss the TLB, and
// filling the table would be a page fault every few entries. T has no pointers.
func makeTable[T any](n int) []T {
	var zero T
	size := n * int(unsafe.Sizeof(zero))
	if size < hugePage {
		return make([]T, n)
	}
	// Untouched, the pages given up to alignment cost address space only.
	table := make([]T, n+hugePage/int(unsafe.Sizeof(zero)))
	base := uintptr(unsafe.Pointer(unsafe.SliceData(table)))
	skip := int(-base&(hugePage-1)) / int(unsafe.Sizeof(zero))
	table = table[skip:][:n:n]
	whole := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(table))), size&^(hugePage-1))
	_ = syscall.Madvise(whole, 14) // MADV_HUGEPAGE, a hint: refusal costs speed alone
	return table
}
