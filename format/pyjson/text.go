package pyjson

import "math/bits"

// text locates a JSON string: i stands on the opening quote.
func (ix *index) text(i int) (int, error) {
	end, plain, err := endOfText(ix.src, i+1)
	if err != nil {
		return i, err
	}
	ix.leaf(i, end, KindText, plain)
	return end, nil
}

// endOfText returns the offset after the closing quote: half of a trajectory's
// bytes pass through this loop only.
func endOfText(src []byte, i int) (end int, plain bool, err error) {
	plain = true
	for {
		b, next := blockAt(src, i), i+blockSize
		for stops := b.quotes | b.slashes | b.controls; stops != 0; {
			at := i + bits.TrailingZeros64(stops)
			switch {
			case at >= len(src):
				return at, false, &SyntaxError{len(src), "the text ends inside a string"}
			case src[at] == '"':
				before := uint64(1)<<(at-i) - 1
				return at + 1, plain && b.high&before == 0, nil
			case src[at] != '\\':
				return at, false, &SyntaxError{at, "a raw control character in a string"}
			}
			plain = false
			after := at + 2
			if at+1 == len(src) || shortEscapes[src[at+1]] == 0 {
				if after, err = longEscape(src, at); err != nil {
					return at, false, err
				}
			}
			stops &= ^uint64(0) << (after - i)
			next = max(next, after)
		}
		plain = plain && b.high == 0
		i = next
	}
}

// longEscape checks a \uXXXX and returns the offset after it.
func longEscape(src []byte, i int) (int, error) {
	switch {
	case i+1 == len(src), src[i+1] == 'u' && i+6 > len(src):
		return i, &SyntaxError{len(src), "the text ends inside a string"}
	case src[i+1] == 'u':
		if _, ok := hex4(src[i+2 : i+6]); ok {
			return i + 6, nil
		}
	}
	return i, &SyntaxError{i, "an unknown escape in a string"}
}

func hex4(b []byte) (rune, bool) {
	var r rune
	for _, c := range b[:4] {
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
