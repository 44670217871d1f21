package style

import (
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

const taggedLimits = "a tool prompt words the tools alone; results and the first user turn stand as recorded"

// swesmithMessages writes what SWE-smith's transform makes of a SWE-agent
// trajectory: the thought, an empty line, the calls, and results as user
// turns, word for word. SWE-smith itself rewrites the turn that an exhausted
// budget ends on into a made-up submission; here it stays as recorded.
func swesmithMessages(p *chatWriter, messages []format.Message) error {
	return p.tagMessages(messages, swesmithTag)
}

// swesmithTag prints one argument. SWE-smith puts a value on lines of its
// own by the argument's name, not by what the value holds.
func swesmithTag(name, text string) string {
	if protocol.SwesmithBlocks[name] {
		text = "\n" + text + "\n"
	}
	return plainTag(name, text)
}

func swesmithTools(p *chatWriter, t *format.Trajectory) (string, error) {
	return p.tagTools(t, "<function=NAME>\n<parameter=FIRST>value</parameter>\n<parameter=SECOND>value</parameter>\n</function>")
}

// A tagger prints one argument of a call.
type tagger func(name, text string) string

func plainTag(name, text string) string {
	return "<parameter=" + name + ">" + text + "</parameter>\n"
}

// tagMessages writes calls as function tags below the text of their turn, all
// calls of a turn one below the other.
func (p *chatWriter) tagMessages(messages []format.Message, tag tagger) error {
	for _, m := range messages {
		switch {
		case m.Role == format.ToolRole:
			p.add(format.User, p.clean(m.Content, format.ToolRole))
		case len(m.Calls) > 0:
			calls, err := tagCalls(m.Calls, tag, p.opt.Values)
			if err != nil {
				return err
			}
			text := format.JoinTexts(p.clean(m.Content, format.Assistant), p.cleanCall(calls))
			if m.Content == "" && p.opt.KeepLead {
				text = "\n\n" + text
			}
			p.act(m, text)
		default:
			p.writeText(m)
		}
	}
	return nil
}

// tagCalls prints calls one below the other, values as the key of Values says.
func tagCalls(calls []format.Call, tag tagger, values string) (string, error) {
	blocks, value := make([]string, len(calls)), Values[values].append
	for i, call := range calls {
		var b strings.Builder
		b.WriteString("<function=" + call.Name + ">\n")
		err := pyjson.WithIndex(call.Arguments, func(arguments pyjson.Value) error {
			for _, m := range arguments.Entries() {
				b.WriteString(tag(m.Name, string(value(nil, m.Value))))
			}
			return nil
		})
		if err != nil {
			return "", format.Rejectf(format.BadArguments, "call %q: %v", pyjson.Clip(call.Name), err)
		}
		b.WriteString("</function>")
		blocks[i] = b.String()
	}
	return strings.Join(blocks, "\n"), nil
}
