package style

import (
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
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
func qwenTools(p *chatWriter, t *format.Trajectory) (string, error) {
	return p.describe(t.Tools, func(tools pyjson.Value) string {
		return qwenToolsHead + p.clean(toolLines(tools), format.System) + qwenToolsTail
	})
}

// toolLines prints each tool as JSON, each on a line of its own after a line
// end.
func toolLines(tools pyjson.Value) string {
	var list []byte
	for _, tool := range tools.Elements() {
		list = pyjson.AppendJSON(append(list, '\n'), tool)
	}
	return string(list)
}

// qwenMessages writes calls and results as the stock template does, so that
// the text is the one native tools would give.
func qwenMessages(p *chatWriter, messages []format.Message) error {
	return p.jsonMessages(messages, jsonWords{qwenCall, qwenResult})
}

func qwenCall(call format.Call) (string, error) {
	text, err := pyjson.PythonJSON([]byte(`{"name": "`+call.Name+`", "arguments": `), call.Arguments)
	return string(text) + "}", err
}

func qwenResult(_, content string) string {
	return "<tool_response>\n" + content + "\n</tool_response>"
}

// jsonWords are how a style prints the inside of a call's block, and a result
// whose name and content are clean.
type jsonWords struct {
	call   func(format.Call) (string, error)
	result func(name, content string) string
}

// jsonMessages writes calls as blocks of JSON a line below the text of their
// turn. A run of results is one turn.
func (p *chatWriter) jsonMessages(messages []format.Message, words jsonWords) error {
	var last []format.Call // calls of the last message that has any, to name results
	for len(messages) > 0 {
		m, n := messages[0], 1
		switch {
		case m.Role == format.ToolRole:
			n = protocol.ResultRun(messages)
			p.add(format.User, p.jsonResults(messages[:n], last, words))
		case len(m.Calls) > 0:
			text, err := p.jsonCalls(m, words)
			if err != nil {
				return err
			}
			p.act(m, text)
			last = m.Calls
		default:
			p.writeText(m)
		}
		messages = messages[n:]
	}
	return nil
}

func (p *chatWriter) jsonCalls(m format.Message, words jsonWords) (string, error) {
	var b strings.Builder
	b.WriteString(p.clean(m.Content, format.Assistant))
	for _, call := range m.Calls {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		text, err := words.call(call)
		if err != nil {
			return "", format.Rejectf(format.BadArguments, "call %q: %v", pyjson.Clip(call.Name), err)
		}
		b.WriteString("<tool_call>\n" + p.cleanCall(text) + "\n</tool_call>")
	}
	return b.String(), nil
}

func (p *chatWriter) jsonResults(results []format.Message, calls []format.Call, words jsonWords) string {
	texts, called := make([]string, len(results)), protocol.CalledBy(calls)
	for i, m := range results {
		name := format.NameOr(m.Name, called.Name(m.CallID))
		texts[i] = words.result(p.clean(name, format.ToolRole), p.clean(m.Content, format.ToolRole))
	}
	return strings.Join(texts, "\n")
}
