package dedup

import "math"

// Bands find the texts whose signatures agree in all slots of a band: the
// candidates for being similar.
type bands struct {
	rows, count int
	signatures  []Signature
	heads       []int32 // hash of a band -> the last entry put there, from 1; 0 is none
	next        []int32 // entry -> the one before it in its list
	seen        []int32 // text -> the last query that met it, from 1
	queries     int32
}

// missed is the part of the pairs exactly at the threshold that the bands may
// not find; those above it are found more often.
const missed = 1e-3

func newBands(signatures []Signature, threshold float64) *bands {
	b := &bands{signatures: signatures, seen: make([]int32, len(signatures))}
	b.rows = rowsFor(threshold)
	b.count = Slots / b.rows
	size := 1
	for size < b.count*len(signatures) {
		size *= 2
	}
	b.heads, b.next = make([]int32, size), make([]int32, b.count*len(signatures))
	return b
}

// rowsFor is the greatest number of slots of a band with which no more than
// missed are missed: more slots make fewer candidates that are not similar.
// For 0.8 it is 5, 25 bands.
func rowsFor(threshold float64) int {
	rows := 1
	for r := 2; r <= Slots; r++ {
		if math.Pow(1-math.Pow(threshold, float64(r)), float64(Slots/r)) <= missed {
			rows = r
		}
	}
	return rows
}

// add puts a text where later ones find it.
func (b *bands) add(text int32) {
	for band := range b.count {
		head := b.head(text, band)
		entry := int(text)*b.count + band
		b.next[entry], *head = *head, int32(entry)+1
	}
}

// candidates calls visit once with every text that was added and agrees with
// this one in a band.
func (b *bands) candidates(text int32, visit func(other int32)) {
	b.queries++
	for band := range b.count {
		for e := *b.head(text, band); e != 0; e = b.next[e-1] {
			other := (e - 1) / int32(b.count)
			if b.seen[other] != b.queries && int(e-1)%b.count == band && b.agree(text, other, band) {
				b.seen[other] = b.queries
				visit(other)
			}
		}
	}
}

// head is the list of what has this band's hash.
func (b *bands) head(text int32, band int) *int32 {
	h := uint64(band)
	for _, v := range b.band(text, band) {
		h = mixed(h<<32 ^ h>>32 ^ uint64(v))
	}
	return &b.heads[h&uint64(len(b.heads)-1)]
}

func (b *bands) agree(x, y int32, band int) bool {
	other := b.band(y, band)
	for i, v := range b.band(x, band) {
		if v != other[i] {
			return false
		}
	}
	return true
}

func (b *bands) band(text int32, band int) []uint32 {
	return b.signatures[text][band*b.rows : (band+1)*b.rows]
}
