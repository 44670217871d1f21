package pack

import "math/bits"

// A bitmap is a set of small numbers that finds the next one in a step for each
// level: a bit of a level says that a word of the level below holds any.
type bitmap struct{ levels [][]uint64 }

func newBitmap(size int) *bitmap {
	b := &bitmap{}
	for {
		size = (size + 63) / 64
		b.levels = append(b.levels, make([]uint64, size))
		if size == 1 {
			return b
		}
	}
}

func (b *bitmap) set(n int) {
	for _, words := range b.levels {
		words[n>>6] |= 1 << (n & 63)
		n >>= 6
	}
}

func (b *bitmap) clear(n int) {
	for _, words := range b.levels {
		if words[n>>6] &^= 1 << (n & 63); words[n>>6] != 0 {
			return
		}
		n >>= 6
	}
}

// from is the least number that is n or more, -1 where there is none.
func (b *bitmap) from(n int) int {
	for level := 0; level < len(b.levels); level++ {
		words := b.levels[level]
		if n>>6 >= len(words) {
			return -1
		}
		if rest := words[n>>6] >> (n & 63); rest != 0 {
			return b.down(level, n+bits.TrailingZeros64(rest))
		}
		n = n>>6 + 1
	}
	return -1
}

// down follows the first bits below a bit.
func (b *bitmap) down(level, n int) int {
	for ; level > 0; level-- {
		n = n<<6 + bits.TrailingZeros64(b.levels[level-1][n])
	}
	return n
}
