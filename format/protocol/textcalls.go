package protocol

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// Ticks is how SWE-agent and mini-swe-agent write a command into text: a
// fenced block at the end. It can be read, not written.
const Ticks Style = "ticks"

// TextCalls are the readers of calls in text, by the style that writes them.
// Each splits an assistant's text into what stands before the calls and the
// calls.
var TextCalls = map[Style]func(text string) (string, []format.Call, error){
	"adp":       func(text string) (string, []format.Call, error) { return taggedCalls(text, openhandsValue) },
	"hermes":    HermesCalls,
	"openhands": func(text string) (string, []format.Call, error) { return taggedCalls(text, openhandsValue) },
	"qwen":      HermesCalls,
	"r2e":       func(text string) (string, []format.Call, error) { return taggedCalls(text, plainValue) },
	"swe-smith": func(text string) (string, []format.Call, error) { return taggedCalls(text, swesmithValue) },
	Ticks:       TickedCall,
}

// ParseCalls takes the calls out of an assistant's text that is written in a
// style, and returns the text before them. A text without a call comes back
// as it is. A text with a call that the style does not write so is a *Reject.
//
// In the tag styles every value is text: tools, a JSON array of descriptions,
// may be nil, and gives the arguments it types as integer, number, boolean,
// array or object their values back.
//
// What a style prints is read back as it was, JSON in Python's spelling,
// under these conditions, which FuzzCallsAreReadBackAsWritten states in code:
//
//   - names of functions and arguments are not empty, hold neither ">" nor a
//     line end, and have no white space at their ends; in qwen no quote,
//     backslash or control character either; in hermes any name will do;
//   - no value is printed with "</parameter>" followed, white space aside, by
//     "<parameter=" or "</function>";
//   - values that are no text have their type in tools; null has none;
//   - the text before the calls does not hold "<function=" or "<tool_call>"
//     and, in adp and openhands, does not begin with white space;
//   - in ticks there is one call, of bash, and no line of its command or of
//     the text before begins with three ticks.
func ParseCalls(text string, as Style, tools json.RawMessage) (string, []format.Call, error) {
	read, ok := TextCalls[as]
	if !ok {
		names := slices.Sorted(maps.Keys(TextCalls))
		known := make([]string, len(names))
		for i, name := range names {
			known[i] = string(name)
		}
		return "", nil, format.UnknownName("style of calls in text", string(as), known)
	}
	before, calls, err := read(text)
	if err != nil || len(calls) == 0 {
		return text, nil, err
	}
	if err := typeArguments(calls, tools); err != nil {
		return text, nil, err
	}
	return before, calls, nil
}

// mostOpenings bounds the places tried, and so the time: each may read the
// text to its end.
const mostOpenings = 64

// lastRun tries every place where a call may begin, the first first, until
// the text from there to its end is nothing but calls.
func lastRun(text, opening string, read func(rest string) ([]format.Call, error)) (string, []format.Call, error) {
	var first error
	for at, tried := 0, 0; tried < mostOpenings; tried++ {
		i := strings.Index(text[at:], opening)
		if i < 0 {
			return text, nil, first
		}
		at += i
		calls, err := read(text[at:])
		if err == nil {
			return text[:at], calls, nil
		}
		if first == nil {
			first = err
		}
		at += len(opening)
	}
	return text, nil, first
}

// HermesCalls reads <tool_call> blocks of JSON, which stand a line below the
// text before them.
func HermesCalls(text string) (string, []format.Call, error) {
	before, calls, err := lastRun(text, "<tool_call>", hermesBlocks)
	if len(calls) > 0 {
		before = strings.TrimSuffix(before, "\n")
	}
	return before, calls, err
}

func hermesBlocks(rest string) ([]format.Call, error) {
	var calls []format.Call
	for rest != "" {
		block, opened := strings.CutPrefix(rest, "<tool_call>")
		if !opened {
			return nil, format.Rejectf(format.BadCall, "%q stands after a call", pyjson.Clip(rest))
		}
		block = strings.TrimLeft(block, " \t\r\n")
		n, done := new(pyjson.Skipper).Skip([]byte(block))
		after, closed := strings.CutPrefix(strings.TrimLeft(block[n:], " \t\r\n"), "</tool_call>")
		if !done || !closed {
			return nil, format.Rejectf(format.BadCall, "a <tool_call> that is not closed: %q", pyjson.Clip(block))
		}
		call, err := ReadHermesCall(block[:n])
		if err != nil {
			return nil, err
		}
		calls = append(calls, call)
		rest = strings.TrimLeft(after, " \t\r\n")
	}
	return calls, nil
}

// ReadHermesCall reads what stands between the tags of a <tool_call>: JSON with a
// name and arguments. Anything else is a Reject.
func ReadHermesCall(text string) (call format.Call, err error) {
	err = pyjson.WithIndex([]byte(text), func(v pyjson.Value) error {
		call, err = api.ReadFunction(v)
		return err
	})
	if syntax, broken := err.(*pyjson.SyntaxError); broken {
		err = format.Rejectf(format.BadCall, "a <tool_call> that is not JSON: %v in %q", syntax, pyjson.Clip(text))
	}
	return call, err
}
