package dialect

import (
	"regexp"
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// claudeCode reads the session files of Claude Code,
// ~/.claude/projects/<directory>/<session>.jsonl, the files of subagents and web
// exports. Which lines the model saw is found in claude_context.go.
var claudeCode = Dialect{
	Name:    "claude-code",
	Summary: "Claude Code sessions: a JSONL file, or a web export with loglines",
	Limits: "neither system prompt nor tool descriptions are on disk: supply them; of what the client injects, attachments are read as recorded, " +
		"files without the line numbers the model saw, and reminders of which the file keeps no words are counted as lost_reminder; a compacted " +
		"session gives one record a segment, whose kept turns are out of the loss, and so does one whose old results were cleared; abandoned " +
		"branches and side chains in the file of their parent are left out and counted; what begins in the middle is lost_context; the agents " +
		"that summarise and suggest are side_call; stream-json output is refused",
	repeats:   true,
	opens:     opensClaude,
	remembers: segmentsClaude,
	claim: func(_ format.Record, v pyjson.Value) claim {
		if v.Get("loglines").Kind() == pyjson.KindArray {
			return byMarker
		}
		return claimSession(v, opensClaude)
	},
	parse: parseClaude,
}

// opensClaude knows a conversation line by its message, and the lines that
// often come first by theirs.
func opensClaude(line pyjson.Value) bool {
	session := line.Get("sessionId").Present()
	switch line.Get("type").Text() {
	case "user", "assistant":
		return line.Get("message", "content").Present() && !line.Get("message", "parts").Present()
	case "summary":
		return line.Get("leafUuid").Present()
	case "file-history-snapshot":
		return line.Get("snapshot").Present()
	case "system":
		return line.Get("session_id").Present() || session && line.Get("uuid").Present() && !line.Get("systemPayload").Present()
	case "queue-operation", "progress", "attachment", "custom-title", "ai-title", "last-prompt", "permission-mode", "pr-link":
		return session
	}
	return false
}

func parseClaude(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	list := v.Get("loglines")
	if !list.Present() {
		list = v.Get("lines")
	}
	values, err := sessionLines(list)
	if err != nil {
		return nil, err
	}
	lines, err := claudeLines(values)
	if err != nil {
		return nil, err
	}
	context := newClaudeContext(lines)
	order, err := context.order()
	if err != nil {
		return nil, err
	}
	s := claudeSession{byAPI: map[string]*api.MessageBuilder{}, usage: map[string]pyjson.Value{}, cleared: context.clears()}
	for _, i := range order {
		if err := s.add(lines[i], context.copied(i)); err != nil {
			return nil, inLine(err, i)
		}
	}
	return s.trajectory(v, context)
}

// A claudeSession gathers messages line by line.
type claudeSession struct {
	messages []*api.MessageBuilder
	byAPI    map[string]*api.MessageBuilder
	usage    map[string]pyjson.Value // repeated on every part: the last one counts
	cleared  map[string]bool         // calls and attachments whose words the model no longer saw
	teacher  string
	id       string // of the session, or of the subagent whose file this is
	agent    bool   // that file says which subagent it is of
	side     bool   // it is a subagent's
	said     bool   // by the assistant, and not copied from an earlier segment
	notes    []string
}

// add reads a line. What is copied was trained in an earlier segment.
func (s *claudeSession) add(line claudeLine, copied bool) error {
	if s.id == "" {
		agent := line.Get("agentId").Scalar()
		s.id, s.agent = pyjson.FirstScalar(line.Get("agentId"), line.Get("sessionId")), agent != ""
		if claudeSideAgent.MatchString(agent) {
			return format.Rejectf(format.SideCall, "agent %q is the client's own, made beside the conversation", pyjson.Clip(agent))
		}
	}
	s.side = s.side || pyjson.IsTrue(line.Get("isSidechain"))
	switch kind := line.Get("type").Text(); {
	case kind == "attachment":
		return s.attach(line)
	case kind == "system":
		s.inject(line.Get("content").Text())
		return nil
	case kind == "assistant" && isClaudeError(line):
		s.notes = append(s.notes, format.NoteClientTurn)
		return nil
	}
	message := line.Get("message")
	if message.Kind() != pyjson.KindObject {
		return format.Rejectf(format.BadMessage, "message is %s", message.Kind())
	}
	role := format.User
	if line.Get("type").Text() == "assistant" {
		role = format.Assistant
	}
	messages, err := api.ReadBlocks(role, message.Get("content"))
	if err != nil {
		return err
	}
	for _, m := range messages {
		if role == format.User {
			s.hear(m)
		} else {
			m.Untrained = copied
			s.join(line, m)
		}
	}
	return nil
}

// claudeSideAgent knows the agents that Claude Code runs for itself by their
// ids: they summarise, suggest prompts, keep memories.
var claudeSideAgent = regexp.MustCompile(`^a(compact|prompt_suggestion|side_question|session_memory|extract_memories|speculation)\b`)

// hear adds what stands on the user's side.
func (s *claudeSession) hear(m *api.MessageBuilder) {
	if m.Role == format.ToolRole && s.cleared[m.CallID] {
		m.Text.Reset()
		m.Say(clearedResult)
		s.notes = append(s.notes, format.NoteCleared)
	}
	s.messages = append(s.messages, m)
}

// clearedResult is what Claude Code puts in the place of a result that it
// clears.
const clearedResult = "[Old tool result content cleared]"

// inject adds what the client says for itself on the user's side, as a block of
// the turn before where that is the user's too.
func (s *claudeSession) inject(text string) {
	if n := len(s.messages); n > 0 && s.messages[n-1].Role == format.User {
		s.messages[n-1].Say(text)
		return
	}
	m := &api.MessageBuilder{Message: format.Message{Role: format.User}}
	m.Say(text)
	s.messages = append(s.messages, m)
}

// join adds a part of an API message to the parts before it.
func (s *claudeSession) join(line claudeLine, m *api.MessageBuilder) {
	if s.teacher == "" {
		s.teacher = line.Get("message", "model").Text()
	}
	if !m.Untrained {
		s.said = true
		s.usage[format.NameOr(line.api, "line "+line.id)] = line.Get("message", "usage")
	}
	m.ID = format.NameOr(line.api, line.id)
	whole, known := s.byAPI[line.api]
	if !known || line.api == "" {
		s.byAPI[line.api] = m
		s.messages = append(s.messages, m)
		return
	}
	whole.Say(m.Text.String())
	whole.Think(m.Thought.String())
	whole.Calls = append(whole.Calls, m.Calls...)
}

func isClaudeError(line claudeLine) bool {
	return pyjson.IsTrue(line.Get("isApiErrorMessage")) || line.Get("message", "model").Text() == "<synthetic>"
}

func (s *claudeSession) trajectory(v pyjson.Value, context *claudeContext) (*format.Trajectory, error) {
	t := &format.Trajectory{
		Messages: api.Spoken(resultsFirst(s.messages)), Teacher: s.teacher, SystemUnrecorded: true,
		Subagent: s.side, Condensed: context.condensed, Forked: context.forked, Notes: append(s.notes, context.notes()...),
	}
	switch {
	case context.start > 0 && !s.said:
		return nil, format.Rejectf(format.NoAssistant, "the assistant says nothing after the context was replaced")
	case len(t.Messages) > 0 && strings.HasPrefix(t.Messages[0].Content, summaryRequest):
		return nil, format.Rejectf(format.LostContext, "it begins with the request to summarise a conversation that is not in the record")
	}
	for _, usage := range s.usage {
		for _, key := range []string{"input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"} {
			t.PromptTokens += pyjson.TokenCount(usage.Get(key))
		}
		t.CompletionTokens += pyjson.TokenCount(usage.Get("output_tokens"))
	}
	if t.ID = sessionID(s.id, v); s.side && !s.agent { // older files name the session alone, which has many
		t.ID += "-" + digest(t)
		t.Note(format.NoteUniqueID)
	}
	t.MarkUnrecordedTools()
	return t, nil
}

// summaryRequest is how Claude Code asks for a summary of what stands before.
const summaryRequest = "Your task is to create a detailed summary of the conversation so far"

// resultsFirst puts the results that follow an assistant's turn before what else
// follows it, as the client does: hooks speak between the results of parallel
// calls.
func resultsFirst(messages []*api.MessageBuilder) []*api.MessageBuilder {
	ordered := make([]*api.MessageBuilder, 0, len(messages))
	var later []*api.MessageBuilder
	for _, m := range messages {
		switch m.Role {
		case format.Assistant:
			ordered, later = append(append(ordered, later...), m), later[:0]
		case format.ToolRole:
			ordered = append(ordered, m)
		default:
			later = append(later, m)
		}
	}
	return append(ordered, later...)
}
