package format

import (
	"fmt"
	"strings"
)

// The frame that the stock Qwen2.5 template puts around a tool list.
const (
	qwenToolsHead = "\n\n# Tools\n\nYou may call one or more functions to assist with the user query.\n\n" +
		"You are provided with function signatures within <tools></tools> XML tags:\n<tools>"
	qwenToolsTail = "\n</tools>\n\nFor each function call, return a json object with function name and arguments " +
		"within <tool_call></tool_call> XML tags:\n<tool_call>\n" +
		`{"name": <function-name>, "arguments": <args-json-object>}` + "\n</tool_call>"
)

// qwenTools writes the tool list as the stock Qwen2.5 template does.
func qwenTools(p *page, t *Trajectory) (string, error) {
	if t.Tools == nil {
		return "", nil
	}
	if p.rendered {
		p.note(NoteRendered)
		return "", nil
	}
	var list []byte
	err := withIndex(t.Tools, func(tools value) error {
		for _, tool := range tools.elements() {
			list = appendJSON(append(list, '\n'), tool)
		}
		return nil
	})
	if err != nil {
		return "", reject(BadTools, "tools: %v", err)
	}
	return qwenToolsHead + p.clean(string(list), User) + qwenToolsTail, nil
}

// qwenMessages writes calls and results as the stock template does, so that
// the text is the one native tools would give. A run of results is one turn.
func qwenMessages(p *page, messages []Message) error {
	for len(messages) > 0 {
		m := messages[0]
		switch {
		case m.Role == ToolRole:
			n := resultRun(messages)
			p.add(User, p.qwenResults(messages[:n]), false)
			messages = messages[n:]
			continue
		case len(m.Calls) > 0:
			text, err := p.qwenCalls(m)
			if err != nil {
				return err
			}
			p.add(Assistant, text, m.Untrained)
		default:
			p.writeText(m)
		}
		messages = messages[1:]
	}
	return nil
}

func resultRun(messages []Message) int {
	n := 0
	for n < len(messages) && messages[n].Role == ToolRole {
		n++
	}
	return n
}

func (p *page) qwenResults(results []Message) string {
	var b strings.Builder
	for i, m := range results {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("<tool_response>\n")
		b.WriteString(p.clean(m.Content, ToolRole))
		b.WriteString("\n</tool_response>")
	}
	return b.String()
}

func (p *page) qwenCalls(m Message) (string, error) {
	var b strings.Builder
	b.WriteString(p.clean(m.Content, Assistant))
	for _, call := range m.Calls {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		payload := append([]byte(`{"name": "`), call.Name...)
		payload, err := PythonJSON(append(payload, `", "arguments": `...), call.Arguments)
		if err != nil {
			return "", reject(BadArguments, "call %q: %v", clip(call.Name), err)
		}
		fmt.Fprintf(&b, "<tool_call>\n%s\n</tool_call>", p.clean(string(append(payload, '}')), Assistant))
	}
	return b.String(), nil
}
