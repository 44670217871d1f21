package dedup

import (
	"math/bits"

	"github.com/zeebo/xxh3"
)

// letters says for each byte what it is in a word; 0 ends one.
var letters = func() (t [256]byte) {
	for c := range t {
		switch b := byte(c); {
		case b >= 'A' && b <= 'Z':
			t[c] = b + 'a' - 'A'
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9', b == '_', b >= 0x80:
			t[c] = b
		}
	}
	return t
}()

// A wordReader goes through the words of a text.
type wordReader struct {
	text       string
	at         int
	start, end int    // of the word that next read
	hash       uint64 // of it, capitals made small
}

// longWord bounds the bytes of a word that are hashed at once: of a longer one,
// which is base64 and the like, the pieces are.
const longWord = 64

// next reads a word, if there is another.
func (r *wordReader) next() bool {
	text, at := r.text, r.at
	for at < len(text) && letters[text[at]] == 0 {
		at++
	}
	if r.start = at; at == len(text) {
		r.at = at
		return false
	}
	var word [longWord]byte
	n, hash := 0, uint64(0)
	for at < len(text) {
		c := letters[text[at]]
		if c == 0 {
			break
		}
		if n == longWord {
			hash, n = mixed(hash^xxh3.Hash(word[:])), 0
		}
		word[n] = c
		n++
		at++
	}
	r.at, r.end, r.hash = at, at, hash^xxh3.Hash(word[:n])
	return true
}

// A window is the last words that were read, n of them, as one hash: a
// polynomial of their hashes, modulo 2^64, which a word more costs two
// multiplications.
type window struct {
	words [maxWindow]uint64
	n     int
	read  int    // words so far
	sum   uint64 // sum of word * base^(its distance from the last)
	first uint64 // base^n, by which the oldest word leaves
}

const (
	base      = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio, odd: Knuth's multiplicative hashing
	maxWindow = 16                 // a power of two
)

func newWindow(n int) window {
	w := window{n: n, first: 1}
	for range n {
		w.first *= base
	}
	return w
}

// push adds a word, and says whether the window is full.
func (w *window) push(word uint64) bool {
	at := w.read & (maxWindow - 1)
	w.sum = w.sum*base + word
	if w.read >= w.n {
		w.sum -= w.words[(w.read-w.n)&(maxWindow-1)] * w.first
	}
	w.words[at] = word
	w.read++
	return w.read >= w.n
}

// hash is what the words of the window are known by.
func (w *window) hash() uint64 { return mixed(w.sum) }

// mixed spreads a hash over all bits: a product of 128 bits, its halves joined.
func mixed(x uint64) uint64 {
	hi, lo := bits.Mul64(x^base, 0xd1342543de82ef95) // a multiplier of Steele and Vigna 2021
	return hi ^ lo
}
