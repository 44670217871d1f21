package unicode

import (
	"sync"
	"unicode"
)

// The class of a code point, as the split expressions see it, in the low bits;
// Unstable above them.
const (
	Letter  uint8 = 1 + iota // \p{L}
	Number                   // \p{N}
	Space                    // \s: White_Space
	Other                    // everything else
	Classes = 7              // mask of the four

	// Unstable marks what NFC may change: code points that decompose, that
	// combine with what stands before them, or that have a combining class.
	Unstable = 8

	// Some families split by more than the four classes.
	Upper  = 16  // \p{Lu}, \p{Lt}
	Lower  = 32  // \p{Ll}
	Mark   = 64  // \p{M}
	Symbol = 128 // \p{P}, \p{S}
)

// ClassTable has one byte per code point, 1.1 MB: a flat table costs one load
// where two stages cost two, and only the pages of scripts in use are touched.
type ClassTable [unicode.MaxRune + 1]uint8

// LoadClasses makes the table once, on the first call, and hands out the same one
// ever after.
var LoadClasses = sync.OnceValue(func() *ClassTable {
	t := new(ClassTable)
	for r := range t {
		t[r] = Other
	}
	for _, span := range letterRanges {
		t.fill(span, Letter)
	}
	for _, span := range numberRanges {
		t.fill(span, Number)
	}
	for _, span := range spaceRanges {
		t.fill(span, Space)
	}
	t.flag(upperRanges[:], Upper)
	t.flag(lowerRanges[:], Lower)
	t.flag(markRanges[:], Mark)
	t.flag(symbolRanges[:], Symbol)
	t.markUnstable()
	return t
})

// spaceRanges is White_Space, unchanged since Unicode 6.3.
var spaceRanges = [...][2]rune{
	{0x9, 0xD}, {0x20, 0x20}, {0x85, 0x85}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A},
	{0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
}

func (t *ClassTable) fill(span [2]rune, class uint8) {
	for r := span[0]; r <= span[1]; r++ {
		t[r] = class
	}
}

func (t *ClassTable) flag(ranges [][2]rune, bit uint8) {
	for _, span := range ranges {
		for r := span[0]; r <= span[1]; r++ {
			t[r] |= bit
		}
	}
}

func (t *ClassTable) markUnstable() {
	for _, d := range decompositions {
		// A composed letter that recomposes to itself is stable alone; a mark
		// after it is marked by itself.
		if c := recompose(decompose(nil, d.r)); len(c) != 1 || c[0].rune() != d.r {
			t[d.r] |= Unstable
		}
	}
	for _, c := range compositions {
		t[c[1]] |= Unstable
	}
	for _, c := range combiningClasses {
		t[c.r] |= Unstable
	}
	for r := rune(hangulV); r < hangulT+hangulTs; r++ {
		t[r] |= Unstable
	}
}
