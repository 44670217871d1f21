package tokenize

import "math"

// A pairTable maps two neighbouring tokens to the rank of the merge that joins
// them: open addressing on words that hold left, right and rank, 21 bits each.
type pairTable struct {
	slots []uint64
	shift uint8
	into  []int32 // by rank
}

const (
	idBits   = 21
	idMask   = 1<<idBits - 1
	occupied = 1 << 63
	noMerge  = math.MaxUint32
)

func newPairTable(merges []merge) *pairTable {
	bits := uint8(8)
	for 1<<bits < 2*len(merges) {
		bits++
	}
	t := &pairTable{slots: make([]uint64, 1<<bits), shift: 64 - bits, into: make([]int32, len(merges))}
	for rank, m := range merges {
		t.into[rank] = m.into
		t.add(m.left, m.right, uint32(rank))
	}
	return t
}

// add keeps the first rank of a pair that is listed twice.
func (t *pairTable) add(left, right int32, rank uint32) {
	k := uint64(left)<<idBits | uint64(right)
	for at := t.home(k); ; at++ {
		s := &t.slots[at&uint64(len(t.slots)-1)]
		if *s == 0 {
			*s = occupied | k<<idBits | uint64(rank)
		}
		if *s>>idBits&^(occupied>>idBits) == k {
			return
		}
	}
}

func (t *pairTable) home(k uint64) uint64 { return k * 0x9E3779B97F4A7C15 >> t.shift }

// rank returns noMerge for a pair that nothing joins.
func (t *pairTable) rank(left, right int32) uint32 {
	k := uint64(left)<<idBits | uint64(right)
	for at := t.home(k); ; at++ {
		s := t.slots[at&uint64(len(t.slots)-1)]
		if s>>idBits == k|occupied>>idBits {
			return uint32(s & idMask)
		}
		if s == 0 {
			return noMerge
		}
	}
}

// maxScan is the longest piece whose next merge is found by looking at every
// pair. It is quadratic, and up to here faster than any queue.
const maxScan = 64

// scan appends the ids of a piece of at most maxScan bytes. Of pairs of equal
// rank the leftmost goes first.
func (t *pairTable) scan(dst []int32, bytes *[256]int32, piece string) []int32 {
	var ids [maxScan + 1]int32
	var ranks [maxScan + 1]uint32
	n := len(piece)
	for i := range n {
		ids[i] = bytes[piece[i]]
	}
	for i := range n - 1 {
		ranks[i] = t.rank(ids[i], ids[i+1])
	}
	for n > 1 {
		at, best := 0, uint32(noMerge)
		for i, r := range ranks[:n-1] {
			if r < best {
				at, best = i, r
			}
		}
		if best == noMerge {
			break
		}
		ids[at] = t.into[best]
		copy(ids[at+1:n-1], ids[at+2:n])
		copy(ranks[at+1:n-2+1], ranks[at+2:n])
		n--
		if at+1 < n {
			ranks[at] = t.rank(ids[at], ids[at+1])
		}
		if at > 0 {
			ranks[at-1] = t.rank(ids[at-1], ids[at])
		}
	}
	return append(dst, ids[:n]...)
}
