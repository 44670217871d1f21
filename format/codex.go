package format

import "strings"

// codex reads the rollout files of Codex, ~/.codex/sessions/…/rollout-*.jsonl.
// Only response items are the conversation; the events beside them repeat it
// for the user interface.
var codex = Dialect{
	Name:    "codex",
	Summary: "Codex rollouts: one JSONL file a session, of response items",
	Limits: "tool descriptions, and in older files the system prompt, are not on disk: supply them; reasoning is encrypted but for its " +
		"summaries; a compacted session gives one record a segment where the new context was written down; sessions with rolled back " +
		"turns or calls of the provider's own tools are rejected, and so is the stream of codex exec --json",
	opens:  opensCodex,
	resets: func(line value) bool { return line.get("type").text() == "compacted" },
	claim:  func(_ Record, v value) claim { return claimSession(v, opensCodex) },
	parse:  parseCodex,
}

// opensCodex knows a line by its payload; the head of an older file by the
// members it has and the type it lacks; the stream by its events.
func opensCodex(line value) bool {
	switch kind := line.get("type"); {
	case isCodexStream(line):
		return true
	case kind.present():
		switch kind.text() {
		case "session_meta", "response_item", "event_msg", "turn_context", "compacted":
			return line.get("payload").kind() == kindObject
		}
		return false
	}
	_, asked := line.lookUp("instructions")
	return asked && line.get("id").present() && line.get("timestamp").present() && !line.get("messages").present()
}

func isCodexStream(line value) bool {
	switch line.get("type").text() {
	case "thread.started", "turn.started", "turn.completed", "turn.failed", "item.started", "item.completed":
		return true
	}
	return false
}

// lookUp tells a member that is null from one that is not there.
func (v value) lookUp(key string) (member value, ok bool) {
	for name, m := range v.members() {
		if string(name.bytes()) == key {
			member, ok = m, true
		}
	}
	return member, ok
}

func parseCodex(_ Record, v value) (*Trajectory, error) {
	lines, err := sessionLines(v.get("lines"))
	if err != nil {
		return nil, err
	}
	s := codexSession{t: &Trajectory{}}
	for i, line := range lines {
		if err := s.line(i, line); err != nil {
			return nil, inLine(err, i)
		}
	}
	t := s.t
	t.ID = sessionID(t.ID, v)
	t.PromptTokens, t.CompletionTokens = s.prompt-s.promptBefore, s.completion-s.completionBefore
	t.SystemUnrecorded = s.base == ""
	if s.base != "" {
		t.Messages = append(t.Messages, Message{Role: System, Content: s.base})
	}
	t.Messages = append(t.Messages, spoken(s.messages)...)
	t.markUnrecordedTools()
	return t, nil
}

// A codexSession gathers messages line by line.
type codexSession struct {
	t                  *Trajectory
	base               string // the system prompt, where the head holds it
	messages           []*speech
	open               bool            // the last message is an assistant's and may grow
	thought            strings.Builder // reasoning for the assistant message to come
	prompt, completion int64           // tokens so far, and at the last compaction
	promptBefore       int64
	completionBefore   int64
}

func (s *codexSession) line(i int, line value) error {
	payload := line.get("payload")
	switch line.get("type").text() {
	case "session_meta":
		s.head(payload)
	case "turn_context":
		if s.t.Teacher == "" {
			s.t.Teacher = payload.get("model").text()
		}
	case "response_item":
		return s.item(payload)
	case "compacted":
		return s.compacted(payload)
	case "event_msg":
		return s.event(payload)
	case "":
		if i == 0 {
			s.head(line)
		}
	default:
		if isCodexStream(line) {
			return reject(EventStream, "the stream of codex exec --json: prompt and tool calls are not in it; read the rollout file in ~/.codex/sessions")
		}
		if !payload.present() {
			return s.item(line) // files of early 2025 hold bare items
		}
	}
	return nil
}

func (s *codexSession) head(meta value) {
	if s.t.ID != "" { // a forked session repeats its parent's head
		return
	}
	s.t.ID = meta.get("id").text()
	s.t.Repo = repoOfURL(meta.get("git", "repository_url").text())
	s.base = firstScalar(meta.get("base_instructions", "text"), meta.get("base_instructions"))
}

// repoOfURL takes owner/name from the end of a clone URL.
func repoOfURL(url string) string {
	parts := strings.FieldsFunc(strings.TrimSuffix(url, ".git"), func(r rune) bool { return r == '/' || r == ':' })
	if len(parts) < 3 { // host, owner, name
		return ""
	}
	return parts[len(parts)-2] + "/" + parts[len(parts)-1]
}

