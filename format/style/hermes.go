package style

import (
	"fmt"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// hermesStyle is the convention of NousResearch/Hermes-Function-Calling: tools
// as JSON between <tools> tags, calls as JSON between <tool_call> tags, results
// between <tool_response> tags. The stock Qwen2.5 template comes from it; style
// qwen holds to that template's text word for word, so that it takes no wording
// from a file and prints a tool's name unescaped. Hermes has a role for results,
// where a chat has the user's.
var hermesStyle = Rendering{
	Summary: "Hermes' <tool_call> blocks of JSON, all calls of a turn at its end, a run of results as one user turn",
	Limits: "tools are described by their JSON as recorded, not by the Python signatures of Hermes' own template; " +
		"a result stands as recorded, without the JSON that some harnesses put around it",
	Worded:   true,
	callTags: true,
	prompted: true,
	together: true,
	tools:    hermesTools,
	write:    hermesMessages,
}

const (
	hermesToolsHead = "\n\nThe tools at hand, each as a JSON object:\n<tools>"
	hermesToolsTail = "\n</tools>\n\nTo call a tool, end the reply with a block of this form, one for each call:\n" +
		"<tool_call>\n" + `{"name": NAME, "arguments": OBJECT}` + "\n</tool_call>\n\n" +
		"What a tool gives back comes between <tool_response> tags. A reply without a block is plain text to the user."
)

// hermesTools cleans the tools before they are put into words, for the words
// hold the tags that a tokenizer may know.
func hermesTools(p *chatWriter, t *format.Trajectory) (string, error) {
	if system := systemOf(t); t.Tools != nil && !p.rendered && describesTools(system, t.Tools) {
		p.note(format.NoteRendered)
		return "", nil
	}
	if p.opt.ToolPrompt == nil {
		return p.describe(t.Tools, func(tools pyjson.Value) string {
			return hermesToolsHead + p.cleanOf(toolLines(tools), p.opt.Specials) + hermesToolsTail
		})
	}
	list, err := p.describe(t.Tools, func(tools pyjson.Value) string {
		return p.cleanOf(string(pyjson.AppendJSON(nil, tools)), p.opt.Specials)
	})
	if list == "" || err != nil {
		return "", err
	}
	text, err := p.describe([]byte(list), p.worded)
	specials := protocol.WithoutCallTags(p.opt.Specials)
	p.lead = p.cleanOf(p.lead, specials)
	return p.cleanOf(text, specials), err
}

// describesTools says that a whole system text, as Hermes' data have it, holds
// its tools already: between <tools> tags, each by its name.
func describesTools(system string, tools []byte) bool {
	_, block, opened := strings.Cut(system, "<tools>")
	end := strings.LastIndex(block, "</tools>")
	if !opened || end < 0 {
		return false
	}
	for _, name := range protocol.ToolNames(tools) {
		if !strings.Contains(block[:end], string(pyjson.QuoteJSON(nil, name))) && !strings.Contains(block[:end], "'"+name+"'") {
			return false
		}
	}
	return true
}

func hermesMessages(p *chatWriter, messages []format.Message) error {
	return p.jsonMessages(p.frameFirstUser(messages), jsonWords{p.hermesCall, p.hermesResult})
}

func (p *chatWriter) hermesResult(name, content string) string {
	if text, worded := p.opt.ToolPrompt.result(name, content); worded {
		return text
	}
	return qwenResult(name, content)
}

// hermesCall prints a call in the order that the wording gives, the name
// first where it gives none. Hermes itself began with the arguments.
func (p *chatWriter) hermesCall(call format.Call) (string, error) {
	arguments, err := pyjson.PythonJSON(nil, call.Arguments)
	if err != nil {
		return "", err
	}
	name := string(pyjson.QuoteJSON(nil, call.Name))
	if p.opt.ToolPrompt.has("call") {
		return p.opt.ToolPrompt.fill("call", "name", name, "arguments", string(arguments)), nil
	}
	return fmt.Sprintf(`{"name": %s, "arguments": %s}`, name, arguments), nil
}
