package convert

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"

	"trainyard/format/edit"
)

// undescribed counts the calls of tools that no list describes, by name. It is
// shared by the workers of a converter.
type undescribed struct {
	file  string // the list that is given; empty where there is none
	mu    sync.Mutex
	calls map[string]int64
}

// mainAgent is the place of the main agent's in Converter.undescribed.
const mainAgent = 0

// watchTools counts them for each kind of agent whose tools are given apart.
func (c *Converter) watchTools() {
	watch := func(file string) {
		c.undescribed = append(c.undescribed, &undescribed{file: file, calls: map[string]int64{}})
	}
	watch(cmp.Or(c.options.Main.Tools, c.options.Tools))
	if c.options.Subagent.Tools != c.options.Main.Tools {
		watch(cmp.Or(c.options.Subagent.Tools, c.options.Tools))
	}
}

// Met are the tools of one record that [Converter.Unmatched] goes by.
type Met struct {
	Edits       []edit.Sighting
	Undescribed []string // a name for every call
	Subagent    bool     // whose calls they are
	Edited      bool     // the edits were made to it
}

// Meet takes note of what a record met that this converter did not convert: what
// came of it was kept from before.
func (c *Converter) Meet(m Met) {
	if m.Edited {
		c.edits.Saw(m.Edits)
	}
	watch := c.undescribed[mainAgent]
	if m.Subagent {
		watch = c.undescribed[len(c.undescribed)-1]
	}
	watch.see(m.Undescribed)
}

const (
	maxNames = 10_000 // so that hostile names cost bounded memory
	maxTold  = 20
)

func (u *undescribed) see(names []string) {
	if len(names) == 0 {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, name := range names {
		if u.calls[name] > 0 || len(u.calls) < maxNames {
			u.calls[name]++
		}
	}
}

// lines tell the tools, those with most calls first.
func (u *undescribed) lines() (lines []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	names := slices.SortedFunc(maps.Keys(u.calls), func(a, b string) int {
		return cmp.Or(cmp.Compare(u.calls[b], u.calls[a]), cmp.Compare(a, b))
	})
	for i, name := range names {
		if i == maxTold {
			return append(lines, fmt.Sprintf("tools: %d more that are called and not described", len(names)-i))
		}
		lines = append(lines, fmt.Sprintf("tools: %q is called %s, and not described by %s", name, times(u.calls[name]), cmp.Or(u.file, "the record's own list")))
	}
	return lines
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// Unmatched tells, a line each, the tools that edits name and no record has, and
// those that records call and no list describes.
func (c *Converter) Unmatched() []string {
	lines := c.edits.Unmatched()
	for _, u := range c.undescribed {
		lines = append(lines, u.lines()...)
	}
	return lines
}
