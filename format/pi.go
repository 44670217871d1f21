package format

// pi reads the sessions of the Pi coding agent, ~/.pi/agent/sessions/…/*.jsonl:
// a flat list in version 1, a tree since. Model calls that failed or were
// aborted are left out, as Pi leaves them out of its next request.
var pi = Dialect{
	Name:    "pi",
	Summary: "Pi sessions: one JSONL file, a list (version 1) or a tree (2 and 3)",
	Limits: "neither system prompt nor tool descriptions are on disk: supply them; summaries and the user's own shell commands are " +
		"given without the words Pi puts around them; a compacted session gives one record a segment",
	opens: func(line value) bool {
		return line.get("type").text() == "session" && line.get("id").present() && line.get("cwd").present()
	},
	resets: func(line value) bool { return line.get("type").text() == "compaction" },
	claim: func(_ Record, v value) claim {
		return claimSession(v, func(line value) bool { return line.get("type").text() == "session" && line.get("cwd").present() })
	},
	parse: parsePi,
}

func parsePi(_ Record, v value) (*Trajectory, error) {
	lines, err := sessionLines(v.get("lines"))
	if err != nil {
		return nil, err
	}
	t := &Trajectory{SystemUnrecorded: true}
	tree := make([]branch, len(lines))
	for i, line := range lines {
		head := line.get("type").text() == "session"
		tree[i] = branch{line.get("id").text(), line.get("parentId").text(), !head}
		if head && t.ID == "" {
			t.ID = sessionID(line.get("id").text(), v)
		}
	}
	on := leafPath(tree)
	compaction, kept := piCompaction(lines, on)
	if compaction > 0 {
		t.Messages = append(t.Messages, Message{Role: User, Content: lines[compaction].get("summary").text()})
	}
	for i := kept; i < len(lines); i++ {
		if !on[i] {
			continue
		}
		if err := t.addPi(lines[i], i < compaction); err != nil {
			return nil, inLine(err, i)
		}
	}
	t.markUnrecordedTools()
	return t, nil
}

// piCompaction finds the last compaction on the path, and the first line
// before it that the model went on seeing. Both are 0 where there is none.
func piCompaction(lines []value, on []bool) (compaction, kept int) {
	for i, line := range lines {
		if on[i] && line.get("type").text() == "compaction" {
			compaction = i
		}
	}
	if compaction == 0 {
		return 0, 0
	}
	if at, ok := lines[compaction].get("firstKeptEntryIndex").float(); ok && at > 0 && at < float64(compaction) {
		return compaction, int(at)
	}
	first := lines[compaction].get("firstKeptEntryId").text()
	for i, line := range lines[:compaction] {
		if first != "" && line.get("id").text() == first {
			return compaction, i
		}
	}
	return compaction, compaction
}

// addPi appends what a line adds to the conversation. Copied lines were
// trained in the segment before.
func (t *Trajectory) addPi(line value, copied bool) error {
	message := line.get("message")
	switch line.get("type").text() {
	case "message":
	case "custom_message":
		message = line
	case "branch_summary":
		t.Messages = append(t.Messages, Message{Role: User, Content: line.get("summary").text()})
		return nil
	default:
		return nil
	}
	m := &speech{Message: Message{Role: User}}
	switch role := message.get("role").text(); role {
	case "assistant":
		m.Role = Assistant
		if !copied {
			t.spent(message.get("usage"))
		}
		if stop := message.get("stopReason").text(); stop == "aborted" || stop == "error" {
			return nil
		}
		t.Teacher = nameOr(t.Teacher, message.get("model").text())
	case "toolResult":
		m.Role, m.CallID, m.Name = ToolRole, message.get("toolCallId").text(), message.get("toolName").text()
	case "bashExecution":
		if isTrue(message.get("excludeFromContext")) {
			return nil
		}
		m.say(message.get("command").text())
		m.say(message.get("output").text())
		t.Messages = append(t.Messages, m.message())
		return nil
	case "user", "custom", "hookMessage", "":
	default:
		return reject(BadRole, "role %q is none of user, assistant, toolResult, bashExecution, custom", clip(role))
	}
	m.Untrained = copied && m.Role == Assistant
	err := m.readPi(message.get("content"))
	t.Messages = append(t.Messages, m.message())
	return err
}

func (t *Trajectory) spent(usage value) {
	for _, key := range []string{"input", "cacheRead", "cacheWrite"} {
		t.PromptTokens += tokenCount(usage.get(key))
	}
	t.CompletionTokens += tokenCount(usage.get("output"))
	if cost, _ := usage.get("cost", "total").float(); cost > 0 {
		t.CostUSD += cost
	}
}

func (s *speech) readPi(content value) error {
	switch content.kind() {
	case kindText:
		s.say(content.text())
		return nil
	case kindArray:
	default:
		return reject(BadMessage, "content is %s", content.kind())
	}
	for _, block := range content.elements() {
		if block.get("type").text() == "toolCall" {
			if err := s.addCall(block.get("id"), block.get("name"), block.get("arguments")); err != nil {
				return err
			}
		} else if err := s.readBlock(block); err != nil {
			return err
		}
	}
	return nil
}
