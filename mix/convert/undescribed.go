package convert

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// undescribed counts the calls of tools that no list describes, by name. It is
// shared by the workers of a converter.
type undescribed struct {
	file  string // the list that is given; empty where there is none
	mu    sync.Mutex
	calls map[string]int64
}

// watchTools counts them for each kind of agent whose tools are given apart.
func (c *Converter) watchTools() {
	watch := func(file string) func(string) {
		u := &undescribed{file: file, calls: map[string]int64{}}
		c.undescribed = append(c.undescribed, u)
		return u.see
	}
	c.rendered.Undescribed = watch(cmp.Or(c.options.Main.Tools, c.options.Tools))
	if c.subagent.Undescribed = c.rendered.Undescribed; c.options.Subagent.Tools != c.options.Main.Tools {
		c.subagent.Undescribed = watch(cmp.Or(c.options.Subagent.Tools, c.options.Tools))
	}
}

const (
	maxNames = 10_000 // so that hostile names cost bounded memory
	maxTold  = 20
)

func (u *undescribed) see(name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.calls[name] > 0 || len(u.calls) < maxNames {
		u.calls[name]++
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
