package tokenize

import "math"

// A pairTable maps two neighbouring tokens to the rank of the merge that joins
// them: open addressing on words that hold left, right and rank, 21 bits each.
type pairTable struct {
	slots  []uint64
	shift  uint8
	into   []int32         // by rank
	bytes  [256]int32      // the ids of single bytes
	byteOf map[int32]int   // the inverse of bytes
	first  [1 << 16]uint32 // ranks of pairs of bytes, which every merge begins with
}

const (
	idBits   = 21
	idMask   = 1<<idBits - 1
	occupied = 1 << 63
	noMerge  = math.MaxUint32
)

// newPairTable has room for as many merges as the slice could hold.
func newPairTable(merges []merge, bytes [256]int32) *pairTable {
	bits := uint8(8)
	for 1<<bits < 2*cap(merges) {
		bits++
	}
	t := &pairTable{slots: makeTable[uint64](1 << bits), shift: 64 - bits, bytes: bytes, byteOf: map[int32]int{}}
	t.into = make([]int32, 0, cap(merges))
	for i := range t.first {
		t.first[i] = noMerge
	}
	for b, id := range bytes {
		t.byteOf[id] = b
	}
	for rank, m := range merges {
		t.extend(m, uint32(rank))
	}
	return t
}

// extend adds a merge that ranks behind all others. Of a pair listed twice the
// last rank counts, as in Hugging Face's tokenizers.
func (t *pairTable) extend(m merge, rank uint32) {
	t.into = append(t.into, m.into)
	t.add(m.left, m.right, rank)
	left, okLeft := t.byteOf[m.left]
	right, okRight := t.byteOf[m.right]
	if okLeft && okRight {
		t.first[left<<8|right] = rank
	}
}

func (t *pairTable) add(left, right int32, rank uint32) {
	k := uint64(left)<<idBits | uint64(right)
	for at := t.home(k); ; at++ {
		s := &t.slots[at&uint64(len(t.slots)-1)]
		if *s == 0 || *s>>idBits == k|occupied>>idBits {
			*s = occupied | k<<idBits | uint64(rank)
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
func (t *pairTable) scan(dst []int32, piece string) []int32 {
	var tokens [maxScan + 1]struct {
		id   int32
		rank uint32 // of the pair with the next
	}
	n := len(piece)
	for i := range n {
		tokens[i].id = t.bytes[piece[i]]
		if i > 0 {
			tokens[i-1].rank = t.first[int(piece[i-1])<<8|int(piece[i])]
		}
	}
	tokens[n-1].rank = noMerge
	for {
		at, best := 0, uint32(noMerge)
		for i := range tokens[:n] {
			if r := tokens[i].rank; r < best {
				at, best = i, r
			}
		}
		if best == noMerge {
			break
		}
		n--
		for i := at + 1; i < n; i++ {
			tokens[i] = tokens[i+1]
		}
		tokens[at].id, tokens[at].rank = t.into[best], noMerge
		if at+1 < n {
			tokens[at].rank = t.rank(tokens[at].id, tokens[at+1].id)
		}
		if at > 0 {
			tokens[at-1].rank = t.rank(tokens[at-1].id, tokens[at].id)
		}
	}
	for _, token := range tokens[:n] {
		dst = append(dst, token.id)
	}
	return dst
}
