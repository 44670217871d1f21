package dedup

import "math"

// Slots is the number of values of a signature.
const Slots = 128

// slotBits says which bits of a shingle's hash choose its slot.
const slotBits = 7

// shingleWords is the number of words of a shingle.
const shingleWords = 5

// A Signature stands for the shingles of a text. In two texts the part of the
// slots with equal values estimates their Jaccard similarity. A text without a
// word has none: all slots are empty.
type Signature [Slots]uint32

// empty is the value of a slot without a shingle.
const empty = math.MaxUint32

// Sign makes the signature of a text that is given in pieces.
func Sign(text []string) (s Signature) {
	for i := range s {
		s[i] = empty
	}
	eachShingle(text, func(h uint64) {
		if slot, value := h>>(64-slotBits), uint32(h); value < s[slot] {
			s[slot] = value
		}
	})
	s.densify()
	return s
}

// Empty says that the text has no word.
func (s *Signature) Empty() bool { return s[0] == empty }

// eachShingle calls visit with the hash of every shingle, as often as it
// stands there. A text of fewer words is one shingle.
func eachShingle(text []string, visit func(uint64)) {
	w := newWindow(shingleWords)
	for _, piece := range text {
		words := wordReader{text: piece}
		for words.next() {
			if w.push(words.hash) {
				visit(w.hash())
			}
		}
	}
	if w.read > 0 && w.read < shingleWords {
		visit(w.hash())
	}
}

// densify fills the empty slots of a short text: each takes the value of the
// first filled one in an order of its own, which is the same for all texts
// (Shrivastava, Optimal Densification, ICML 2017).
func (s *Signature) densify() {
	short := *s
	filled := false
	for _, v := range short {
		filled = filled || v != empty
	}
	if !filled {
		return
	}
	for slot, v := range short {
		for try := uint64(1); v == empty; try++ {
			v = short[mixed(uint64(slot)<<32|try)>>(64-slotBits)]
		}
		s[slot] = v
	}
}

// Likeness estimates the Jaccard similarity of two texts.
func (s *Signature) Likeness(t *Signature) float64 {
	same := 0
	for i := range s {
		if s[i] == t[i] {
			same++
		}
	}
	return float64(same) / Slots
}
