package dialect

import (
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// codex reads the rollout files of Codex, ~/.codex/sessions/…/rollout-*.jsonl.
// Only response items are the conversation; the events beside them repeat it
// for the user interface.
var codex = Dialect{
	Name:    "codex",
	Summary: "Codex rollouts: one JSONL file a session, of response items",
	Limits: "tool descriptions, and in older files the system prompt, are not on disk: supply them; reasoning is encrypted but for its " +
		"summaries; a compacted session gives one record a segment where the new context was written down, and what it begins with is out of the loss; " +
		"a forked session trains what its parent in the same source does not; the agents that summarise are side_call; sessions with rolled back " +
		"turns or calls of the provider's own tools are rejected, and so is the stream of codex exec --json",
	repeats: true,
	opens:   opensCodex,
	resets:  func(line pyjson.Value) bool { return line.Get("type").Text() == "compacted" },
	claim:   func(_ format.Record, v pyjson.Value) claim { return claimSession(v, opensCodex) },
	parse:   parseCodex,
}

// opensCodex knows a line by its payload; the head of an older file by the
// members it has and the type it lacks; the stream by its events.
func opensCodex(line pyjson.Value) bool {
	switch kind := line.Get("type"); {
	case isCodexStream(line):
		return true
	case kind.Present():
		switch kind.Text() {
		case "session_meta", "response_item", "event_msg", "turn_context", "compacted":
			return line.Get("payload").Kind() == pyjson.KindObject
		}
		return false
	}
	_, asked := line.LookUp("instructions")
	return asked && line.Get("id").Present() && line.Get("timestamp").Present() && !line.Get("messages").Present()
}

func isCodexStream(line pyjson.Value) bool {
	switch line.Get("type").Text() {
	case "thread.started", "turn.started", "turn.completed", "turn.failed", "item.started", "item.completed":
		return true
	}
	return false
}

func parseCodex(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	lines, err := sessionLines(v.Get("lines"))
	if err != nil {
		return nil, err
	}
	s := codexSession{t: &format.Trajectory{}}
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
		t.Messages = append(t.Messages, format.Message{Role: format.System, Content: s.base})
	}
	t.Messages = append(t.Messages, api.Spoken(s.messages)...)
	t.MarkUnrecordedTools()
	return t, nil
}

// A codexSession gathers messages line by line.
type codexSession struct {
	t                  *format.Trajectory
	base               string // the system prompt, where the head holds it
	messages           []*api.MessageBuilder
	open               bool            // the last message is an assistant's and may grow
	thought            strings.Builder // reasoning for the assistant message to come
	prompt, completion int64           // tokens so far, and at the last compaction
	promptBefore       int64
	completionBefore   int64
}

func (s *codexSession) line(i int, line pyjson.Value) error {
	payload := line.Get("payload")
	switch line.Get("type").Text() {
	case "session_meta":
		return s.head(payload)
	case "turn_context":
		if s.t.Teacher == "" {
			s.t.Teacher = payload.Get("model").Text()
		}
	case "response_item":
		return s.item(payload)
	case "compacted":
		return s.compacted(payload)
	case "event_msg":
		return s.event(payload)
	case "":
		if i == 0 {
			return s.head(line)
		}
	default:
		if isCodexStream(line) {
			return format.Rejectf(format.EventStream, "the stream of codex exec --json: prompt and tool calls are not in it; read the rollout file in ~/.codex/sessions")
		}
		if !payload.Present() {
			return s.item(line) // files of early 2025 hold bare items
		}
	}
	return nil
}

func (s *codexSession) head(meta pyjson.Value) error {
	if s.t.ID != "" { // a forked session repeats its parent's head
		return nil
	}
	agent := meta.Get("source", "subagent")
	if kind := agent.Text(); kind == "compact" || kind == "memory_consolidation" {
		return format.Rejectf(format.SideCall, "agent %q is the client's own, made beside the conversation", kind)
	}
	s.t.Subagent = agent.Present()
	s.t.Forked = meta.Get("forked_from_id").Present() || meta.Get("parent_thread_id").Present() || agent.Get("thread_spawn").Present()
	s.t.ID = meta.Get("id").Text()
	s.t.Repo = repoOfURL(meta.Get("git", "repository_url").Text())
	s.base = pyjson.FirstScalar(meta.Get("base_instructions", "text"), meta.Get("base_instructions"))
	return nil
}

// repoOfURL takes owner/name from the end of a clone URL.
func repoOfURL(url string) string {
	parts := strings.FieldsFunc(strings.TrimSuffix(url, ".git"), func(r rune) bool { return r == '/' || r == ':' })
	if len(parts) < 3 { // host, owner, name
		return ""
	}
	return parts[len(parts)-2] + "/" + parts[len(parts)-1]
}

func (s *codexSession) event(payload pyjson.Value) error {
	switch payload.Get("type").Text() {
	case "token_count":
		if total := payload.Get("info", "total_token_usage"); total.Present() {
			s.prompt, s.completion = pyjson.TokenCount(total.Get("input_tokens")), pyjson.TokenCount(total.Get("output_tokens"))
		}
	case "thread_rolled_back":
		return format.Rejectf(format.LostContext, "turns were rolled back; which messages they were is not in the record")
	}
	return nil
}

