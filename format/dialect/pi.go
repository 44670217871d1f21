package dialect

import (
	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// pi reads the sessions of the Pi coding agent, ~/.pi/agent/sessions/…/*.jsonl:
// a flat list in version 1, a tree since. Model calls that failed or were
// aborted are left out, as Pi leaves them out of its next request.
var pi = Dialect{
	Name:    "pi",
	Summary: "Pi sessions: one JSONL file, a list (version 1) or a tree (2 and 3)",
	Limits: "neither system prompt nor tool descriptions are on disk: supply them; summaries and the user's own shell commands are " +
		"given without the words Pi puts around them; a compacted session gives one record a segment, whose kept turns are out of the loss; " +
		"abandoned branches and failed model calls are left out and counted",
	repeats: true,
	opens: func(line pyjson.Value) bool {
		return line.Get("type").Text() == "session" && line.Get("id").Present() && line.Get("cwd").Present()
	},
	resets: func(line pyjson.Value) bool { return line.Get("type").Text() == "compaction" },
	claim: func(_ format.Record, v pyjson.Value) claim {
		return claimSession(v, func(line pyjson.Value) bool { return line.Get("type").Text() == "session" && line.Get("cwd").Present() })
	},
	parse: parsePi,
}

func parsePi(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	lines, err := sessionLines(v.Get("lines"))
	if err != nil {
		return nil, err
	}
	t := &format.Trajectory{SystemUnrecorded: true}
	branches, start := make([]branch, len(lines)), 0
	for i, line := range lines {
		kind := line.Get("type").Text()
		branches[i] = branch{line.Get("id").Text(), line.Get("parentId").Text(), kind != "session"}
		switch {
		case kind == "compaction":
			start = i
		case kind == "session" && t.ID == "":
			t.ID = sessionID(line.Get("id").Text(), v)
			t.Forked = line.Get("parentSession").Present() || line.Get("branchedFrom").Present()
		}
	}
	tree := newTree(branches)
	on, lost := tree.path()
	if lost != "" {
		return nil, format.Rejectf(format.LostContext, "entry %s, which the conversation goes back to, is not in the record", pyjson.Clip(lost))
	}
	compaction, kept, err := piCompaction(lines, on)
	if err != nil {
		return nil, err
	}
	if compaction > 0 {
		t.Condensed = true
		t.Messages = append(t.Messages, format.Message{Role: format.User, Content: lines[compaction].Get("summary").Text()})
	}
	for i := kept; i < len(lines); i++ {
		if !on[i] {
			continue
		}
		if err := addPi(t, lines[i], i < start); err != nil {
			return nil, inLine(err, i)
		}
	}
	for i := start; i < len(lines); i++ {
		if !on[i] && !tree.copied[i] && lines[i].Get("type").Text() == "message" {
			t.Note(format.NoteBranch)
		}
	}
	t.MarkUnrecordedTools()
	return t, nil
}

// piCompaction finds the last compaction on the path, and the first line
// before it that the model went on seeing. Both are 0 where there is none.
func piCompaction(lines []pyjson.Value, on []bool) (compaction, kept int, err error) {
	for i, line := range lines {
		if on[i] && line.Get("type").Text() == "compaction" {
			compaction = i
		}
	}
	if compaction == 0 {
		return 0, 0, nil
	}
	if at, ok := lines[compaction].Get("firstKeptEntryIndex").Float(); ok && at > 0 && at < float64(compaction) {
		return compaction, int(at), nil
	}
	first := lines[compaction].Get("firstKeptEntryId").Text()
	if first == "" {
		return compaction, compaction, nil
	}
	for i, line := range lines[:compaction] {
		if line.Get("id").Text() == first {
			return compaction, i, nil
		}
	}
	return 0, 0, format.Rejectf(format.LostContext, "the compaction kept what follows entry %s, which is not in the record", pyjson.Clip(first))
}

// addPi appends what a line adds to the conversation. Copied lines were
// trained in the segment before.
func addPi(t *format.Trajectory, line pyjson.Value, copied bool) error {
	message := line.Get("message")
	switch line.Get("type").Text() {
	case "message":
	case "custom_message":
		message = line
	case "branch_summary":
		t.Messages = append(t.Messages, format.Message{Role: format.User, Content: line.Get("summary").Text()})
		return nil
	default:
		return nil
	}
	m := &api.MessageBuilder{Message: format.Message{Role: format.User, ID: line.Get("id").Text()}}
	switch role := message.Get("role").Text(); role {
	case "assistant":
		m.Role = format.Assistant
		if !copied {
			spent(t, message.Get("usage"))
		}
		if stop := message.Get("stopReason").Text(); stop == "aborted" || stop == "error" {
			t.Note(format.NoteAborted)
			return nil
		}
		t.Teacher = format.NameOr(t.Teacher, message.Get("model").Text())
	case "toolResult":
		m.Role, m.CallID, m.Name = format.ToolRole, message.Get("toolCallId").Text(), message.Get("toolName").Text()
	case "bashExecution":
		if pyjson.IsTrue(message.Get("excludeFromContext")) {
			return nil
		}
		m.Say(message.Get("command").Text())
		m.Say(message.Get("output").Text())
		t.Messages = append(t.Messages, m.Built())
		return nil
	case "user", "custom", "hookMessage", "":
	default:
		return format.Rejectf(format.BadRole, "role %q is none of user, assistant, toolResult, bashExecution, custom", pyjson.Clip(role))
	}
	m.Untrained = copied && m.Role == format.Assistant
	err := readPi(m, message.Get("content"))
	t.Messages = append(t.Messages, m.Built())
	return err
}

func spent(t *format.Trajectory, usage pyjson.Value) {
	for _, key := range []string{"input", "cacheRead", "cacheWrite"} {
		t.PromptTokens += pyjson.TokenCount(usage.Get(key))
	}
	t.CompletionTokens += pyjson.TokenCount(usage.Get("output"))
	if cost, _ := usage.Get("cost", "total").Float(); cost > 0 {
		t.CostUSD += cost
	}
}

func readPi(s *api.MessageBuilder, content pyjson.Value) error {
	switch content.Kind() {
	case pyjson.KindText:
		s.Say(content.Text())
		return nil
	case pyjson.KindArray:
	default:
		return format.Rejectf(format.BadMessage, "content is %s", content.Kind())
	}
	for _, block := range content.Elements() {
		if block.Get("type").Text() == "toolCall" {
			if err := api.AddCall(&s.Message, block.Get("id"), block.Get("name"), block.Get("arguments")); err != nil {
				return err
			}
		} else if err := s.ReadBlock(block); err != nil {
			return err
		}
	}
	return nil
}
