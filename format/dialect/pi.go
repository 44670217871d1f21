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
		"given without the words Pi puts around them; a compacted session gives one record a segment",
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
	tree := make([]branch, len(lines))
	for i, line := range lines {
		head := line.Get("type").Text() == "session"
		tree[i] = branch{line.Get("id").Text(), line.Get("parentId").Text(), !head}
		if head && t.ID == "" {
			t.ID = sessionID(line.Get("id").Text(), v)
		}
	}
	on := leafPath(tree)
	compaction, kept := piCompaction(lines, on)
	if compaction > 0 {
		t.Messages = append(t.Messages, format.Message{Role: format.User, Content: lines[compaction].Get("summary").Text()})
	}
	for i := kept; i < len(lines); i++ {
		if !on[i] {
			continue
		}
		if err := addPi(t, lines[i], i < compaction); err != nil {
			return nil, inLine(err, i)
		}
	}
	t.MarkUnrecordedTools()
	return t, nil
}

// piCompaction finds the last compaction on the path, and the first line
// before it that the model went on seeing. Both are 0 where there is none.
func piCompaction(lines []pyjson.Value, on []bool) (compaction, kept int) {
	for i, line := range lines {
		if on[i] && line.Get("type").Text() == "compaction" {
			compaction = i
		}
	}
	if compaction == 0 {
		return 0, 0
	}
	if at, ok := lines[compaction].Get("firstKeptEntryIndex").Float(); ok && at > 0 && at < float64(compaction) {
		return compaction, int(at)
	}
	first := lines[compaction].Get("firstKeptEntryId").Text()
	for i, line := range lines[:compaction] {
		if first != "" && line.Get("id").Text() == first {
			return compaction, i
		}
	}
	return compaction, compaction
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
	m := &api.MessageBuilder{Message: format.Message{Role: format.User}}
	switch role := message.Get("role").Text(); role {
	case "assistant":
		m.Role = format.Assistant
		if !copied {
			spent(t, message.Get("usage"))
		}
		if stop := message.Get("stopReason").Text(); stop == "aborted" || stop == "error" {
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
