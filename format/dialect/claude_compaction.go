package dialect

import (
	"slices"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// beginsWithSummary says that the path goes back to the summary of a compaction.
func (c *claudeContext) beginsWithSummary() bool {
	for i, on := range c.on {
		if on && c.lines[i].shown() {
			return pyjson.IsTrue(c.lines[i].Get("isCompactSummary"))
		}
	}
	return false
}

// since is the first line of what was said on the path after a boundary. A path
// that goes back to before the boundary, but not to what it kept, is the user's
// who went back: nothing is compacted on it.
func (c *claudeContext) since(boundary int, kept []int) (from int, compacted bool) {
	if boundary < 0 {
		return 0, false
	}
	last, first := -1, -1 // of the path: before the boundary, and from it on
	for i, on := range c.on {
		switch {
		case on && i < boundary && c.lines[i].shown():
			last = i
		case on && i >= boundary && first < 0:
			first = i
		}
	}
	switch {
	case !c.tree.linked, first < 0: // or nothing was said since
		compacted = true
	case last >= 0:
		compacted = slices.Contains(kept, last)
	default:
		compacted = first == boundary || pyjson.IsTrue(c.lines[first].Get("isCompactSummary"))
	}
	if !compacted {
		return 0, false
	}
	return boundary, true
}

// kept are the lines before the boundary that the model went on seeing, as the
// boundary names them.
func (c *claudeContext) kept(boundary int) ([]int, error) {
	if boundary < 0 {
		return nil, nil
	}
	meta := c.lines[boundary].Get("compactMetadata")
	messages, all := meta.Get("preservedMessages", "uuids"), meta.Get("preservedMessages", "allUuids")
	if messages.Length()+all.Length() == 0 {
		return c.keptSegment(meta.Get("preservedSegment"))
	}
	var kept []int
	for _, name := range messages.Elements() {
		i, known := c.tree.at[name.Text()]
		if !known {
			return nil, format.Rejectf(format.LostContext, "the compaction kept line %s, which is not in the record", pyjson.Clip(name.Scalar()))
		}
		kept = append(kept, i)
	}
	for _, name := range all.Elements() { // attachments are among them
		if i, known := c.tree.at[name.Text()]; known {
			kept = append(kept, i)
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept), nil
}

// keptSegment walks from the tail of what was kept to its head. Parallel calls
// have results beside that way.
func (c *claudeContext) keptSegment(segment pyjson.Value) ([]int, error) {
	tail, head := segment.Get("tailUuid").Text(), segment.Get("headUuid").Text()
	if head == "" || tail == "" {
		return nil, nil
	}
	on := make([]bool, len(c.lines))
	for name := tail; ; {
		i, known := c.tree.at[name]
		if !known || on[i] {
			return nil, format.Rejectf(format.LostContext, "the compaction kept the lines from %s to %s, which do not hang together in the record", pyjson.Clip(head), pyjson.Clip(tail))
		}
		if on[i] = true; name == head {
			break
		}
		name = c.lines[i].parent
	}
	from, to := slices.Index(on, true), len(on)
	all := &claudeContext{lines: c.lines[:to], tree: c.tree, on: on}
	all.expand(from)
	return all.shown(from, to), nil
}

// afterCompaction puts the summary in front of what was said since, and what was
// kept behind the summary, or before it where the boundary says so.
func (c *claudeContext) afterCompaction(since, kept []int) ([]int, error) {
	boundary := c.lines[c.compaction]
	var summary, rest []int
	for i := c.compaction; i < len(c.lines); i++ {
		if pyjson.IsTrue(c.lines[i].Get("isCompactSummary")) && !c.tree.copied[i] {
			summary = append(summary, i)
			c.on[i] = true
		}
	}
	for _, i := range since {
		if !pyjson.IsTrue(c.lines[i].Get("isCompactSummary")) {
			rest = append(rest, i)
		}
	}
	if len(summary) == 0 && len(rest) > 0 {
		return nil, format.Rejectf(format.LostContext, "a compaction without the summary it left: what the model saw after it is not in the record")
	}
	c.held = map[int]bool{}
	for _, i := range kept {
		c.held[i] = true
	}
	// In the file of a session that was resumed what was kept stands behind the
	// boundary already.
	kept = slices.DeleteFunc(slices.Clone(kept), func(i int) bool { return i >= c.compaction || !c.lines[i].shown() })
	anchor := pyjson.FirstScalar(boundary.Get("compactMetadata", "preservedSegment", "anchorUuid"), boundary.Get("compactMetadata", "preservedMessages", "anchorUuid"))
	if anchor != "" && anchor == boundary.id {
		return slices.Concat(kept, summary, rest), nil
	}
	return slices.Concat(summary, kept, rest), nil
}
