package dialect

import (
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// claudeCode reads the session files of Claude Code,
// ~/.claude/projects/<directory>/<session>.jsonl, and its web exports. The
// leaf path is read; lines that the user interface wrote for itself (meta
// lines, local commands, API errors) are left out.
var claudeCode = Dialect{
	Name:    "claude-code",
	Summary: "Claude Code sessions: a JSONL file, or a web export with loglines",
	Limits: "neither system prompt nor tool descriptions are on disk: supply them; reminders and attachments that the client " +
		"injects are not on disk either; a compacted session gives one record a segment; " +
		"abandoned branches and side chains in the file of their parent are left out; stream-json output is refused",
	opens:  opensClaude,
	resets: resetsClaude,
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

// resetsClaude knows a compaction by its boundary; web exports hold only the
// summary that follows one.
func resetsClaude(line pyjson.Value) bool {
	return line.Get("subtype").Text() == "compact_boundary" && line.Get("type").Text() == "system" ||
		pyjson.IsTrue(line.Get("isCompactSummary")) && !line.Get("parentUuid").Present()
}

// A claudeLine is what the choice of lines depends on.
type claudeLine struct {
	pyjson.Value
	branch
	api string // the API message that an assistant line is a part of
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
	s := claudeSession{byAPI: map[string]*api.MessageBuilder{}, usage: map[string]pyjson.Value{}}
	for i, on := range claudePath(lines) {
		if !on {
			continue
		}
		if err := s.add(lines[i]); err != nil {
			return nil, inLine(err, i)
		}
	}
	return s.trajectory(v), nil
}

func claudeLines(values []pyjson.Value) ([]claudeLine, error) {
	lines := make([]claudeLine, len(values))
	main := false
	for i, v := range values {
		if v.Get("type").Text() == "system" && v.Get("session_id").Present() {
			return nil, format.Rejectf(format.EventStream, "the output of claude -p --output-format stream-json: the prompt it answers is not in it; read the session file")
		}
		kind := v.Get("type").Text()
		lines[i] = claudeLine{Value: v, branch: branch{id: v.Get("uuid").Text(), parent: v.Get("parentUuid").Text()}}
		lines[i].spoken = kind == "user" || kind == "assistant"
		if kind == "assistant" {
			lines[i].api = v.Get("message", "id").Text()
		}
		main = main || lines[i].spoken && !pyjson.IsTrue(v.Get("isSidechain"))
	}
	for i := range lines { // a file of side chain lines only is a subagent's own
		lines[i].spoken = lines[i].spoken && !(main && pyjson.IsTrue(lines[i].Get("isSidechain")))
	}
	return lines, nil
}

// claudePath is the leaf path and what belongs to its messages. Parallel
// calls fork the tree: every part of an API message may have the result of
// its call as a child, and only one of these leads on.
func claudePath(lines []claudeLine) []bool {
	tree := make([]branch, len(lines))
	for i, line := range lines {
		tree[i] = line.branch
	}
	on := leafPath(tree)
	parts, calls := map[string]bool{"": false}, map[string]bool{}
	for i, line := range lines {
		if on[i] && line.api != "" {
			parts[line.api] = true
		}
	}
	for i, line := range lines {
		on[i] = line.spoken && (on[i] || parts[line.api])
		if on[i] {
			line.blocks("tool_use", "id", func(id string) { calls[id] = true })
		}
	}
	for i, line := range lines {
		if line.spoken {
			line.blocks("tool_result", "tool_use_id", func(id string) { on[i] = on[i] || calls[id] })
		}
	}
	return on
}

func (line claudeLine) blocks(kind, key string, use func(string)) {
	for _, block := range line.Get("message", "content").Elements() {
		if block.Get("type").Text() == kind {
			use(block.Get(key).Text())
		}
	}
}

// A claudeSession gathers messages line by line.
type claudeSession struct {
	messages []*api.MessageBuilder
	byAPI    map[string]*api.MessageBuilder
	usage    map[string]pyjson.Value // repeated on every part: the last one counts
	teacher  string
	id       string // of the session, or of the subagent whose file this is
	command  bool   // the last user line named a slash command
}

func (s *claudeSession) add(line claudeLine) error {
	if pyjson.IsTrue(line.Get("isCompactSummary")) {
		s.messages, s.byAPI = nil, map[string]*api.MessageBuilder{}
	}
	if s.id == "" {
		s.id = pyjson.FirstScalar(line.Get("agentId"), line.Get("sessionId"))
	}
	message := line.Get("message")
	role := format.Assistant
	if line.Get("type").Text() == "user" {
		role = format.User
	}
	if role == format.User && s.aside(line) || role == format.Assistant && isClaudeError(line) {
		return nil
	}
	if message.Kind() != pyjson.KindObject {
		return format.Rejectf(format.BadMessage, "message is %s", message.Kind())
	}
	messages, err := api.ReadBlocks(role, message.Get("content"))
	if err != nil {
		return err
	}
	if role == format.User {
		s.messages = append(s.messages, messages...)
		return nil
	}
	for _, m := range messages {
		s.join(line, m)
	}
	return nil
}

// join adds a part of an API message to the parts before it.
func (s *claudeSession) join(line claudeLine, m *api.MessageBuilder) {
	if s.teacher == "" {
		s.teacher = line.Get("message", "model").Text()
	}
	id := line.api
	if id == "" {
		id = "line " + line.id
	}
	s.usage[id] = line.Get("message", "usage")
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

// aside says that a user line is not part of the conversation. The prompt
// that a slash command stands for is a meta line right after the command; it
// is what the model was asked, so it stays.
func (s *claudeSession) aside(line claudeLine) bool {
	content := line.Get("message", "content")
	text := content.Text()
	if content.Kind() == pyjson.KindArray && content.Length() > 0 {
		for _, block := range content.Elements() {
			text = block.Get("text").Text()
			break
		}
	}
	text = strings.TrimLeft(text, " \r\n")
	afterCommand := s.command
	s.command = strings.HasPrefix(text, "<command-name>") || strings.HasPrefix(text, "<command-message>")
	for _, prefix := range localPrefixes {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return s.command || pyjson.IsTrue(line.Get("isMeta")) && !afterCommand
}

// localPrefixes start the lines that commands of the user leave behind.
var localPrefixes = []string{
	"Caveat: The messages below were generated by the user while running local commands",
	"<local-command-", "<bash-input>", "<bash-stdout>", "<bash-stderr>",
}

func isClaudeError(line claudeLine) bool {
	return pyjson.IsTrue(line.Get("isApiErrorMessage")) || line.Get("message", "model").Text() == "<synthetic>"
}

func (s *claudeSession) trajectory(v pyjson.Value) *format.Trajectory {
	t := &format.Trajectory{Messages: api.Spoken(s.messages), Teacher: s.teacher, SystemUnrecorded: true}
	for _, usage := range s.usage {
		for _, key := range []string{"input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"} {
			t.PromptTokens += pyjson.TokenCount(usage.Get(key))
		}
		t.CompletionTokens += pyjson.TokenCount(usage.Get("output_tokens"))
	}
	t.ID = sessionID(s.id, v)
	t.MarkUnrecordedTools()
	return t
}
