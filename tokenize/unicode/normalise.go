package unicode

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// Normalise brings text into the form the merges expect: invalid UTF-8
// replaced, then NFC as Hugging Face's tokenizers compute it. Text that is in
// that form already comes back as it is.
func Normalise(text string, mask uint8) string {
	if Settled(text, mask) {
		return text
	}
	return strings.Clone(new(Normaliser).Normalise(text, mask))
}

// Settled reports whether normalising would change nothing: every code point
// is whole, does not decompose and does not combine with the one before it.
// Mask is unstable, or 0 where a family has no NFC and only broken text counts.
func Settled(text string, mask uint8) bool {
	stable := LoadClasses()
	for i := 0; i < len(text); {
		if i += asciiPrefix(text[i:]); i == len(text) {
			break
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 || stable[r]&mask != 0 {
			return false
		}
		i += n
	}
	return true
}

// highBits are the bits that no ASCII byte has, in eight bytes at once.
const highBits = 0x8080808080808080

// asciiPrefix is the number of bytes before the first that is not ASCII.
func asciiPrefix(text string) int {
	b := unsafe.Slice(unsafe.StringData(text), len(text))
	i := 0
	for ; len(b)-i >= 32; i += 32 {
		w := b[i : i+32 : i+32]
		if (binary.LittleEndian.Uint64(w)|binary.LittleEndian.Uint64(w[8:])|
			binary.LittleEndian.Uint64(w[16:])|binary.LittleEndian.Uint64(w[24:]))&highBits != 0 {
			break
		}
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// A Normaliser keeps its buffers from text to text.
type Normaliser struct {
	text  []byte
	runes []ranked
}

// Normalise returns a string that is good until the next call. Only stretches
// around unstable code points are composed; a stable one bounds them, since
// nothing before it combines with it or what follows it.
func (n *Normaliser) Normalise(text string, mask uint8) string {
	stable := LoadClasses()
	n.text = n.text[:0]
	n.runes = n.runes[:0]
	done, last := 0, 0 // text before done is written; last is where the last stable one starts
	for i := 0; i < len(text); {
		r, width := utf8.DecodeRuneInString(text[i:])
		broken := r == utf8.RuneError && width == 1
		if broken {
			width = brokenLen(text[i:])
		}
		switch open := len(n.runes) > 0; {
		case stable[r]&mask != 0:
			if !open {
				n.open(text, done, last, i)
			}
			n.runes = decompose(n.runes, r)
			done = i + width
		case open:
			n.close()
			done, last = i, i
		default:
			last = i
		}
		if broken {
			n.text = append(append(n.text, text[done:i]...), "\uFFFD"...)
			done, last = i+width, i+width
		}
		i += width
	}
	n.close()
	n.text = append(n.text, text[done:]...)
	return unsafe.String(unsafe.SliceData(n.text), len(n.text))
}

// open starts a stretch at the last stable code point before i, if one is
// there that is not written yet.
func (n *Normaliser) open(text string, done, last, i int) {
	last = max(last, done)
	n.text = append(n.text, text[done:last]...)
	for _, r := range text[last:i] {
		n.runes = decompose(n.runes, r)
	}
}

// close composes the open stretch and writes it.
func (n *Normaliser) close() {
	reorder(n.runes)
	for _, r := range recompose(n.runes) {
		n.text = utf8.AppendRune(n.text, r.rune())
	}
	n.runes = n.runes[:0]
}

// brokenLen is the length of what one U+FFFD replaces: the longest start of
// text that begins some valid sequence, at least one byte. It is what Python's
// errors="replace" does. Text starts with an invalid sequence.
func brokenLen(text string) int {
	need, low, high := 0, byte(0x80), byte(0xBF)
	switch c := text[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
	case c >= 0xF0 && c <= 0xF4:
		need = 3
	}
	switch text[0] {
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for n < len(text) && n <= need && text[n] >= low && text[n] <= high {
		n, low, high = n+1, 0x80, 0xBF
	}
	return n
}

// What follows is NFC with the tables of Unicode 9 and without the stream-safe
// limit of golang.org/x/text, which would insert U+034F after thirty marks.

// A ranked code point carries its combining class above its 21 bits.
type ranked uint32

func rank(r rune) ranked { return ranked(combiningClass(r))<<21 | ranked(r) }

func (r ranked) class() uint8 { return uint8(r >> 21) }
func (r ranked) rune() rune   { return rune(r & (1<<21 - 1)) }

func decompose(dst []ranked, r rune) []ranked {
	if r >= hangulBase && r < hangulBase+hangulCount {
		s := r - hangulBase
		dst = append(dst, ranked(hangulL+s/(hangulVs*hangulTs)), ranked(hangulV+s%(hangulVs*hangulTs)/hangulTs))
		if t := s % hangulTs; t > 0 {
			dst = append(dst, ranked(hangulT+t))
		}
		return dst
	}
	to, ok := decompositionOf(r)
	if !ok {
		return append(dst, rank(r))
	}
	for _, part := range to {
		dst = append(dst, rank(part))
	}
	return dst
}

// reorder sorts each run of marks by class, keeping the order within a class.
func reorder(runes []ranked) {
	byClass := func(a, b ranked) int { return cmp.Compare(a.class(), b.class()) }
	for i := 0; i < len(runes); i++ {
		start := i
		for i < len(runes) && runes[i].class() != 0 {
			i++
		}
		if run := runes[start:i]; !slices.IsSortedFunc(run, byClass) {
			slices.SortStableFunc(run, byClass)
		}
	}
}

// recompose joins each starter with the marks after it that no mark of the
// same or a higher class separates from it. It works in place.
func recompose(runes []ranked) []ranked {
	out, starter, last := runes[:0], -1, uint8(0)
	for _, r := range runes {
		adjacent := starter == len(out)-1
		if starter >= 0 && (adjacent || r.class() > last) {
			if joined, ok := compositionOf(out[starter].rune(), r.rune()); ok {
				out[starter] = ranked(joined)
				continue
			}
		}
		if r.class() == 0 {
			starter = len(out)
		}
		last = r.class()
		out = append(out, r)
	}
	return out
}

// Hangul syllables are computed (The Unicode Standard, section 3.12).
const (
	hangulBase, hangulL, hangulV, hangulT = 0xAC00, 0x1100, 0x1161, 0x11A7
	hangulLs, hangulVs, hangulTs          = 19, 21, 28
	hangulCount                           = hangulLs * hangulVs * hangulTs
)

func compositionOf(a, b rune) (rune, bool) {
	switch {
	case a >= hangulL && a < hangulL+hangulLs && b >= hangulV && b < hangulV+hangulVs:
		return hangulBase + ((a-hangulL)*hangulVs+(b-hangulV))*hangulTs, true
	case a >= hangulBase && a < hangulBase+hangulCount && (a-hangulBase)%hangulTs == 0 && b > hangulT && b < hangulT+hangulTs:
		return a + b - hangulT, true
	}
	i, ok := slices.BinarySearchFunc(compositions[:], [2]rune{a, b}, func(c [3]rune, k [2]rune) int {
		return cmp.Or(cmp.Compare(c[0], k[0]), cmp.Compare(c[1], k[1]))
	})
	if !ok {
		return 0, false
	}
	return compositions[i][2], true
}

func decompositionOf(r rune) (string, bool) {
	lo, hi := 0, len(decompositions)
	for lo < hi {
		mid := (lo + hi) / 2
		switch d := &decompositions[mid]; {
		case d.r == r:
			return d.to, true
		case d.r < r:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return "", false
}

func combiningClass(r rune) uint8 {
	if r < combiningClasses[0].r {
		return 0
	}
	lo, hi := 0, len(combiningClasses)
	for lo < hi {
		mid := (lo + hi) / 2
		switch c := &combiningClasses[mid]; {
		case c.r == r:
			return c.class
		case c.r < r:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return 0
}
