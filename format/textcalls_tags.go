package format

import "strings"

// taggedCalls reads <function=NAME> blocks. White space between the tags is
// free, for models are freer with it than the scaffolds that print them;
// value takes off what a style puts around an argument's text.
func taggedCalls(text string, value func(name, text string) string) (string, []Call, error) {
	before, calls, err := lastRun(text, functionOpen, func(rest string) ([]Call, error) {
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

const (
	functionOpen   = "<function="
	functionClose  = "</function>"
	parameterOpen  = "<parameter="
	parameterClose = "</parameter>"
)

func taggedBlocks(rest string, value func(name, text string) string) ([]Call, error) {
	var calls []Call
	for rest != "" {
		if !strings.HasPrefix(rest, functionOpen) {
			return nil, reject(BadCall, "%q stands after a call", clip(rest))
		}
		call, after, err := taggedBlock(rest[len(functionOpen):], value)
		if err != nil {
			return nil, err
		}
		calls = append(calls, call)
		rest = skipBlank(after)
		if gap := after[:len(after)-len(rest)]; rest != "" && gap != "\n" {
			return nil, reject(BadCall, "%q stands after a call", clip(after))
		}
	}
	return calls, nil
}

// taggedBlock reads one call from its name on and returns what follows it.
func taggedBlock(rest string, value func(name, text string) string) (Call, string, error) {
	name, rest, err := tagName(rest)
	if err != nil {
		return Call{}, "", err
	}
	call := Call{Name: name, Arguments: []byte("{")}
	for rest = skipBlank(rest); strings.HasPrefix(rest, parameterOpen); rest = skipBlank(rest) {
		var key string
		if key, rest, err = tagName(rest[len(parameterOpen):]); err != nil {
			return Call{}, "", err
		}
		end := endOfValue(rest)
		if end < 0 {
			return Call{}, "", reject(BadCall, "argument %q of %q is not closed", clip(key), clip(name))
		}
		if len(call.Arguments) > 1 {
			call.Arguments = append(call.Arguments, ',')
		}
		call.Arguments = append(quoteJSON(call.Arguments, validText(key)), ':')
		call.Arguments = quoteJSON(call.Arguments, validText(value(key, rest[:end])))
		rest = rest[end+len(parameterClose):]
	}
	after, closed := strings.CutPrefix(rest, functionClose)
	if !closed {
		return Call{}, "", reject(BadCall, "the call of %q is not closed: %q", clip(name), clip(rest))
	}
	call.Arguments = append(call.Arguments, '}')
	return call, after, nil
}

func tagName(rest string) (name, after string, err error) {
	name, after, closed := strings.Cut(rest, ">")
	name = strings.TrimSpace(name)
	if !closed || name == "" || strings.ContainsRune(name, '\n') {
		return "", "", reject(BadCall, "a tag without a name: %q", clip(rest))
	}
	return name, after, nil
}

// endOfValue is the first closing tag that another argument or the end of the
// call or of the text follows: a value may quote a closing tag.
func endOfValue(rest string) int {
	for at := 0; ; at += len(parameterClose) {
		i := strings.Index(rest[at:], parameterClose)
		if i < 0 {
			return -1
		}
		at += i
		after := skipBlank(rest[at+len(parameterClose):])
		if after == "" || strings.HasPrefix(after, parameterOpen) || strings.HasPrefix(after, functionClose) {
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
	if swesmithBlocks[name] {
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