// compacted starts anew from the history that took the place of the old one.
// Its assistant turns were trained in the segment before.
func (s *codexSession) compacted(payload pyjson.Value) error {
	history := payload.Get("replacement_history")
	if history.Kind() != pyjson.KindArray {
		return format.Rejectf(format.LostContext, "a compaction that does not hold the history it left: what the model saw after it is not in the record")
	}
	s.messages, s.open, s.t.Condensed = nil, false, true
	s.thought.Reset()
	s.promptBefore, s.completionBefore = s.prompt, s.completion
	for _, item := range history.Elements() {
		if err := s.item(item); err != nil {
			return err
		}
	}
	for _, m := range s.messages {
		m.Untrained = m.Role == format.Assistant
	}
	s.open = false
	return nil
}

// item adds one item of the Responses API.
func (s *codexSession) item(item pyjson.Value) error {
	switch kind := item.Get("type").Text(); kind {
	case "message", "":
		return s.message(item)
	case "reasoning":
		text, err := summaryText(item)
		api.AddLine(&s.thought, text)
		return err
	case "function_call":
		return api.AddCall(&s.assistant(s.open).Message, item.Get("call_id"), item.Get("name"), item.Get("arguments"))
	case "custom_tool_call":
		return s.custom(item)
	case "local_shell_call":
		m := s.assistant(s.open)
		arguments, err := api.ReadArguments(item.Get("action"))
		m.Calls = append(m.Calls, format.Call{ID: pyjson.FirstScalar(item.Get("call_id"), item.Get("id")), Name: "local_shell", Arguments: arguments})
		return err
	case "function_call_output", "custom_tool_call_output", "local_shell_call_output":
		return s.output(item)
	case "compaction", "compaction_summary", "context_compaction":
		return format.Rejectf(format.LostContext, "the history before this point is encrypted")
	case "ghost_snapshot":
		return nil
	default:
		if api.IsMedia(kind) {
			return format.Rejectf(format.ImagePart, "an item of type %q: only text can be trained on", kind)
		}
		return format.Rejectf(format.UnknownPart, "an item of type %q, whose effect on the conversation is not in the record", pyjson.Clip(kind))
	}
}

func (s *codexSession) message(item pyjson.Value) error {
	role, ok := api.Roles[item.Get("role").Text()]
	if !ok || role == format.ToolRole {
		return format.Rejectf(format.BadRole, "role %q is none of user, assistant, developer, system", pyjson.Clip(item.Get("role").Scalar()))
	}
	text, err := api.BlockText(item.Get("content"))
	if err != nil {
		return err
	}
	if role == format.Assistant {
		m := s.assistant(false)
		m.ID = item.Get("id").Text()
		m.Say(text)
		return nil
	}
	s.append(format.Message{Role: role}, text)
	return nil
}

// assistant is the assistant message that an item belongs to: a call belongs
// to the one that is open, a text starts the next.
func (s *codexSession) assistant(open bool) *api.MessageBuilder {
	if !open {
		s.append(format.Message{Role: format.Assistant}, "")
		s.open = true
	}
	m := s.messages[len(s.messages)-1]
	m.Think(s.thought.String())
	s.thought.Reset()
	return m
}

func (s *codexSession) append(m format.Message, text string) {
	s.open = false
	s.messages = append(s.messages, &api.MessageBuilder{Message: m})
	s.messages[len(s.messages)-1].Say(text)
}

// custom adds a call of a tool that takes free text. The text becomes the
// argument "input", as the item names it.
func (s *codexSession) custom(item pyjson.Value) error {
	call := format.Call{ID: item.Get("call_id").Text(), Name: item.Get("name").Text()}
	if call.Name == "" || item.Get("input").Kind() != pyjson.KindText {
		return format.Rejectf(format.BadMessage, "a custom tool call without a name or input")
	}
	call.Arguments = append(append([]byte(`{"input":`), item.Get("input").Raw()...), '}')
	m := s.assistant(s.open)
	m.Calls = append(m.Calls, call)
	return nil
}

// output adds a result: text, blocks, or an object around either.
func (s *codexSession) output(item pyjson.Value) error {
	output := item.Get("output")
	if output.Kind() == pyjson.KindObject {
		output = output.Get("content")
	}
	text, err := api.BlockText(output)
	s.append(format.Message{Role: format.ToolRole, CallID: pyjson.FirstScalar(item.Get("call_id"), item.Get("id"))}, text)
	return err
}

func summaryText(item pyjson.Value) (string, error) {
	var text strings.Builder
	for _, list := range []pyjson.Value{item.Get("summary"), item.Get("content")} {
		for _, part := range list.Elements() {
			if part.Kind() != pyjson.KindObject {
				return "", format.Rejectf(format.BadMessage, "reasoning that is %s", part.Kind())
			}
			api.AddLine(&text, part.Get("text").Text())
		}
	}
	return text.String(), nil
}
