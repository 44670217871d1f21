package tokenize

import (
	"sync"
	"unicode"
)

// The class of a code point, as the split expressions see it, in the low bits;
// unstable above them.
const (
	letter  uint8 = 1 + iota // \p{L}
	number                   // \p{N}
	space                    // \s: White_Space
	other                    // everything else
	classes = 7              // mask of the four

	// unstable marks what NFC may change: code points that decompose, that
	// combine with what stands before them, or that have a combining class.
	unstable = 8

	// Some families split by more than the four classes.
	upper  = 16  // \p{Lu}, \p{Lt}
	lower  = 32  // \p{Ll}
	mark   = 64  // \p{M}
	symbol = 128 // \p{P}, \p{S}
)

// classTable has one byte per code point, 1.1 MB: a flat table costs one load
// where two stages cost two, and only the pages of scripts in use are touched.
type classTable [unicode.MaxRune + 1]uint8

var loadClasses = sync.OnceValue(func() *classTable {
	t := new(classTable)
	for r := range t {
		t[r] = other
	}
	for _, span := range letterRanges {
		t.fill(span, letter)
	}
	for _, span := range numberRanges {
		t.fill(span, number)
	}
	for _, span := range spaceRanges {
		t.fill(span, space)
	}
	t.flag(upperRanges[:], upper)
	t.flag(lowerRanges[:], lower)
	t.flag(markRanges[:], mark)
	t.flag(symbolRanges[:], symbol)
	t.markUnstable()
	return t
})

// spaceRanges is White_Space, unchanged since Unicode 6.3.
var spaceRanges = [...][2]rune{
	{0x9, 0xD}, {0x20, 0x20}, {0x85, 0x85}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A},
	{0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
}

func (t *classTable) fill(span [2]rune, class uint8) {
	for r := span[0]; r <= span[1]; r++ {
		t[r] = class
	}
}

func (t *classTable) flag(ranges [][2]rune, bit uint8) {
	for _, span := range ranges {
		for r := span[0]; r <= span[1]; r++ {
			t[r] |= bit
		}
	}
}

func (t *classTable) markUnstable() {
	for _, d := range decompositions {
		// A composed letter that recomposes to itself is stable alone; a mark
		// after it is marked by itself.
		if c := recompose(decompose(nil, d.r)); len(c) != 1 || c[0].rune() != d.r {
			t[d.r] |= unstable
		}
	}
	for _, c := range compositions {
		t[c[1]] |= unstable
	}
	for _, c := range combiningClasses {
		t[c.r] |= unstable
	}
	for r := rune(hangulV); r < hangulT+hangulTs; r++ {
		t[r] |= unstable
	}
}
