package redact

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"trainyard/format/secret"
)

const (
	redacted  = "[redacted]"
	maskStart = "[redacted"
)

// masks are what cover writes.
var masks = regexp.MustCompile(`\[redacted\*+\]`)

// A Redactor finds secrets: forms of values, and shapes. It may be used by several
// goroutines at once.
//
// One pass looks for the first two bytes of every form and of every literal that a shape
// holds; patterns run only around those. A pass for each of a hundred forms, and ten
// patterns over everything, read a log at 2 MB/s.
type Redactor struct {
	byPair  []uint16 // index into buckets; 0 for two bytes that begin nothing
	buckets [][]needle
}

// A needle is a form of a value, or a literal of a shape.
type needle struct {
	form
	shape int // index into shapes; less than 0: see needles
}

const (
	ofValue = -1
	ofKey   = -2
)

// New knows the values of an environment (NAME=value) whose names say that they are
// secrets, and those of the names beside, whatever they are called.
func New(environ []string, names ...string) *Redactor {
	r := &Redactor{byPair: make([]uint16, 1<<16), buckets: make([][]needle, 1)}
	for _, f := range values(environ, func(name string) bool { return slices.Contains(names, name) }) {
		r.add(f.text[0], f.text[1], needle{f, ofValue})
	}
	for i, s := range shapes {
		for _, anchor := range s.anchors {
			r.addFolded(needle{form{text: anchor}, i})
		}
	}
	r.add(keyMark[0], keyMark[1], needle{form{text: keyMark}, ofKey})
	for _, bucket := range r.buckets {
		slices.SortStableFunc(bucket, func(a, b needle) int { return len(b.text) - len(a.text) })
	}
	return r
}

func (r *Redactor) add(first, second byte, n needle) {
	at := &r.byPair[uint16(first)<<8|uint16(second)]
	if *at == 0 {
		*at = uint16(len(r.buckets))
		r.buckets = append(r.buckets, nil)
	}
	r.buckets[*at] = append(r.buckets[*at], n)
}

// addFolded adds a literal for both cases of its first two letters.
func (r *Redactor) addFolded(n needle) {
	upper := strings.ToUpper(n.text[:2])
	for _, first := range slices.Compact([]byte{n.text[0], upper[0]}) {
		for _, second := range slices.Compact([]byte{n.text[1], upper[1]}) {
			r.add(first, second, n)
		}
	}
}

// Text replaces what is secret, and masks, by [redacted]. It comes before anything is
// quoted or cut, because half a secret is not recognised.
func (r *Redactor) Text(text string) string {
	if strings.Contains(text, maskStart) {
		text = masks.ReplaceAllLiteralString(text, redacted)
	}
	found, _ := r.find([]byte(text), false)
	if len(found) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, s := range found {
		b.WriteString(text[at:s.start] + redacted)
		at = s.end
	}
	return b.String() + text[at:]
}

// Mask overwrites what is secret in whole lines of a log; the bytes keep their number.
func (r *Redactor) Mask(text []byte) { r.mask(text, false) }

// mask overwrites what is secret in whole lines of a log, and gives its places. inKey says
// that they follow on lines of a private key, and open that the last of them are such.
func (r *Redactor) mask(text []byte, inKey bool) (found []span, open bool) {
	found, open = r.find(text, inKey)
	coverAll(text, found)
	return found, open
}

func coverAll(text []byte, found []span) {
	for _, s := range found {
		for line := range bytes.Lines(text[s.start:s.end]) {
			cover(bytes.TrimRight(line, "\r\n"))
		}
	}
}

// cover writes [redacted***] over bytes, or stars where there is no room.
func cover(text []byte) {
	for i := range text {
		text[i] = '*'
	}
	if len(text) >= len(redacted) {
		copy(text, maskStart)
		text[len(text)-1] = ']'
	}
}

// maskPart is a mask, or the beginning or the end of one that was cut. A row of stars that
// is longer than a mask without room for its word is a banner, as torchrun prints one.
var maskPart = regexp.MustCompile(`\[redacted|(^|[^*])\*{6,9}([^*]|$)|^\*+(\]|$)`)

// Masked reports whether a mask, or the beginning or the end of one, stands in a text.
func Masked(text []byte) bool { return maskPart.Match(text) }

// A span is [start, end) of a text.
type span struct{ start, end int }

func (r *Redactor) find(text []byte, inKey bool) (found []span, open bool) {
	if inKey {
		end, more := keyBody(text, 0, true)
		found, open = append(found, span{0, end}), more
	}
	s := search{text: text, found: found, open: open, last: make([]int, len(shapes))}
	pair := uint16(0)
	for i, c := range text {
		pair = pair<<8 | uint16(c)
		if at := r.byPair[pair]; at != 0 && i > 0 {
			s.at(i-1, r.buckets[at])
		}
	}
	for _, f := range secret.Find(string(text)) {
		s.found = append(s.found, span{f.Start, f.End})
	}
	return joined(s.found), s.open
}

// joined are the spans in order, without those that are empty, overlaps as one.
func joined(found []span) []span {
	found = slices.DeleteFunc(found, func(s span) bool { return s.start >= s.end })
	slices.SortFunc(found, func(a, b span) int { return a.start - b.start })
	out := found[:0]
	for _, s := range found {
		if n := len(out); n > 0 && s.start < out[n-1].end {
			out[n-1].end = max(out[n-1].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}
