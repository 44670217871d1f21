package chat

import (
	"strings"

	"trainyard/format"
)

var qwen3Notation = map[string]speaker{
	"<tool_call>":      bySystem | byAssistant,
	"</tool_call>":     bySystem | byAssistant,
	"<tool_response>":  byUser,
	"</tool_response>": byUser,
	"<think>":          byAssistant,
	"</think>":         byAssistant,
}

// writeQwen3 writes the template of the Qwen3 hybrid models. Thoughts of
// earlier queries are dropped: only assistant turns after the last real user
// message keep theirs, and the turn that ends the conversation has a think
// block even if it is empty. So the template rewrites history, and a prefix of
// the conversation is not always a prefix of its text.
func writeQwen3(p *chatWriter, c conversation) {
	rest := 0
	if c.messages[0].Role == format.System {
		rest = 1
	}
	if rest == 1 || c.tools != nil {
		p.qwen3System(c, rest == 1)
	}
	query := lastQuery(func(i int) (format.Role, string) { return c.messages[i].Role, c.messages[i].Content }, len(c.messages))
	for i := rest; i < len(c.messages); i++ {
		switch m := &c.messages[i]; m.Role {
		case format.ToolRole:
			p.toolResult(c, i)
		case format.Assistant:
			p.qwen3Assistant(m, i > query, c.last(i))
		default:
			p.say(m, c.last(i))
		}
	}
}

func (p *chatWriter) qwen3System(c conversation, given bool) {
	p.begin(format.System, true)
	if given {
		p.content(c.messages[0].Content, bySystem)
	}
	if c.tools != nil {
		if given {
			p.print("\n\n")
		}
		p.toolBlock(c.tools)
	}
	p.end(given && len(c.messages) == 1)
}

func (p *chatWriter) qwen3Assistant(m *format.Message, afterQuery, last bool) {
	thought, content := splitThought(m)
	p.beginOf(m)
	if afterQuery && (last || thought != "") {
		p.mark(p.t.think)
		p.print("\n")
		p.content(strings.Trim(thought, "\n"), byAssistant)
		p.print("\n")
		p.mark(p.t.thought)
		p.print("\n\n")
		p.content(strings.TrimLeft(content, "\n"), byAssistant)
	} else {
		p.content(content, byAssistant)
	}
	p.calls(m.Calls, content != "")
	p.end(last)
}

// splitThought takes the thought from where it was recorded, or else out of
// the content: what stands between the last <think> before the first </think>
// and that </think>. Content is what follows the last </think>.
func splitThought(m *format.Message) (thought, content string) {
	if m.Reasoning != "" {
		return m.Reasoning, m.Content
	}
	before, _, found := strings.Cut(m.Content, "</think>")
	if !found {
		return "", m.Content
	}
	thought = strings.TrimRight(before, "\n")
	if at := strings.LastIndex(thought, "<think>"); at >= 0 {
		thought = thought[at+len("<think>"):]
	}
	after := m.Content[strings.LastIndex(m.Content, "</think>")+len("</think>"):]
	return strings.TrimLeft(thought, "\n"), strings.TrimLeft(after, "\n")
}

// lastQuery is the index of the last user message that is not a tool result
// in disguise; without one, of the last message.
func lastQuery(at func(i int) (format.Role, string), messages int) int {
	for i := messages - 1; i >= 0; i-- {
		role, content := at(i)
		disguised := strings.HasPrefix(content, "<tool_response>") && strings.HasSuffix(content, "</tool_response>")
		if role == format.User && !disguised {
			return i
		}
	}
	return messages - 1
}
