package tokenize

import (
	"syscall"
	"unsafe"
)

// adviseHuge asks for huge pages under a table that is read at random: with
// pages of 4 KB every other look-up would miss the TLB. It is a hint; refusal
// changes nothing but speed.
func adviseHuge[T any](table []T) {
	const hugePage = 2 << 20
	base := unsafe.Pointer(unsafe.SliceData(table))
	size := len(table) * int(unsafe.Sizeof(table[0]))
	skip := int(-uintptr(base) & (hugePage - 1))
	if size -= skip; size < hugePage {
		return
	}
	whole := unsafe.Slice((*byte)(unsafe.Add(base, skip)), size&^(hugePage-1))
	_ = syscall.Madvise(whole, 14) // MADV_HUGEPAGE
}
