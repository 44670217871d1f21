package tokenize

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// normalise brings text into the form the merges expect: invalid UTF-8
// replaced, then NFC as Hugging Face's tokenizers compute it. Text that is in
// that form already comes back as it is.
func normalise(text string) string {
	if !needsNormalising(text) {
		return text
	}
	return compose(validUTF8(text))
}

// needsNormalising looks for bytes that could matter. Below 0xCC lie ASCII and
// the code points under U+0300, none of which changes under NFC by itself.
func needsNormalising(text string) bool {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 || classOf(r)&unstable != 0 {
			return true
		}
		i += n
	}
	return false
}

// validUTF8 replaces what is not UTF-8 by U+FFFD, one for each maximal part of
// a sequence, which is what Python's errors="replace" gives.
func validUTF8(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && n == 1 {
			n = brokenLen(text)
		}
		b.WriteRune(r)
		text = text[n:]
	}
	return b.String()
}

// brokenLen is the length of the longest start of text that begins some valid
// sequence, at least one byte. Text starts with an invalid one.
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

// compose is NFC with the tables of Unicode 9 and without the stream-safe
// limit of golang.org/x/text, which would insert U+034F after thirty marks.
func compose(text string) string {
	runes := make([]rune, 0, len(text))
	for _, r := range text {
		runes = decompose(runes, r)
	}
	reorder(runes)
	return string(recompose(runes))
}

func decompose(dst []rune, r rune) []rune {
	if r >= hangulBase && r < hangulBase+hangulCount {
		s := r - hangulBase
		dst = append(dst, hangulL+s/(hangulVs*hangulTs), hangulV+s%(hangulVs*hangulTs)/hangulTs)
		if t := s % hangulTs; t > 0 {
			dst = append(dst, hangulT+t)
		}
		return dst
	}
	if to, ok := decompositionOf(r); ok {
		return append(dst, []rune(to)...)
	}
	return append(dst, r)
}

// reorder sorts each run of marks by class, keeping the order within a class.
func reorder(runes []rune) {
	for i := 0; i < len(runes); i++ {
		start := i
		for i < len(runes) && combiningClass(runes[i]) != 0 {
			i++
		}
		slices.SortStableFunc(runes[start:i], func(a, b rune) int {
			return cmp.Compare(combiningClass(a), combiningClass(b))
		})
	}
}

// recompose joins each starter with the marks after it that no mark of the
// same or a higher class separates from it. It works in place.
func recompose(runes []rune) []rune {
	out, starter, last := runes[:0], -1, uint8(0)
	for _, r := range runes {
		class := combiningClass(r)
		adjacent := starter == len(out)-1
		if starter >= 0 && (adjacent || class > last) {
			if joined, ok := compositionOf(out[starter], r); ok {
				out[starter] = joined
				continue
			}
		}
		if class == 0 {
			starter = len(out)
		}
		last = class
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
