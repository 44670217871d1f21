package chat

import (
	"encoding/json"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// qwenNotation: tool calls are written by the assistant and described in the
// system turn.
var qwenNotation = map[string]speaker{
	"<tool_call>":  bySystem | byAssistant,
	"</tool_call>": bySystem | byAssistant,
}

// writeQwen25 writes the template of Qwen2.5. A conversation that does not
// open with a system message gets the default one, even if a system message
// comes later; an empty system message is an empty turn.
func writeQwen25(p *chatWriter, c conversation) {
	system, rest := p.t.layout.defaultSystem, 0
	if c.messages[0].Role == format.System {
		system, rest = c.messages[0].Content, 1
	}
	p.begin(format.System, true)
	p.content(system, bySystem)
	if c.tools != nil {
		p.print("\n\n")
		p.toolBlock(c.tools)
	}
	p.end(len(c.messages) == rest)
	for i := rest; i < len(c.messages); i++ {
		p.qwen25Message(c, i)
	}
}

func (p *chatWriter) qwen25Message(c conversation, i int) {
	m := &c.messages[i]
	switch {
	case m.Role == format.ToolRole:
		p.toolResult(c, i)
	case len(m.Calls) == 0:
		p.say(m, c.last(i))
	default:
		p.beginOf(m)
		p.content(m.Content, byAssistant)
		p.calls(m.Calls, m.Content != "")
		p.end(c.last(i))
	}
}

// toolBlock tells the model which tools there are and how to call them.
func (p *chatWriter) toolBlock(tools json.RawMessage) {
	p.print("# Tools\n\nYou may call one or more functions to assist with the user query.\n\n" +
		"You are provided with function signatures within <tools></tools> XML tags:\n<tools>")
	list, _ := pyjson.ElementsOf(tools) // tools have been checked
	for _, tool := range list {
		p.print("\n")
		p.value(tool)
	}
	p.print("\n</tools>\n\nFor each function call, return a json object with function name and arguments within ")
	p.mark(p.t.toolCall)
	p.mark(p.t.toolCalled)
	p.print(" XML tags:\n")
	p.mark(p.t.toolCall)
	p.print("\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n")
	p.mark(p.t.toolCalled)
}

// calls writes an assistant's calls, one below the other, below its words if
// there are any. The name goes in raw, as the template has it.
func (p *chatWriter) calls(calls []format.Call, below bool) {
	for i := range calls {
		if i > 0 || below {
			p.print("\n")
		}
		p.mark(p.t.toolCall)
		p.print("\n{\"name\": \"")
		p.content(calls[i].Name, data)
		p.print("\", \"arguments\": ")
		p.arguments(calls[i].Arguments)
		p.print("}\n")
		p.mark(p.t.toolCalled)
	}
}

// arguments writes a call's arguments. Arguments recorded as a JSON string are
// printed as such by Qwen2.5, quotes and all ("double encoding"), and pasted as
// they read by Qwen3.
func (p *chatWriter) arguments(raw json.RawMessage) {
	if text, isText := pyjson.TextOf(raw); isText && p.t.layout.bareStrings {
		p.content(text, data)
		return
	}
	p.value(raw)
}

// toolResult writes one result; results in a row share one user turn.
func (p *chatWriter) toolResult(c conversation, i int) {
	if i == 0 || c.messages[i-1].Role != format.ToolRole {
		p.begin(format.User, true)
	} else {
		p.print("\n")
	}
	p.mark(p.t.result)
	p.print("\n")
	p.content(c.messages[i].Content, data)
	p.print("\n")
	p.mark(p.t.resulted)
	if c.last(i) || c.messages[i+1].Role != format.ToolRole {
		p.end(c.last(i))
	}
}
