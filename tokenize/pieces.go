package tokenize

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"
)

// A key is a piece of 1 to 15 bytes: the bytes, zero-filled, and their number
// in the last byte.
type key struct{ lo, hi uint64 }

const maxShort = 15

// keyOf reads the key of the n bytes at the start of w.
func keyOf(lo, hi uint64, n int) key {
	return key{lo & shortMasks[n&15].lo, hi&shortMasks[n&15].hi | uint64(n)<<56}
}

var shortMasks = func() (masks [16]key) {
	for n := range masks {
		masks[n].lo = ^uint64(0) >> max(0, 64-8*n)
		masks[n].hi = 1<<max(0, 8*n-64) - 1
	}
	return masks
}()

func (k key) hash() uint64 {
	a, b := bits.Mul64(k.lo^0x9E3779B97F4A7C15, k.hi^0xD1B54A32D192ED03)
	return a ^ b
}

// keyOfString is keyOf for text that may end right after the piece.
func keyOfString(piece string) key {
	var b [16]byte
	copy(b[:], piece)
	return keyOf(binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:]), len(piece))
}

// An entry remembers the ids of one piece in half a cache line. It is written
// once, hi last and atomically, and never changes after that, so readers need
// no lock. Where n is more than the array holds, ids[0] is a place in spill.
type entry struct {
	hi, lo uint64
	ids    [3]int32
	n      int32
}

// pieceTable is open addressing with at most maxProbe neighbours tried: a
// crowded neighbourhood costs a merge, never a long walk. hi is 0 in free
// entries since the length of a piece is not.
type pieceTable struct {
	slots []entry
	mask  uint64
	used  int

	spill   []int32 // of fixed length: readers must not see it move
	spilled int
}

const maxProbe = 8

func newPieceTable(slots int) *pieceTable {
	t := &pieceTable{
		slots: make([]entry, slots+maxProbe),
		mask:  uint64(slots - 1),
		spill: make([]int32, slots/2),
	}
	adviseHuge(t.slots)
	return t
}

// find returns the entry of k, nil if there is none.
func (t *pieceTable) find(k key) *entry {
	at := k.hash() & t.mask
	for i := range uint64(maxProbe) {
		e := &t.slots[at+i]
		switch atomic.LoadUint64(&e.hi) {
		case k.hi:
			if e.lo == k.lo {
				return e
			}
		case 0:
			return nil
		}
	}
	return nil
}

// add enters a piece. One caller at a time. It reports false if the spill is
// full; a crowded neighbourhood is no fault, the piece is just not kept.
func (t *pieceTable) add(k key, ids []int32) bool {
	at := k.hash() & t.mask
	for i := range uint64(maxProbe) {
		e := &t.slots[at+i]
		if e.hi == k.hi && e.lo == k.lo {
			return true
		}
		if e.hi != 0 {
			continue
		}
		if !t.put(e, ids) {
			return false
		}
		e.lo = k.lo
		atomic.StoreUint64(&e.hi, k.hi)
		t.used++
		return true
	}
	return true
}

// put stores ids in e, those that do not fit in the spill.
func (t *pieceTable) put(e *entry, ids []int32) bool {
	if copy(e.ids[:], ids) < len(ids) {
		if len(t.spill)-t.spilled < len(ids) {
			return false
		}
		e.ids[0] = int32(t.spilled)
		t.spilled += copy(t.spill[t.spilled:], ids)
	}
	e.n = int32(len(ids))
	return true
}

// rest returns the ids of an entry that holds more than its array.
func (t *pieceTable) rest(e *entry) []int32 {
	return t.spill[e.ids[0]:][:e.n]
}
