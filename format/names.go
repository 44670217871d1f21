package format

import (
	"encoding/json"
	"regexp"
	"slices"
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
	return func(t *Trajectory) (int, error) {
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

func (e nameEdit) editMessage(m *Message) (int, error) {
	switch m.Role {
	case ToolRole:
		name, changed := e.tool(m.Name)
		m.Name = name
		return count(changed), nil
	case User:
		return e.editNames(&m.Content, resultHeader), nil
	case System:
		return e.editNames(&m.Content, functionTitle), nil
	}
	total := 0
	for i := range m.Calls {
		n, err := e.editCall(&m.Calls[i])
		if err != nil {
			return total, err
		}
		total += n
	}
	n, err := e.editTags(&m.Content)
	return total + n, err
}

func count(changed bool) int {
	if changed {
		return 1
	}
	return 0
}

// Where OpenHands' text protocol names tools outside of calls.
var (
	resultHeader  = regexp.MustCompile(`\AEXECUTION RESULT of \[([^\]\n]+)\]:`)
	functionTitle = regexp.MustCompile(`(?m)^---- BEGIN FUNCTION #\d+: (.+) ----$`)
)

func (e nameEdit) editNames(text *string, place *regexp.Regexp) int {
	var cuts []cut
	for _, at := range place.FindAllStringSubmatchIndex(*text, -1) {
		if name, changed := e.tool((*text)[at[2]:at[3]]); changed {
			cuts = append(cuts, cut{start: at[2], end: at[3], by: name})
		}
	}
	*text = splice(*text, cuts)
	return len(cuts)
}

func (e nameEdit) editCall(call *Call) (int, error) {
	var n int
	arguments, n, err := editMembers(call.Arguments, func(name string) (string, bool) { return e.arg(call.Name, name) })
	if err != nil {
		return 0, reject(BadArguments, "call %q: %v", clip(call.Name), err)
	}
	call.Arguments = arguments
	name, changed := e.tool(call.Name)
	call.Name = name
	return n + count(changed), nil
}

func (e nameEdit) editTags(text *string) (int, error) {
	var cuts []cut
	for _, c := range tagSpans(*text) {
		if name, changed := e.tool(c.name); changed {
			cuts = append(cuts, cut{start: c.nameAt, end: c.nameAt + len(c.name), by: name})
		}
		for _, p := range c.params {
			name, changed := e.arg(c.name, p.name)
			switch {
			case changed && name == "":
				cuts = append(cuts, cut{start: p.start, end: p.end})
			case changed && slices.ContainsFunc(c.params, func(other tagParam) bool { return other.name == name }):
				return 0, reject(BadArguments, "call %q has both %q and %q", clip(c.name), clip(p.name), name)
			case changed:
				cuts = append(cuts, cut{start: p.nameAt, end: p.nameAt + len(p.name), by: name})
			}
		}
	}
	*text = splice(*text, cuts)
	return len(cuts), nil
}

// editTools rewrites the tool list in either shape: functions, or objects
// with a name and parameters or input_schema.
func (e nameEdit) editTools(t *Trajectory) (int, error) {
	if t.Tools == nil {
		return 0, nil
	}
	var cuts []cut
	err := withIndex(t.Tools, func(root value) error {
		for _, tool := range root.elements() {
			if f := tool.get("function"); f.present() {
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
		return 0, reject(BadTools, "tools: %v", err)
	}
	slices.SortFunc(cuts, func(a, b cut) int { return a.start - b.start })
	t.Tools = json.RawMessage(splice(string(t.Tools), cuts))
	return len(cuts), nil
}

func (e nameEdit) toolCuts(tool value) ([]cut, error) {
	var cuts []cut
	name := tool.get("name")
	if to, changed := e.tool(name.text()); changed {
		cuts = append(cuts, cutOf(name, string(quoteJSON(nil, to))))
	}
	rename := func(arg string) (string, bool) { return e.arg(name.text(), arg) }
	for _, schema := range []value{tool.get("parameters"), tool.get("input_schema")} {
		properties := schema.get("properties")
		edited, n, err := editMembers(properties.raw(), rename)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			cuts = append(cuts, cutOf(properties, string(edited)))
		}
		if required := schema.get("required"); required.kind() == kindArray {
			if edited, n := editList(required, rename); n > 0 {
				cuts = append(cuts, cutOf(required, edited))
			}
		}
	}
	return cuts, nil
}
