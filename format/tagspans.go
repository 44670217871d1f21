package format

import "strings"

// A tagSpan is where one <function=NAME> block lies in a text. Edits change
// single names and values of such blocks and leave the rest as it is, which
// taking the calls out and printing them anew would not. All offsets are
// into that text.
type tagSpan struct {
	name       string
	nameAt     int
	start, end int // [start, end) with both tags
	closed     bool
	params     []tagParam
}

// A tagParam is one <parameter=NAME> of a block.
type tagParam struct {
	name                 string
	nameAt               int
	start, end           int // with both tags, and the newline behind
	valueStart, valueEnd int // between the tags, frame newlines included
}

// value is the parameter's text without the newline that some scaffolds put
// on either side of it.
func (p tagParam) value(text string) string {
	v := text[p.valueStart:p.valueEnd]
	return strings.TrimSuffix(strings.TrimPrefix(v, "\n"), "\n")
}

// tagSpans finds the calls that a text dialect writes as tags, those that
// are cut off included. Parameters are read before the closing tag is looked
// for, because a value may hold that tag.
func tagSpans(text string) []tagSpan {
	var calls []tagSpan
	for at := 0; ; {
		i := strings.Index(text[at:], functionOpen)
		if i < 0 {
			return calls
		}
		call, ok := readTagSpan(text, at+i)
		if !ok {
			at += i + len(functionOpen)
			continue
		}
		calls = append(calls, call)
		at = call.end
	}
}

func readTagSpan(text string, start int) (tagSpan, bool) {
	c := tagSpan{start: start, nameAt: start + len(functionOpen)}
	name, ok := nameInTag(text[c.nameAt:])
	if !ok {
		return c, false
	}
	c.name = name
	at := c.nameAt + len(name) + 1
	for {
		p, ok := readTagParam(text, at)
		if !ok {
			break
		}
		c.params = append(c.params, p)
		at = p.end
	}
	if i := strings.Index(text[at:], functionClose); i >= 0 {
		c.closed, c.end = true, at+i+len(functionClose)
		return c, true
	}
	c.end = len(text)
	return c, true
}

func readTagParam(text string, at int) (tagParam, bool) {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r') {
		at++
	}
	if !strings.HasPrefix(text[at:], parameterOpen) {
		return tagParam{}, false
	}
	p := tagParam{start: at, nameAt: at + len(parameterOpen)}
	name, ok := nameInTag(text[p.nameAt:])
	if !ok {
		return p, false
	}
	p.name = name
	p.valueStart = p.nameAt + len(name) + 1
	i := endOfValue(text[p.valueStart:])
	if i < 0 {
		// The last value of a call that was cut off may still be whole.
		if i = strings.LastIndex(text[p.valueStart:], parameterClose); i < 0 {
			return p, false
		}
	}
	p.valueEnd = p.valueStart + i
	p.end = p.valueEnd + len(parameterClose)
	if strings.HasPrefix(text[p.end:], "\n") {
		p.end++
	}
	return p, true
}

// nameInTag reads NAME> at the start of text; names hold no white space.
func nameInTag(text string) (string, bool) {
	i := strings.IndexAny(text, "> \t\r\n<")
	if i <= 0 || text[i] != '>' {
		return "", false
	}
	return text[:i], true
}
