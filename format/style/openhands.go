package style

import (
	"fmt"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// openhandsMessages writes calls as function tags, one call a turn, and
// results as user turns: the text protocol of OpenHands V0.
func openhandsMessages(p *chatWriter, messages []format.Message) error {
	return p.singleTagMessages(messages, openhandsTag)
}

// openhandsTag prints one argument, on lines of its own only when it holds a
// newline.
func openhandsTag(name, text string) string {
	if strings.Contains(text, "\n") {
		text = "\n" + text + "\n"
	}
	return plainTag(name, text)
}

// singleTagMessages writes one call a turn and heads each result with the
// tool's name.
func (p *chatWriter) singleTagMessages(messages []format.Message, tag tagger) error {
	single, notes, err := protocol.SingleCalls(messages)
	if err != nil {
		return err
	}
	p.notes = append(p.notes, notes...)
	for _, m := range p.frameFirstUser(single) {
		switch {
		case m.Role == format.ToolRole:
			p.add(format.User, openhandsResult(p, m))
		case len(m.Calls) > 0:
			text, err := p.singleTagTurn(m, tag)
			if err != nil {
				return err
			}
			p.act(m, text)
		default:
			p.writeText(m)
		}
	}
	return nil
}

// openhandsResult heads a result with the tool's name; "function" stands in
// for a name that neither the result nor its call holds.
func openhandsResult(p *chatWriter, m format.Message) string {
	name := m.Name
	if name == "" {
		name = "function"
	}
	text, worded := p.opt.ToolPrompt.result(name, m.Content)
	if !worded {
		text = "EXECUTION RESULT of [" + name + "]:\n" + m.Content
	}
	return p.clean(text, format.ToolRole)
}

// singleTagTurn puts the call below the text. The scaffold strips white
// space before the whole, Python's kinds of it, so we do.
func (p *chatWriter) singleTagTurn(m format.Message, tag tagger) (string, error) {
	call, err := tagCalls(m.Calls, tag, p.opt.Values)
	if err != nil {
		return "", err
	}
	text := pyjson.TrimLeft(m.Content)
	if text != m.Content && text != "" {
		p.note(format.NoteTrimmedLeading)
	}
	return format.JoinTexts(p.clean(text, format.Assistant), p.cleanCall(call)), nil
}

// openhandsTools describes the tools in the layout OpenHands gives them,
// between sentences of our own.
func openhandsTools(p *chatWriter, t *format.Trajectory) (string, error) {
	return p.tagTools(t, openhandsExample)
}

// tagTools describes the tools of a style with function tags, and shows by
// example how the style writes a call.
func (p *chatWriter) tagTools(t *format.Trajectory, example string) (string, error) {
	text, err := p.describe(t.Tools, func(tools pyjson.Value) string {
		if p.opt.ToolPrompt != nil {
			return p.worded(tools)
		}
		var b strings.Builder
		b.WriteString("\n\nThese functions are at hand:\n")
		for i, tool := range tools.Elements() {
			describeTool(&b, i+1, tool)
		}
		return b.String() + tagProtocolHead + example + tagProtocolTail
	})
	p.lead = p.clean(p.lead, format.System)
	return p.clean(text, format.System), err
}

const (
	tagProtocolHead = "\nTo call a function, end the reply with one block of this form and write nothing after it:\n\n"
	tagProtocolTail = "\n\nOne call a reply. Every required parameter is given. Thoughts may stand before the block. " +
		"A reply without a block is plain text to the user."
)

const openhandsExample = `<function=NAME>
<parameter=FIRST>value</parameter>
<parameter=SECOND>
a value of
several lines
</parameter>
</function>`

func describeTool(b *strings.Builder, number int, tool pyjson.Value) {
	f := protocol.DescribedFunction(tool)
	fmt.Fprintf(b, "\n---- BEGIN FUNCTION #%d: %s ----\n", number, f.Get("name").Text())
	if text := f.Get("description").Text(); text != "" {
		fmt.Fprintf(b, "Description: %s\n", text)
	}
	properties := f.Get("parameters", "properties")
	if properties.Length() == 0 {
		b.WriteString("Parameters: none\n")
	} else {
		b.WriteString("Parameters:\n")
		required := f.Get("parameters", "required")
		for i, m := range properties.Entries() {
			describeParameter(b, i+1, m, required)
		}
	}
	fmt.Fprintf(b, "---- END FUNCTION #%d ----\n", number)
}

func describeParameter(b *strings.Builder, number int, m pyjson.Member, required pyjson.Value) {
	need := "optional"
	for _, name := range required.Elements() {
		if name.Text() == m.Name {
			need = "required"
		}
	}
	kind := "any"
	if v := m.Value.Get("type"); v.Present() {
		kind = string(pyjson.AppendStr(nil, v))
	}
	fmt.Fprintf(b, "  (%d) %s (%s, %s)", number, m.Name, kind, need)
	if text := m.Value.Get("description").Text(); text != "" {
		fmt.Fprintf(b, ": %s", text)
	}
	b.WriteByte('\n')
	if options := m.Value.Get("enum"); options.Length() > 0 {
		b.WriteString("      one of:")
		for _, option := range options.Elements() {
			fmt.Fprintf(b, " `%s`", pyjson.AppendStr(nil, option))
		}
		b.WriteByte('\n')
	}
}
