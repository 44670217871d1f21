package style

import (
	"strconv"
	"strings"

	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// fill puts values in a section's slots. What is put in is not looked at
// again.
func (p *ToolPrompt) fill(section string, slots ...string) string {
	return p.fillText(p.sections[section], slots...)
}

func (p *ToolPrompt) fillText(text string, slots ...string) string {
	pairs := append([]string{"{{braces}}", "{{", "{{equals}}", "="}, slots...)
	for i := 4; i < len(pairs); i += 2 {
		pairs[i] = "{{" + pairs[i] + "}}"
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// worded describes tools in the words of the prompt, which may stand on both
// sides of the system text, or be all of it.
func (p *chatWriter) worded(tools pyjson.Value) (after string) {
	p.lead, after, p.whole = p.opt.ToolPrompt.around(tools)
	return after
}

// around is what stands before and after the system text: the wording, and in it
// the tools. A wording without a place for that text is whole.
func (p *ToolPrompt) around(tools pyjson.Value) (before, after string, whole bool) {
	var b strings.Builder
	for i, tool := range tools.Elements() {
		if i > 0 {
			b.WriteString(p.fill("between tools"))
		}
		b.WriteString(p.tool(i+1, tool))
	}
	words, list := p.sections["system"], b.String()
	before, after, found := strings.Cut(words, "{{system}}")
	if !found {
		before, after = "", words
	}
	return p.fillText(before, "tools", list), p.fillText(after, "tools", list), !found
}

func (p *ToolPrompt) tool(number int, tool pyjson.Value) string {
	f := protocol.DescribedFunction(tool)
	parameters := p.fill("no parameters")
	if schema := f.Get("parameters"); schema.Present() {
		var list strings.Builder
		for i, m := range schema.Get("properties").Entries() {
			list.WriteString(p.parameter(i+1, m, schema.Get("required")))
		}
		parameters = p.fill("parameters", "parameters", list.String())
	}
	return p.fill("tool", "number", strconv.Itoa(number), "name", f.Get("name").Text(),
		"description", f.Get("description").Text(), "parameters", parameters, "json", string(pyjson.AppendJSON(nil, tool)))
}

func (p *ToolPrompt) parameter(number int, m pyjson.Member, required pyjson.Value) string {
	need, kind, description, values := "optional", p.fill("no type"), p.fill("no description"), ""
	if isRequired(m.Name, required) {
		need = "required"
	}
	if v := m.Value.Get("type"); v.Present() {
		kind = string(pyjson.AppendStr(nil, v))
	}
	if v := m.Value.Get("description"); v.Present() {
		description = v.Text()
	}
	if options := m.Value.Get("enum"); options.Present() {
		values = p.fill("values", "values", strings.Join(strs(options), p.fill("between values")))
	}
	return p.fill("parameter", "number", strconv.Itoa(number), "name", m.Name, "type", kind, "need", p.fill(need),
		"description", description, "values", values)
}

func isRequired(name string, required pyjson.Value) bool {
	for _, r := range required.Elements() {
		if r.Text() == name {
			return true
		}
	}
	return false
}

// strs prints the elements of a list as Python's str() does.
func strs(list pyjson.Value) []string {
	var texts []string
	for _, v := range list.Elements() {
		texts = append(texts, string(pyjson.AppendStr(nil, v)))
	}
	return texts
}

// has says that the wording has a section; none has where there is no wording.
func (p *ToolPrompt) has(section string) bool {
	if p == nil {
		return false
	}
	_, ok := p.sections[section]
	return ok
}

// result is a tool's result as the user's turn; false where the wording does
// not say.
func (p *ToolPrompt) result(name, content string) (string, bool) {
	if !p.has("result") {
		return "", false
	}
	return p.fill("result", "name", name, "content", content), true
}
