package tokenize

import (
	"encoding/binary"
	"math/bits"
)

// A block is the classes of up to 64 ASCII bytes, bit i for byte i. One whole
// block is cut into pieces with a few dozen operations on these masks and no
// branch per byte, which is where a hand-written scanner loses its time.
type block struct {
	letters, numbers, spaces, lines, blanks, apostrophes uint64
}

// window is what a block reads: 64 bytes and room to load the 16 bytes of a
// piece that starts on the last.
type window [blockSize + 16]byte

const blockSize = 64

// classify sets b from the first 64 bytes of w and returns how many of them
// come before the first that is not ASCII.
func (b *block) classify(w *window) int {
	if haveAVX2 {
		return bits.TrailingZeros64(classifyAVX2(b, w))
	}
	return bits.TrailingZeros64(b.classifyWords(w))
}

// classifyWords works on eight bytes at a time where there is no AVX2. It
// returns the mask of bytes that are not ASCII, whose other bits are undefined.
func (b *block) classifyWords(w *window) (high uint64) {
	*b = block{}
	for i := 0; i < blockSize; i += 8 {
		x := binary.LittleEndian.Uint64(w[i : i+8])
		high |= gather(x) << i
		x &^= tops
		lower := x | each*0x20
		b.letters |= gather(between(lower, 'a', 'z')) << i
		b.numbers |= gather(between(x, '0', '9')) << i
		blank := equal(x, ' ')
		b.blanks |= gather(blank) << i
		b.spaces |= gather(blank|between(x, '\t', '\r')) << i
		b.lines |= gather(equal(x, '\n')|equal(x, '\r')) << i
		b.apostrophes |= gather(equal(x, '\'')) << i
	}
	return high
}

const (
	each = 0x0101010101010101
	tops = 0x8080808080808080
)

// between and equal test eight bytes below 0x80 at once; the answer is the top
// bit of each, the other bits are noise that gather drops.
func between(x uint64, first, last byte) uint64 {
	return (x + each*uint64(0x80-first)) &^ (x + each*uint64(0x7F-last))
}

func equal(x uint64, c byte) uint64 {
	return ^((x ^ each*uint64(c)) + each*0x7F)
}

// gather packs the top bits of eight bytes into the low eight bits.
func gather(x uint64) uint64 {
	return (x & tops >> 7) * 0x0102040810204080 >> 56
}

// ends returns where the pieces at the start of the block end, of which left
// bytes of text remain and size are ASCII in this block. Pieces that go on
// behind those bytes, or might, are not among them.
func (b *block) ends(w *window, size, left, digits int) uint64 {
	ends := b.starts(w, size, digits) &^ 1
	if size == left && size < blockSize && b.spaces>>(size-1)&1 == 0 {
		ends |= 1 << size
	}
	return ends
}

// starts returns where pieces start within the first size bytes, given that
// one starts at byte 0 and that what follows the block is unknown. Only starts
// that no later byte can change are in the answer.
func (b *block) starts(w *window, size, digits int) uint64 {
	known := ^uint64(0) >> (blockSize - size)
	L, N, W, R := b.letters&known, b.numbers&known, b.spaces&known, b.lines&known
	S, P := W&^R, known&^(b.letters|b.numbers|b.spaces)
	blankBefore := b.blanks << 1

	// A lone mark in front of letters, no blank before it, is their prefix.
	first := P &^ (P << 1) &^ blankBefore
	prefix := first & (L >> 1)
	starts := 1 | numberStarts(N, digits) | first
	starts |= L &^ (L<<1 | S<<1 | prefix<<1)
	// White space starts a piece, but for line ends behind punctuation.
	starts |= W &^ (W << 1) &^ (R & (P << 1))
	// The last of a run goes with what follows.
	starts |= S &^ (W >> 1)
	// After a line end the rest of the run is another piece if no line end
	// follows in it.
	if after := S & (R << 1); after != 0 {
		if (S+after)&^S&R == 0 {
			starts |= after
		} else {
			starts |= afterLines(S, R, P, after)
		}
	}
	for q := prefix & b.apostrophes; q != 0; q &= q - 1 {
		at := bits.TrailingZeros64(q) + 1
		if n := contraction(string(w[at : at+2])); n > 0 {
			starts |= L & (1 << (at + n))
		}
	}
	return starts &^ undecided(W, size)
}

// numberStarts cuts runs of numbers into pieces of so many digits.
func numberStarts(N uint64, digits int) (starts uint64) {
	if digits == 1 {
		return N
	}
	for runs := N &^ (N << 1); runs != 0; runs &= runs - 1 {
		at := bits.TrailingZeros64(runs)
		for end := at + bits.TrailingZeros64(^(N >> at)); at < end; at += digits {
			starts |= 1 << at
		}
	}
	return starts
}

// afterLines takes the starts out of after one by one: white space behind line
// ends that belong to punctuation, and white space no line end follows.
func afterLines(S, R, P, after uint64) (starts uint64) {
	for ; after != 0; after &= after - 1 {
		at := bits.TrailingZeros64(after)
		end := at + bits.TrailingZeros64(^(S >> at))
		leads := end < blockSize && R>>end&1 != 0
		before := bits.Len64(^R & (1<<at - 1))
		if !leads || before > 0 && P>>(before-1)&1 != 0 {
			starts |= 1 << at
		}
	}
	return starts
}

// undecided is the white space at the end of the block but for its first.
func undecided(W uint64, size int) uint64 {
	run := bits.LeadingZeros64(^(W << (blockSize - size)))
	if run <= 1 {
		return 0
	}
	return ^uint64(0) << (size - run + 1)
}
