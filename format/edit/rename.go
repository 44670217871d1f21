package edit

import (
	"encoding/json"
	"regexp"
	"slices"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// A nameEdit says what names become; changed is false for those that stay.
// An argument whose new name is empty is removed. Either may be nil.
type nameEdit struct {
	tool func(name string) (renamed string, changed bool)
	arg  func(tool, name string) (renamed string, changed bool)
}

func ofTool(tool string, f func(string) (string, bool)) func(string, string) (string, bool) {
	return func(of, name string) (string, bool) {
		if tool != "" && tool != of {
			return name, false
		}
		return f(name)
	}
}

func namesChange(e nameEdit) change {
	if e.tool == nil {
		e.tool = func(name string) (string, bool) { return name, false }
	}
	if e.arg == nil {
		e.arg = func(_, name string) (string, bool) { return name, false }
	}
	return func(t *format.Trajectory) (int, error) {
		total, err := e.editTools(t)
		for i := range t.Messages {
			if err != nil {
				return total, err
			}
			var n int
			n, err = e.editMessage(&t.Messages[i])
			total += n
		}
		return total, err
	}
}

func (e nameEdit) editMessage(m *format.Message) (int, error) {
	switch m.Role {
	case format.ToolRole:
		name, changed := e.tool(m.Name)
		m.Name = name
		return count(changed), nil
	case format.User:
		return e.editNames(&m.Content, protocol.ResultHeader), nil
	case format.System:
		return e.editNames(&m.Content, protocol.FunctionTitle), nil
	}
	total := 0
	for i := range m.Calls {
		n, err := e.editCall(&m.Calls[i])
		if err != nil {
			return total, err
		}
		total += n
	}
	content := m.Content
	n, err := e.editTags(&content)
	m.SetContent(content)
	return total + n, err
}

func count(changed bool) int {
	if changed {
		return 1
	}
	return 0
}

func (e nameEdit) editNames(text *string, place *regexp.Regexp) int {
	var cuts []pyjson.Cut
	for _, at := range place.FindAllStringSubmatchIndex(*text, -1) {
		if name, changed := e.tool((*text)[at[2]:at[3]]); changed {
			cuts = append(cuts, pyjson.Cut{Start: at[2], End: at[3], By: name})
		}
	}
	*text = pyjson.Splice(*text, cuts)
	return len(cuts)
}

func (e nameEdit) editCall(call *format.Call) (int, error) {
	var n int
	arguments, n, err := editMembers(call.Arguments, func(name string) (string, bool) { return e.arg(call.Name, name) })
	if err != nil {
		return 0, format.Rejectf(format.BadArguments, "call %q: %v", pyjson.Clip(call.Name), err)
	}
	call.Arguments = arguments
	name, changed := e.tool(call.Name)
	call.Name = name
	return n + count(changed), nil
}

func (e nameEdit) editTags(text *string) (int, error) {
	var cuts []pyjson.Cut
	for _, c := range protocol.TagSpans(*text) {
		if name, changed := e.tool(c.Name); changed {
			cuts = append(cuts, pyjson.Cut{Start: c.NameAt, End: c.NameAt + len(c.Name), By: name})
		}
		for _, p := range c.Params {
			name, changed := e.arg(c.Name, p.Name)
			switch {
			case changed && name == "":
				cuts = append(cuts, pyjson.Cut{Start: p.Start, End: p.End})
			case changed && slices.ContainsFunc(c.Params, func(other protocol.TagParam) bool { return other.Name == name }):
				return 0, format.Rejectf(format.BadArguments, "call %q has both %q and %q", pyjson.Clip(c.Name), pyjson.Clip(p.Name), name)
			case changed:
				cuts = append(cuts, pyjson.Cut{Start: p.NameAt, End: p.NameAt + len(p.Name), By: name})
			}
		}
	}
	*text = pyjson.Splice(*text, cuts)
	return len(cuts), nil
}

// editTools rewrites the tool list in either shape: functions, or objects
// with a name and parameters or input_schema.
func (e nameEdit) editTools(t *format.Trajectory) (int, error) {
	if t.Tools == nil {
		return 0, nil
	}
	var cuts []pyjson.Cut
	err := pyjson.WithIndex(t.Tools, func(root pyjson.Value) error {
		for _, tool := range root.Elements() {
			if f := tool.Get("function"); f.Present() {
				tool = f
			}
			more, err := e.toolCuts(tool)
			if err != nil {
				return err
			}
			cuts = append(cuts, more...)
		}
		return nil
	})
	if err != nil {
		return 0, format.Rejectf(format.BadTools, "tools: %v", err)
	}
	slices.SortFunc(cuts, func(a, b pyjson.Cut) int { return a.Start - b.Start })
	t.Tools = json.RawMessage(pyjson.Splice(string(t.Tools), cuts))
	return len(cuts), nil
}

func (e nameEdit) toolCuts(tool pyjson.Value) ([]pyjson.Cut, error) {
	var cuts []pyjson.Cut
	name := tool.Get("name")
	if to, changed := e.tool(name.Text()); changed {
		cuts = append(cuts, pyjson.CutOf(name, string(pyjson.QuoteJSON(nil, to))))
	}
	rename := func(arg string) (string, bool) { return e.arg(name.Text(), arg) }
	for _, schema := range []pyjson.Value{tool.Get("parameters"), tool.Get("input_schema")} {
		properties := schema.Get("properties")
		edited, n, err := editMembers(properties.Raw(), rename)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			cuts = append(cuts, pyjson.CutOf(properties, string(edited)))
		}
		if required := schema.Get("required"); required.Kind() == pyjson.KindArray {
			if edited, n := editList(required, rename); n > 0 {
				cuts = append(cuts, pyjson.CutOf(required, edited))
			}
		}
	}
	return cuts, nil
}