func (s *codexSession) event(payload value) error {
	switch payload.get("type").text() {
	case "token_count":
		if total := payload.get("info", "total_token_usage"); total.present() {
			s.prompt, s.completion = tokenCount(total.get("input_tokens")), tokenCount(total.get("output_tokens"))
		}
	case "thread_rolled_back":
		return reject(LostContext, "turns were rolled back; which messages they were is not in the record")
	}
	return nil
}

// compacted starts anew from the history that took the place of the old one.
// Its assistant turns were trained in the segment before.
func (s *codexSession) compacted(payload value) error {
	history := payload.get("replacement_history")
	if history.kind() != kindArray {
		return reject(LostContext, "a compaction that does not hold the history it left: what the model saw after it is not in the record")
	}
	s.messages, s.open = nil, false
	s.thought.Reset()
	s.promptBefore, s.completionBefore = s.prompt, s.completion
	for _, item := range history.elements() {
		if err := s.item(item); err != nil {
			return err
		}
	}
	for _, m := range s.messages {
		m.Untrained = m.Role == Assistant
	}
	s.open = false
	return nil
}

// item adds one item of the Responses API.
func (s *codexSession) item(item value) error {
	switch kind := item.get("type").text(); kind {
	case "message", "":
		return s.message(item)
	case "reasoning":
		text, err := summaryText(item)
		addLine(&s.thought, text)
		return err
	case "function_call":
		return s.assistant(s.open).addCall(item.get("call_id"), item.get("name"), item.get("arguments"))
	case "custom_tool_call":
		return s.custom(item)
	case "local_shell_call":
		m := s.assistant(s.open)
		arguments, err := readArguments(item.get("action"))
		m.Calls = append(m.Calls, Call{ID: firstScalar(item.get("call_id"), item.get("id")), Name: "local_shell", Arguments: arguments})
		return err
	case "function_call_output", "custom_tool_call_output", "local_shell_call_output":
		return s.output(item)
	case "compaction", "compaction_summary", "context_compaction":
		return reject(LostContext, "the history before this point is encrypted")
	case "ghost_snapshot":
		return nil
	default:
		return reject(UnknownPart, "an item of type %q, whose effect on the conversation is not in the record", clip(kind))
	}
}

func (s *codexSession) message(item value) error {
	role, ok := roles[item.get("role").text()]
	if !ok || role == ToolRole {
		return reject(BadRole, "role %q is none of user, assistant, developer, system", clip(item.get("role").scalar()))
	}
	text, err := blockText(item.get("content"))
	if err != nil {
		return err
	}
	if role == Assistant {
		s.assistant(false).say(text)
		return nil
	}
	s.append(Message{Role: role}, text)
	return nil
}

// assistant is the assistant message that an item belongs to: a call belongs
// to the one that is open, a text starts the next.
func (s *codexSession) assistant(open bool) *speech {
	if !open {
		s.append(Message{Role: Assistant}, "")
		s.open = true
	}
	m := s.messages[len(s.messages)-1]
	m.think(s.thought.String())
	s.thought.Reset()
	return m
}

func (s *codexSession) append(m Message, text string) {
	s.open = false
	s.messages = append(s.messages, &speech{Message: m})
	s.messages[len(s.messages)-1].say(text)
}

// custom adds a call of a tool that takes free text. The text becomes the
// argument "input", as the item names it.
func (s *codexSession) custom(item value) error {
	call := Call{ID: item.get("call_id").text(), Name: item.get("name").text()}
	if call.Name == "" || item.get("input").kind() != kindText {
		return reject(BadMessage, "a custom tool call without a name or input")
	}
	call.Arguments = append(append([]byte(`{"input":`), item.get("input").raw()...), '}')
	m := s.assistant(s.open)
	m.Calls = append(m.Calls, call)
	return nil
}

// output adds a result: text, blocks, or an object around either.
func (s *codexSession) output(item value) error {
	output := item.get("output")
	if output.kind() == kindObject {
		output = output.get("content")
	}
	text, err := blockText(output)
	s.append(Message{Role: ToolRole, CallID: firstScalar(item.get("call_id"), item.get("id"))}, text)
	return err
}

func summaryText(item value) (string, error) {
	var text strings.Builder
	for _, list := range []value{item.get("summary"), item.get("content")} {
		for _, part := range list.elements() {
			if part.kind() != kindObject {
				return "", reject(BadMessage, "reasoning that is %s", part.kind())
			}
			addLine(&text, part.get("text").text())
		}
	}
	return text.String(), nil
}
