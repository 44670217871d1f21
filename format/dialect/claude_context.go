package dialect

import (
	"slices"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// segmentsClaude begins a segment where the context was replaced and the assistant
// said something since it was last.
func segmentsClaude() func(line pyjson.Value) bool {
	said := false
	return func(line pyjson.Value) bool {
		begins := said && resetsClaude(line)
		said = !begins && (said || line.Get("type").Text() == "assistant")
		return begins
	}
}

// resetsClaude knows where the model's context was replaced: a compaction by
// its boundary, or, in web exports, by the summary that follows one; a clearing
// of old results, or of messages, by what it names.
func resetsClaude(line pyjson.Value) bool {
	return compactsClaude(line) || clearedIDs(line).Length()+clearedAttachments(line).Length()+snippedIDs(line).Length() > 0
}

func compactsClaude(line pyjson.Value) bool {
	return line.Get("subtype").Text() == "compact_boundary" && line.Get("type").Text() == "system" ||
		pyjson.IsTrue(line.Get("isCompactSummary")) && !line.Get("parentUuid").Present()
}

func clearedIDs(line pyjson.Value) pyjson.Value {
	return line.Get("microcompactMetadata", "compactedToolIds")
}

func clearedAttachments(line pyjson.Value) pyjson.Value {
	return line.Get("microcompactMetadata", "clearedAttachmentUUIDs")
}

func snippedIDs(line pyjson.Value) pyjson.Value { return line.Get("snipMetadata", "removedUuids") }

// A claudeLine is what the choice of lines depends on.
type claudeLine struct {
	pyjson.Value
	branch
	api  string // the API message that an assistant line is a part of
	side bool   // of a subagent, in its parent's file
}

// shown says that the model sees the line if it is on the path.
func (line claudeLine) shown() bool {
	switch line.Get("type").Text() {
	case "user", "assistant":
		return !line.side
	case "attachment":
		return !line.side
	case "system": // what the user's own commands print
		return line.Get("subtype").Text() == "local_command"
	}
	return false
}

func claudeLines(values []pyjson.Value) ([]claudeLine, error) {
	lines := make([]claudeLine, len(values))
	main := false
	for i, v := range values {
		kind := v.Get("type").Text()
		if kind == "system" && v.Get("session_id").Present() {
			return nil, format.Rejectf(format.EventStream, "the output of claude -p --output-format stream-json: the prompt it answers is not in it; read the session file")
		}
		lines[i] = claudeLine{Value: v, branch: branch{id: v.Get("uuid").Text(), parent: v.Get("parentUuid").Text()}}
		lines[i].spoken, lines[i].side = kind == "user" || kind == "assistant", pyjson.IsTrue(v.Get("isSidechain"))
		if kind == "assistant" {
			lines[i].api = v.Get("message", "id").Text()
		}
		main = main || lines[i].spoken && !lines[i].side
	}
	for i := range lines { // a file of side chain lines only is a subagent's own
		lines[i].side = lines[i].side && main
		lines[i].spoken = lines[i].spoken && !lines[i].side
	}
	return lines, nil
}

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

// beginsWithSummary says that the path goes back to the summary of a compaction.
func (c *claudeContext) beginsWithSummary() bool {
	for i, on := range c.on {
		if on && c.lines[i].shown() {
			return pyjson.IsTrue(c.lines[i].Get("isCompactSummary"))
		}
	}
	return false
}

// copied says that an earlier segment trains the line.
func (c *claudeContext) copied(i int) bool { return i < c.start || c.held[i] }

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

func (line claudeLine) blocks(kind, key string, use func(string)) {
	for _, block := range line.Get("message", "content").Elements() {
		if block.Get("type").Text() == kind {
			use(block.Get(key).Text())
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
