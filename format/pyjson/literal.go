package pyjson

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// PythonToJSON rewrites a Python literal of lists, tuples, dicts with string
// keys, strings, numbers, True, False and None as JSON: what str() or a CSV
// export made of a JSON column.
func PythonToJSON(text string) ([]byte, error) {
	p := &pythonParser{src: text}
	if err := p.value(0); err != nil {
		return nil, err
	}
	if p.space(); p.at < len(text) {
		return nil, p.fail("something follows the value")
	}
	return p.out, nil
}

type pythonParser struct {
	src string
	at  int
	out []byte
}

func (p *pythonParser) fail(what string, args ...any) error {
	return &SyntaxError{p.at, fmt.Sprintf(what, args...)}
}

func (p *pythonParser) space() {
	for p.at < len(p.src) && strings.IndexByte(" \t\r\n\f", p.src[p.at]) >= 0 {
		p.at++
	}
}

// next skips white space and returns the byte there, 0 at the end.
func (p *pythonParser) next() byte {
	if p.space(); p.at < len(p.src) {
		return p.src[p.at]
	}
	return 0
}

func (p *pythonParser) value(depth int) error {
	if depth == MaxDepth {
		return p.fail("nesting deeper than %d", MaxDepth)
	}
	switch p.next() {
	case '[':
		return p.items(depth, '[', ']', p.value)
	case '(':
		return p.items(depth, '[', ')', p.value)
	case '{':
		return p.items(depth, '{', '}', p.pair)
	case '\'', '"':
		return p.text()
	}
	return p.word()
}

// items reads what stands between brackets; a comma may follow the last.
func (p *pythonParser) items(depth int, open, end byte, item func(int) error) error {
	p.out = append(p.out, open)
	p.at++
	for first := true; ; first = false {
		if p.next() == end {
			p.at++
			p.out = append(p.out, open+2) // ASCII: ] is [ + 2, } is { + 2
			return nil
		}
		if !first {
			p.out = append(p.out, ',')
		}
		if err := item(depth + 1); err != nil {
			return err
		}
		switch p.next() {
		case ',':
			p.at++
		case end:
		default:
			return p.fail("no comma between two items")
		}
	}
}

func (p *pythonParser) pair(depth int) error {
	if c := p.next(); c != '\'' && c != '"' {
		return p.fail("a key that is no string")
	}
	if err := p.text(); err != nil {
		return err
	}
	if p.next() != ':' {
		return p.fail("no colon after a key")
	}
	p.at++
	p.out = append(p.out, ':')
	return p.value(depth)
}

var pythonWords = map[string]string{
	"True": "true", "False": "false", "None": "null", "nan": "NaN", "inf": "Infinity", "-inf": "-Infinity",
}

// word reads a name or a number.
func (p *pythonParser) word() error {
	end := p.at
	for end < len(p.src) && strings.IndexByte(" \t\r\n\f,:]})([{'\"", p.src[end]) < 0 {
		end++
	}
	word := p.src[p.at:end]
	if json, ok := pythonWords[word]; ok {
		p.out = append(p.out, json...)
	} else if isNumber(word) {
		p.out = append(p.out, word...)
	} else {
		return p.fail("%q is no literal", Clip(word))
	}
	p.at = end
	return nil
}

// isNumber says that a word is a number as JSON, and so repr(), writes it.
func isNumber(word string) bool {
	if word == "" {
		return false
	}
	ix := index{src: []byte(word)}
	end, err := ix.number(0)
	return err == nil && end == len(word)
}

// text reads a string in single or double quotes.
func (p *pythonParser) text() error {
	quote := p.src[p.at]
	p.at++
	var b strings.Builder
	for {
		i := strings.IndexAny(p.src[p.at:], "\\\n"+string(quote))
		if i < 0 {
			return p.fail("the text ends inside a string")
		}
		b.WriteString(p.src[p.at : p.at+i])
		p.at += i
		switch p.src[p.at] {
		case quote:
			p.at++
			p.out = QuoteJSON(p.out, ValidText(b.String()))
			return nil
		case '\n':
			return p.fail("a raw line end in a string")
		}
		if err := p.escape(&b); err != nil {
			return err
		}
	}
}

var pythonEscapes = map[byte]string{
	'\\': "\\", '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '\n': "",
}

func (p *pythonParser) escape(b *strings.Builder) error {
	if p.at+1 >= len(p.src) {
		return p.fail("the text ends inside a string")
	}
	c := p.src[p.at+1]
	if s, ok := pythonEscapes[c]; ok {
		b.WriteString(s)
		p.at += 2
		return nil
	}
	if width := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]; width > 0 {
		return p.coded(b, p.at+2, width, 16)
	}
	if c >= '0' && c <= '7' {
		width := 1
		for width < 3 && p.at+1+width < len(p.src) && p.src[p.at+1+width]-'0' < 8 {
			width++
		}
		return p.coded(b, p.at+1, width, 8)
	}
	return p.fail("an escape that repr() does not write")
}

// coded reads a character written as digits. Surrogates, which only broken
// text holds, become U+FFFD.
func (p *pythonParser) coded(b *strings.Builder, from, width, base int) error {
	if from+width > len(p.src) {
		return p.fail("the text ends inside a string")
	}
	code, err := strconv.ParseUint(p.src[from:from+width], base, 32)
	if err != nil || code > utf8.MaxRune {
		return p.fail("%q is no character", p.src[p.at:from+width])
	}
	b.WriteRune(rune(code))
	p.at = from + width
	return nil
}
