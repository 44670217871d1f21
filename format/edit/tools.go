package edit

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"trainyard/format"
	"trainyard/format/behaviour"
)

// A toolWatch remembers which tools came past an edit that names some, so
// that a name that no trajectory has can be told.
type toolWatch struct {
	edit  string
	named []string
	seen  sync.Map // tool names
}

func newToolWatch(edit Edit, given editArgs) *toolWatch {
	if edit.tools == nil {
		return nil
	}
	return &toolWatch{edit: edit.Name, named: slices.DeleteFunc(edit.tools(given), func(name string) bool { return name == "" })}
}

// A Sighting is a tool that came past an edit which names some.
type Sighting struct {
	Edit int // index into the list of edits
	Tool string
}

// look goes over every place where an edit would find a tool's name, and gives
// each name once.
func (w *toolWatch) look(t *format.Trajectory) (tools []string) {
	if w == nil || len(w.named) == 0 {
		return nil
	}
	see := func(name string) (string, bool) {
		if name != "" && !slices.Contains(tools, name) {
			tools = append(tools, name)
		}
		return name, false
	}
	// Nothing is changed, so nothing can be refused but what the edit refuses.
	_, _ = namesChange(nameEdit{tool: see})(t)
	for _, m := range t.Messages {
		if m.Role == format.Assistant && strings.Contains(m.Content, "<tool_call>") {
			for _, a := range behaviour.JSONCalls(m.Content) {
				see(a.Tool)
			}
		}
	}
	return tools
}

const maxSeenTools = 20 // so that a line stays one

// unmatched tells each named tool that never came.
func (w *toolWatch) unmatched() (lines []string) {
	if w == nil {
		return nil
	}
	var seen []string
	w.seen.Range(func(name, _ any) bool { seen = append(seen, name.(string)); return true })
	slices.Sort(seen)
	list := strings.Join(seen, ", ")
	switch {
	case len(seen) == 0:
		list = "none"
	case len(seen) > maxSeenTools:
		list = strings.Join(seen[:maxSeenTools], ", ") + ", …"
	}
	for _, name := range w.named {
		if !slices.Contains(seen, name) {
			lines = append(lines, fmt.Sprintf("%s: no tool %q%s (tools seen: %s)", w.edit, name, format.DidYouMean(name, seen), list))
		}
	}
	return lines
}

// Counts are zero for each edit of the list, by name: where counting starts,
// so that an edit that never did anything is told as well.
func (e *Editing) Counts() map[string]int64 {
	counts := map[string]int64{}
	for _, name := range e.names {
		counts[name] = 0
	}
	return counts
}

// Saw takes note of what the edits met in one trajectory, in this process or,
// where what they made was kept, in an earlier one.
func (e *Editing) Saw(met []Sighting) {
	e.applied.Store(true)
	for _, s := range met {
		if seen := &e.watches[s.Edit].seen; s.Tool != "" {
			if _, known := seen.Load(s.Tool); !known {
				seen.Store(s.Tool, true)
			}
		}
	}
}

// Unmatched tells, a line each, the tools that edits of the list name and that
// none of the trajectories so far has; nothing before the first.
func (e *Editing) Unmatched() (lines []string) {
	if !e.applied.Load() {
		return nil
	}
	for _, w := range e.watches {
		lines = append(lines, w.unmatched()...)
	}
	return lines
}
