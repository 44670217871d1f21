package dialect

import (
	"slices"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// A claudeContext finds the lines that the model saw at the end of a session,
// or of a segment of one.
type claudeContext struct {
	lines      []claudeLine
	tree       tree
	start      int  // the last line at which the context was replaced; 0 where there is none
	compaction int  // the boundary that the path goes back to, -1 where it goes to the start
	condensed  bool // a summary or something cleared is in it
	forked     bool // the session was copied from another
	on         []bool
	held       map[int]bool // lines that the compaction kept: an earlier record trains them
}

func newClaudeContext(lines []claudeLine) *claudeContext {
	branches := make([]branch, len(lines))
	c := &claudeContext{lines: lines, compaction: -1}
	for i, line := range lines {
		branches[i] = line.branch
		if resetsClaude(line.Value) {
			c.start = i
		}
		c.forked = c.forked || line.Get("forkedFrom").Present()
	}
	c.tree = newTree(branches)
	return c
}

// order lists the lines that the model saw, in its order: the summary of a
// compaction, what the compaction kept, and what was said since.
func (c *claudeContext) order() ([]int, error) {
	boundary := -1
	for i, line := range c.lines {
		if compactsClaude(line.Value) && !c.tree.copied[i] {
			boundary = i
		}
	}
	on, lost := c.tree.path()
	c.on = on
	kept, err := c.kept(boundary)
	if err != nil {
		return nil, err
	}
	since, compacted := c.since(boundary, kept)
	switch {
	case compacted:
		c.compaction, c.condensed = boundary, true
		for i := range c.on {
			c.on[i] = c.on[i] && i >= since
		}
	case lost != "" && c.beginsWithSummary():
		c.condensed = true // of a compaction in another file
	case lost != "":
		return nil, format.Rejectf(format.LostContext, "the line before the first, %s, is not in the record: what the model saw before it is lost", pyjson.Clip(lost))
	}
	c.expand(since)
	order := c.shown(since, len(c.lines))
	if compacted {
		if order, err = c.afterCompaction(order, kept); err != nil {
			return nil, err
		}
	}
	return c.withoutSnipped(order), nil
}

// copied says that an earlier segment trains the line.
func (c *claudeContext) copied(i int) bool { return i < c.start || c.held[i] }

// expand adds what belongs to the messages on the path, from a line on. Parallel
// calls fork the tree: every part of an API message may have the result of its
// call as a child, and only one of these leads on; hooks hang below a result.
func (c *claudeContext) expand(from int) {
	parts, calls, hooks := map[string]bool{"": false}, map[string]bool{}, map[string]bool{}
	for i, line := range c.lines {
		if c.on[i] && line.api != "" {
			parts[line.api] = true
		}
	}
	for i := from; i < len(c.lines); i++ {
		line := c.lines[i]
		c.on[i] = c.on[i] || line.spoken && parts[line.api] && !c.tree.copied[i]
		if c.on[i] {
			line.blocks("tool_use", "id", func(id string) { calls[id] = true })
		}
	}
	for i := from; i < len(c.lines); i++ {
		line := c.lines[i]
		if c.tree.copied[i] {
			continue
		}
		answers := false
		if line.spoken {
			line.blocks("tool_result", "tool_use_id", func(id string) { answers = answers || calls[id] })
		}
		if hook := line.Get("type").Text() == "attachment" && hooks[line.parent]; answers || hook {
			c.on[i], hooks[line.id] = true, true
		}
	}
}

// shown lists the lines of the path between two that the model saw.
func (c *claudeContext) shown(from, to int) (order []int) {
	for i := from; i < to; i++ {
		if c.on[i] && c.lines[i].shown() {
			order = append(order, i)
		}
	}
	return order
}

// clears are the ids of calls and attachments whose words were cleared before
// the end, on the path or before the compaction that it goes back to.
func (c *claudeContext) clears() map[string]bool {
	cleared := map[string]bool{}
	for i, line := range c.lines {
		if line.Get("subtype").Text() != "microcompact_boundary" || !c.on[i] && i > c.compaction {
			continue
		}
		c.condensed = true
		for _, list := range []pyjson.Value{clearedIDs(line.Value), clearedAttachments(line.Value)} {
			for _, id := range list.Elements() {
				cleared[id.Text()] = true
			}
		}
	}
	return cleared
}

// withoutSnipped leaves out the messages that were taken out of the context.
func (c *claudeContext) withoutSnipped(order []int) []int {
	snipped := map[int]bool{}
	for i, line := range c.lines {
		for _, id := range snippedIDs(line.Value).Elements() {
			if at, known := c.tree.at[id.Text()]; known && c.on[i] {
				snipped[at], c.condensed = true, true
			}
		}
	}
	return slices.DeleteFunc(order, func(i int) bool { return snipped[i] })
}

// notes count the turns that the segment holds besides the conversation; an
// assistant's may lie on several lines.
func (c *claudeContext) notes() (notes []string) {
	counted := map[string]bool{}
	count := func(i int, note string) {
		if api := c.lines[i].api; api == "" || !counted[api] {
			counted[api] = true
			notes = append(notes, note)
		}
	}
	for _, i := range c.tree.leftOut(c.on, c.start) {
		count(i, format.NoteBranch)
	}
	for i := c.start; i < len(c.lines); i++ {
		kind := c.lines[i].Get("type").Text()
		if c.lines[i].side && (kind == "user" || kind == "assistant") {
			count(i, format.NoteSideChain)
		}
	}
	return notes
}
