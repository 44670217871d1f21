package protocol

import (
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// TickedCall reads the fenced block that a text ends on as a command of
// bash. SWE-agent takes the last block, whatever stands before; a fence
// named bash or mswea_bash_command is mini-swe-agent's, which wants one.
func TickedCall(text string) (string, []format.Call, error) {
	blocks, open := fences(text)
	if open {
		return text, nil, format.Rejectf(format.BadCall, "a fenced block is not closed")
	}
	if len(blocks) == 0 {
		return text, nil, nil
	}
	last := blocks[len(blocks)-1]
	if after := skipBlank(text[last.after:]); after != "" {
		return text, nil, format.Rejectf(format.BadCall, "%q stands after the fenced block", pyjson.Clip(after))
	}
	commands := 0
	for _, b := range blocks {
		if miniFences[b.info] {
			commands++
		}
	}
	if commands > 1 {
		return text, nil, format.Rejectf(format.BadCall, "%d fenced commands in one answer", commands)
	}
	command := strings.TrimSuffix(text[last.start:last.end], "\n")
	arguments := append(pyjson.QuoteJSON([]byte(`{"command":`), pyjson.ValidText(command)), '}')
	before := strings.TrimSuffix(text[:last.before], "\n")
	return strings.TrimSuffix(before, "\n"), []format.Call{{Name: "bash", Arguments: arguments}}, nil
}

var miniFences = map[string]bool{"bash": true, "mswea_bash_command": true}

// A fence is a fenced block: what it holds is text[start:end], and with its
// fences it is text[before:after].
type fence struct {
	before, start, end, after int
	info                      string
}

// fences finds the outermost fenced blocks. Inside a block, a fence with a
// name opens another one; a bare fence closes. open says that one is left.
func fences(text string) (blocks []fence, open bool) {
	depth := 0
	var block fence
	for at := 0; at < len(text); {
		next := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		info, isFence := strings.CutPrefix(text[at:next], "```")
		info = strings.TrimSpace(info)
		switch {
		case !isFence || strings.ContainsAny(info, " \t`"):
		case depth == 0:
			block, depth = fence{before: at, start: next, info: info}, 1
		case info != "":
			depth++
		default:
			if depth--; depth == 0 {
				block.end, block.after = at, next
				blocks = append(blocks, block)
			}
		}
		at = next
	}
	return blocks, depth > 0
}
