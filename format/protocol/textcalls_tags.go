package protocol

import (
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// taggedCalls reads <function=NAME> blocks. White space between the tags is
// free, for models are freer with it than the scaffolds that print them;
// value takes off what a style puts around an argument's text.
func taggedCalls(text string, value func(name, text string) string) (string, []format.Call, error) {
	before, calls, err := lastRun(text, FunctionOpen, func(rest string) ([]format.Call, error) {
		return taggedBlocks(rest, value)
	})
	if len(calls) == 0 {
		return before, nil, err
	}
	if text, ok := strings.CutSuffix(before, "\n\n"); ok {
		return text, calls, nil
	}
	return strings.TrimSuffix(before, "\n"), calls, nil
}

// The tags of a call, of which the opening ones go on with a name and >.
const (
	FunctionOpen   = "<function="
	FunctionClose  = "</function>"
	parameterOpen  = "<parameter="
	ParameterClose = "</parameter>"
)

func taggedBlocks(rest string, value func(name, text string) string) ([]format.Call, error) {
	var calls []format.Call
	for rest != "" {
		if !strings.HasPrefix(rest, FunctionOpen) {
			return nil, format.Rejectf(format.BadCall, "%q stands after a call", pyjson.Clip(rest))
		}
		call, after, err := taggedBlock(rest[len(FunctionOpen):], value)
		if err != nil {
			return nil, err
		}
		calls = append(calls, call)
		rest = skipBlank(after)
		if gap := after[:len(after)-len(rest)]; rest != "" && gap != "\n" {
			return nil, format.Rejectf(format.BadCall, "%q stands after a call", pyjson.Clip(after))
		}
	}
	return calls, nil
}

// taggedBlock reads one call from its name on and returns what follows it.
func taggedBlock(rest string, value func(name, text string) string) (format.Call, string, error) {
	name, rest, err := tagName(rest)
	if err != nil {
		return format.Call{}, "", err
	}
	call := format.Call{Name: name, Arguments: []byte("{")}
	for rest = skipBlank(rest); strings.HasPrefix(rest, parameterOpen); rest = skipBlank(rest) {
		var key string
		if key, rest, err = tagName(rest[len(parameterOpen):]); err != nil {
			return format.Call{}, "", err
		}
		end := EndOfValue(rest)
		if end < 0 {
			return format.Call{}, "", format.Rejectf(format.BadCall, "argument %q of %q is not closed", pyjson.Clip(key), pyjson.Clip(name))
		}
		if len(call.Arguments) > 1 {
			call.Arguments = append(call.Arguments, ',')
		}
		call.Arguments = append(pyjson.QuoteJSON(call.Arguments, pyjson.ValidText(key)), ':')
		call.Arguments = pyjson.QuoteJSON(call.Arguments, pyjson.ValidText(value(key, rest[:end])))
		rest = rest[end+len(ParameterClose):]
	}
	after, closed := strings.CutPrefix(rest, FunctionClose)
	if !closed {
		return format.Call{}, "", format.Rejectf(format.BadCall, "the call of %q is not closed: %q", pyjson.Clip(name), pyjson.Clip(rest))
	}
	call.Arguments = append(call.Arguments, '}')
	return call, after, nil
}

func tagName(rest string) (name, after string, err error) {
	name, after, closed := strings.Cut(rest, ">")
	name = strings.TrimSpace(name)
	if !closed || name == "" || strings.ContainsRune(name, '\n') {
		return "", "", format.Rejectf(format.BadCall, "a tag without a name: %q", pyjson.Clip(rest))
	}
	return name, after, nil
}

// EndOfValue is the first closing tag that another argument or the end of the
// call or of the text follows: a value may quote a closing tag.
func EndOfValue(rest string) int {
	for at := 0; ; at += len(ParameterClose) {
		i := strings.Index(rest[at:], ParameterClose)
		if i < 0 {
			return -1
		}
		at += i
		after := skipBlank(rest[at+len(ParameterClose):])
		if after == "" || strings.HasPrefix(after, parameterOpen) || strings.HasPrefix(after, FunctionClose) {
			return at
		}
	}
}

func skipBlank(text string) string { return strings.TrimLeft(text, " \t\r\n") }

// openhandsValue takes off the line ends around a value of several lines.
func openhandsValue(_, text string) string { return unwrapLine(text) }

// swesmithValue takes off the line ends around the values that SWE-smith
// always puts on lines of their own.
func swesmithValue(name, text string) string {
	if SwesmithBlocks[name] {
		return unwrapLine(text)
	}
	return text
}

func plainValue(_, text string) string { return text }

func unwrapLine(text string) string {
	if len(text) > 1 && text[0] == '\n' && text[len(text)-1] == '\n' {
		return text[1 : len(text)-1]
	}
	return text
}

// SwesmithBlocks are the parameters whose values SWE-smith puts on lines of their
// own.
var SwesmithBlocks = map[string]bool{"old_str": true, "new_str": true, "file_text": true}
