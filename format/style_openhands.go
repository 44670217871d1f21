package format

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// openhandsMessages writes calls as function tags, one call a turn, and
// results as user turns: the text protocol of OpenHands V0.
func openhandsMessages(p *page, messages []Message) error {
	single, notes, err := singleCalls(messages)
	if err != nil {
		return err
	}
	p.notes = append(p.notes, notes...)
	asked := p.rendered || p.opt.ToolPrompt == nil
	for _, m := range single {
		if m.Role == User && !asked {
			m.Content, asked = p.opt.ToolPrompt.firstUser(m.Content), true
		}
		switch {
		case m.Role == ToolRole:
			p.add(User, openhandsResult(p, m), false)
		case len(m.Calls) > 0:
			text, err := p.openhandsTurn(m)
			if err != nil {
				return err
			}
			p.add(Assistant, text, m.Untrained)
		default:
			p.writeText(m)
		}
	}
	return nil
}

// openhandsResult heads a result with the tool's name; "function" stands in
// for a name that neither the result nor its call holds.
func openhandsResult(p *page, m Message) string {
	name := m.Name
	if name == "" {
		name = "function"
	}
	text := "EXECUTION RESULT of [" + name + "]:\n" + m.Content
	if p.opt.ToolPrompt != nil {
		if worded, ok := p.opt.ToolPrompt.result(name, m.Content); ok {
			text = worded
		}
	}
	return p.clean(text, ToolRole)
}

// openhandsTurn puts the call below the text. The scaffold strips white
// space before the whole, so we do.
func (p *page) openhandsTurn(m Message) (string, error) {
	call, err := callTags(m.Calls[0])
	if err != nil {
		return "", err
	}
	text := strings.TrimLeft(m.Content, " \t\r\n\v\f")
	if text != m.Content && text != "" {
		p.note(NoteTrimmedLeading)
	}
	if text == "" {
		return p.clean(call, Assistant), nil
	}
	return p.clean(text+"\n\n"+call, Assistant), nil
}

// callTags prints one call: values by Python's str(), on lines of their own
// only when they hold a newline.
func callTags(call Call) (string, error) {
	out := []byte("<function=" + call.Name + ">\n")
	err := withIndex(call.Arguments, func(arguments value) error {
		for _, m := range arguments.entries() {
			text := appendStr(nil, m.value)
			newline := ""
			if bytes.IndexByte(text, '\n') >= 0 {
				newline = "\n"
			}
			out = fmt.Appendf(out, "<parameter=%s>%s%s%s</parameter>\n", m.name, newline, text, newline)
		}
		return nil
	})
	if err != nil {
		return "", reject(BadArguments, "call %q: %v", clip(call.Name), err)
	}
	return string(out) + "</function>", nil
}

// openhandsTools describes the tools in the layout OpenHands gives them,
// between sentences of our own.
func openhandsTools(p *page, t *Trajectory) (string, error) {
	return p.tagTools(t, openhandsExample)
}

// tagTools describes the tools of a style with function tags, and shows by
// example how the style writes a call.
func (p *page) tagTools(t *Trajectory, example string) (string, error) {
	if t.Tools == nil {
		return "", nil
	}
	if p.rendered {
		p.note(NoteRendered)
		return "", nil
	}
	if p.opt.ToolPrompt != nil {
		return p.wordedTools(t.Tools)
	}
	var b strings.Builder
	b.WriteString("\n\nThese functions are at hand:\n")
	err := withIndex(t.Tools, func(tools value) error {
		for i, tool := range tools.elements() {
			describeTool(&b, i+1, tool)
		}
		return nil
	})
	if err != nil {
		return "", reject(BadTools, "tools: %v", err)
	}
	b.WriteString(tagProtocolHead + example + tagProtocolTail)
	return p.clean(b.String(), System), nil
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

func describeTool(b *strings.Builder, number int, tool value) {
	f := tool.get("function")
	if !f.present() {
		f = tool
	}
	fmt.Fprintf(b, "\n---- BEGIN FUNCTION #%d: %s ----\n", number, f.get("name").text())
	if text := f.get("description").text(); text != "" {
		fmt.Fprintf(b, "Description: %s\n", text)
	}
	properties := f.get("parameters", "properties")
	if properties.length() == 0 {
		b.WriteString("Parameters: none\n")
	} else {
		b.WriteString("Parameters:\n")
		required := f.get("parameters", "required")
		for i, m := range properties.entries() {
			describeParameter(b, i+1, m, required)
		}
	}
	fmt.Fprintf(b, "---- END FUNCTION #%d ----\n", number)
}

func describeParameter(b *strings.Builder, number int, m member, required value) {
	need := "optional"
	for _, name := range required.elements() {
		if name.text() == m.name {
			need = "required"
		}
	}
	kind := "any"
	if v := m.value.get("type"); v.present() {
		kind = string(appendStr(nil, v))
	}
	fmt.Fprintf(b, "  (%d) %s (%s, %s)", number, m.name, kind, need)
	if text := m.value.get("description").text(); text != "" {
		fmt.Fprintf(b, ": %s", text)
	}
	b.WriteByte('\n')
	if options := m.value.get("enum"); options.length() > 0 {
		b.WriteString("      one of:")
		for _, option := range options.elements() {
			fmt.Fprintf(b, " `%s`", appendStr(nil, option))
		}
		b.WriteByte('\n')
	}
}

// wordedTools describes the tools in the scaffold's own words.
func (p *page) wordedTools(list json.RawMessage) (string, error) {
	text := ""
	err := withIndex(list, func(tools value) error {
		text = p.opt.ToolPrompt.suffix(tools)
		return nil
	})
	if err != nil {
		return "", reject(BadTools, "tools: %v", err)
	}
	return p.clean(text, System), nil
}
