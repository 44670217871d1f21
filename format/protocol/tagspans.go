package protocol

import "strings"

// A TagSpan is where one <function=NAME> block lies in a text. Edits change
// single names and values of such blocks and leave the rest as it is, which
// taking the calls out and printing them anew would not. All offsets are
// into that text.
type TagSpan struct {
	Name       string
	NameAt     int
	Start, End int // [Start, End) with both tags
	closed     bool
	Params     []TagParam
}

// A TagParam is one <parameter=NAME> of a block.
type TagParam struct {
	Name                 string
	NameAt               int
	Start, End           int // with both tags, and the newline behind
	ValueStart, ValueEnd int // between the tags, frame newlines included
}

// Value is the parameter's text without the newline that some scaffolds put
// on either side of it.
func (p TagParam) Value(text string) string {
	v := text[p.ValueStart:p.ValueEnd]
	return strings.TrimSuffix(strings.TrimPrefix(v, "\n"), "\n")
}

// TagSpans finds the calls that a text dialect writes as tags, those that
// are cut off included. Parameters are read before the closing tag is looked
// for, because a value may hold that tag.
func TagSpans(text string) []TagSpan {
	var calls []TagSpan
	for at := 0; ; {
		i := strings.Index(text[at:], FunctionOpen)
		if i < 0 {
			return calls
		}
		call, ok := readTagSpan(text, at+i)
		if !ok {
			at += i + len(FunctionOpen)
			continue
		}
		calls = append(calls, call)
		at = call.End
	}
}

func readTagSpan(text string, start int) (TagSpan, bool) {
	c := TagSpan{Start: start, NameAt: start + len(FunctionOpen)}
	name, ok := nameInTag(text[c.NameAt:])
	if !ok {
		return c, false
	}
	c.Name = name
	at := c.NameAt + len(name) + 1
	for {
		p, ok := readTagParam(text, at)
		if !ok {
			break
		}
		c.Params = append(c.Params, p)
		at = p.End
	}
	if i := strings.Index(text[at:], FunctionClose); i >= 0 {
		c.closed, c.End = true, at+i+len(FunctionClose)
		return c, true
	}
	c.End = len(text)
	return c, true
}

func readTagParam(text string, at int) (TagParam, bool) {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r') {
		at++
	}
	if !strings.HasPrefix(text[at:], parameterOpen) {
		return TagParam{}, false
	}
	p := TagParam{Start: at, NameAt: at + len(parameterOpen)}
	name, ok := nameInTag(text[p.NameAt:])
	if !ok {
		return p, false
	}
	p.Name = name
	p.ValueStart = p.NameAt + len(name) + 1
	i := EndOfValue(text[p.ValueStart:])
	if i < 0 {
		// The last value of a call that was cut off may still be whole.
		if i = strings.LastIndex(text[p.ValueStart:], ParameterClose); i < 0 {
			return p, false
		}
	}
	p.ValueEnd = p.ValueStart + i
	p.End = p.ValueEnd + len(ParameterClose)
	if strings.HasPrefix(text[p.End:], "\n") {
		p.End++
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
