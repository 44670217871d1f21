package tokenize

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// A key is a piece of 1 to 15 bytes: the bytes, zero-filled, and their number
// in the last byte. The upper half is mixed with a constant, so that keys of
// few bytes spread over a table as well as any.
type key struct{ lo, hi uint64 }

const (
	maxShort = 15
	mixer    = 0x51B54A32D192ED03 // its top bit is that of spilled, and clear
)

// keyOf makes a key of the n bytes that lo and hi begin with.
func keyOf(lo, hi uint64, n int) key {
	m := &keyMasks[n&15]
	return key{lo & m.lo, hi&m.hi ^ m.length}
}

var keyMasks = func() (masks [16]struct{ lo, hi, length, _ uint64 }) {
	for n := range masks {
		masks[n].lo = ^uint64(0) >> max(0, 64-8*n)
		masks[n].hi = 1<<max(0, 8*n-64) - 1
		masks[n].length = uint64(n)<<56 ^ mixer
	}
	return masks
}()

// home is where the search for k begins, a byte offset into a table with that
// mask. Folding the whole product spreads keys that differ in few bits better
// than the upper half of one does.
func (k key) home(mask uint64) uint64 {
	hi, lo := bits.Mul64(k.lo, k.hi)
	return (hi ^ lo) & mask
}

// keyOfString is keyOf for text that may end right after the piece.
func keyOfString(piece string) key {
	var b [16]byte
	copy(b[:], piece)
	return keyOf(binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:]), len(piece))
}

// An entry remembers the ids of one piece in half a cache line. It is written
// once, hi last and atomically, and never changes after that, so readers need
// no lock. Of ids that the array cannot hold, hi is marked with spilled and
// ids[0] is their place in spill.
type entry struct {
	hi, lo uint64
	ids    [3]int32
	size   uint32 // of all ids in bytes
}

const (
	entrySize = 32
	spilled   = 1 << 63
)

// pieceTable is open addressing with at most maxProbe neighbours tried: a
// crowded neighbourhood costs a merge, never a long walk. hi is 0 in free
// entries, which no key has.
type pieceTable struct {
	slots []entry
	base  unsafe.Pointer // of slots
	mask  uint64         // of byte offsets from base
	used  int

	spill     []int32 // of fixed length: readers must not see it move
	usedSpill int
}

const maxProbe = 8

func newPieceTable(slots int) *pieceTable {
	t := &pieceTable{
		slots: makeTable[entry](slots + maxProbe),
		mask:  uint64(slots-1) * entrySize,
		spill: make([]int32, slots),
	}
	t.base = unsafe.Pointer(unsafe.SliceData(t.slots))
	return t
}

// match encodes pieces of w as long as their entries are where they are looked
// for first. They end where ends has a bit; the first begins at from. It
// returns the ids written to out, where the first piece begins that it leaves
// to others, and the ends beyond that one's. Nearly all pieces of a text pass
// through here, so the loop is kept to what fits in registers: the arithmetic
// on pointers stays inside w, inside the table by its mask, and within the
// room its caller left behind out.
func (t *pieceTable) match(out *int32, w *window, from int, ends uint64) (n, next int, rest uint64) {
	base, mask := t.base, t.mask
	to := unsafe.Pointer(out)
	for ends != 0 {
		end := bits.TrailingZeros64(ends)
		size := end - from
		if size > maxShort {
			break
		}
		text := (*[16]byte)(unsafe.Add(unsafe.Pointer(w), from))
		k := keyOf(binary.LittleEndian.Uint64(text[:]), binary.LittleEndian.Uint64(text[8:]), size)
		e := (*entry)(unsafe.Add(base, k.home(mask)))
		if atomic.LoadUint64(&e.hi) != k.hi || e.lo != k.lo {
			break
		}
		*(*[3]int32)(to) = e.ids
		to = unsafe.Add(to, e.size)
		from = end
		ends &= ends - 1
	}
	return int(uintptr(to)-uintptr(unsafe.Pointer(out))) / 4, from, ends
}

// find returns the entry of k, nil if there is none.
func (t *pieceTable) find(k key) *entry {
	at := k.home(t.mask) / entrySize
	for i := range uint64(maxProbe) {
		e := &t.slots[at+i]
		switch atomic.LoadUint64(&e.hi) {
		case k.hi, k.hi | spilled:
			if e.lo == k.lo {
				return e
			}
		case 0:
			return nil
		}
	}
	return nil
}

// full says that it is time for a larger table.
func (t *pieceTable) full() bool {
	return t.used >= len(t.slots)/2 || len(t.spill)-t.usedSpill < maxShort
}

// grown returns a table of twice the size with the same pieces, nil if it
// would be too large.
func (t *pieceTable) grown() *pieceTable {
	slots := 2 * (len(t.slots) - maxProbe)
	if slots > lastSlots {
		return nil
	}
	larger := newPieceTable(slots)
	var ids []int32
	for i := range t.slots {
		if e := &t.slots[i]; e.hi != 0 {
			ids = t.appendTo(ids[:0], e)
			larger.add(key{e.lo, e.hi &^ spilled}, ids)
		}
	}
	return larger
}

// add enters a piece into a table that is not full. One caller at a time. In a
// crowded neighbourhood the piece is not kept.
func (t *pieceTable) add(k key, ids []int32) {
	at := k.home(t.mask) / entrySize
	for i := range uint64(maxProbe) {
		e := &t.slots[at+i]
		if e.hi&^spilled == k.hi && e.lo == k.lo {
			return
		}
		if e.hi != 0 {
			continue
		}
		if copy(e.ids[:], ids) < len(ids) {
			e.ids[0] = int32(t.usedSpill)
			t.usedSpill += copy(t.spill[t.usedSpill:], ids)
			k.hi |= spilled
		}
		e.size, e.lo = uint32(4*len(ids)), k.lo
		atomic.StoreUint64(&e.hi, k.hi)
		t.used++
		return
	}
}

// appendTo adds the ids of an entry to dst.
func (t *pieceTable) appendTo(dst []int32, e *entry) []int32 {
	n := int(e.size / 4)
	if n > len(e.ids) {
		return append(dst, t.spill[e.ids[0]:][:n]...)
	}
	return append(dst, e.ids[0], e.ids[1], e.ids[2])[:len(dst)+n] // three words cost less than to count them
}
