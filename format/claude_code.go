package format

import "strings"

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
	claim: func(_ Record, v value) claim {
		if v.get("loglines").kind() == kindArray {
			return byMarker
		}
		return claimSession(v, opensClaude)
	},
	parse: parseClaude,
}

// opensClaude knows a conversation line by its message, and the lines that
// often come first by theirs.
func opensClaude(line value) bool {
	session := line.get("sessionId").present()
	switch line.get("type").text() {
	case "user", "assistant":
		return line.get("message", "content").present() && !line.get("message", "parts").present()
	case "summary":
		return line.get("leafUuid").present()
	case "file-history-snapshot":
		return line.get("snapshot").present()
	case "system":
		return line.get("session_id").present() || session && line.get("uuid").present() && !line.get("systemPayload").present()
	case "queue-operation", "progress", "attachment", "custom-title", "ai-title", "last-prompt", "permission-mode", "pr-link":
		return session
	}
	return false
}

// resetsClaude knows a compaction by its boundary; web exports hold only the
// summary that follows one.
func resetsClaude(line value) bool {
	return line.get("subtype").text() == "compact_boundary" && line.get("type").text() == "system" ||
		isTrue(line.get("isCompactSummary")) && !line.get("parentUuid").present()
}

// A claudeLine is what the choice of lines depends on.
type claudeLine struct {
	value
	branch
	api string // the API message that an assistant line is a part of
}

func parseClaude(_ Record, v value) (*Trajectory, error) {
	list := v.get("loglines")
	if !list.present() {
		list = v.get("lines")
	}
	values, err := sessionLines(list)
	if err != nil {
		return nil, err
	}
	lines, err := claudeLines(values)
	if err != nil {
		return nil, err
	}
	s := claudeSession{byAPI: map[string]*speech{}, usage: map[string]value{}}
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

func claudeLines(values []value) ([]claudeLine, error) {
	lines := make([]claudeLine, len(values))
	main := false
	for i, v := range values {
		if v.get("type").text() == "system" && v.get("session_id").present() {
			return nil, reject(EventStream, "the output of claude -p --output-format stream-json: the prompt it answers is not in it; read the session file")
		}
		kind := v.get("type").text()
		lines[i] = claudeLine{value: v, branch: branch{id: v.get("uuid").text(), parent: v.get("parentUuid").text()}}
		lines[i].spoken = kind == "user" || kind == "assistant"
		if kind == "assistant" {
			lines[i].api = v.get("message", "id").text()
		}
		main = main || lines[i].spoken && !isTrue(v.get("isSidechain"))
	}
	for i := range lines { // a file of side chain lines only is a subagent's own
		lines[i].spoken = lines[i].spoken && !(main && isTrue(lines[i].get("isSidechain")))
	}
	return lines, nil
}

func isTrue(v value) bool { return string(v.raw()) == "true" }

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
	for _, block := range line.get("message", "content").elements() {
		if block.get("type").text() == kind {
			use(block.get(key).text())
		}
	}
}

// A claudeSession gathers messages line by line.
type claudeSession struct {
	messages []*speech
	byAPI    map[string]*speech
	usage    map[string]value // repeated on every part: the last one counts
	teacher  string
	id       string // of the session, or of the subagent whose file this is
	command  bool   // the last user line named a slash command
}

func (s *claudeSession) add(line claudeLine) error {
	if isTrue(line.get("isCompactSummary")) {
		s.messages, s.byAPI = nil, map[string]*speech{}
	}
	if s.id == "" {
		s.id = firstScalar(line.get("agentId"), line.get("sessionId"))
	}
	message := line.get("message")
	role := Assistant
	if line.get("type").text() == "user" {
		role = User
	}
	if role == User && s.aside(line) || role == Assistant && isClaudeError(line) {
		return nil
	}
	if message.kind() != kindObject {
		return reject(BadMessage, "message is %s", message.kind())
	}
	messages, err := readBlocks(role, message.get("content"))
	if err != nil {
		return err
	}
	if role == User {
		s.messages = append(s.messages, messages...)
		return nil
	}
	for _, m := range messages {
		s.join(line, m)
	}
	return nil
}

// join adds a part of an API message to the parts before it.
func (s *claudeSession) join(line claudeLine, m *speech) {
	if s.teacher == "" {
		s.teacher = line.get("message", "model").text()
	}
	id := line.api
	if id == "" {
		id = "line " + line.id
	}
	s.usage[id] = line.get("message", "usage")
	whole, known := s.byAPI[line.api]
	if !known || line.api == "" {
		s.byAPI[line.api] = m
		s.messages = append(s.messages, m)
		return
	}
	whole.say(m.text.String())
	whole.think(m.thought.String())
	whole.Calls = append(whole.Calls, m.Calls...)
}

// aside says that a user line is not part of the conversation. The prompt
// that a slash command stands for is a meta line right after the command; it
// is what the model was asked, so it stays.
func (s *claudeSession) aside(line claudeLine) bool {
	content := line.get("message", "content")
	text := content.text()
	if content.kind() == kindArray && content.length() > 0 {
		for _, block := range content.elements() {
			text = block.get("text").text()
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
	return s.command || isTrue(line.get("isMeta")) && !afterCommand
}

// localPrefixes start the lines that commands of the user leave behind.
var localPrefixes = []string{
	"Caveat: The messages below were generated by the user while running local commands",
	"<local-command-", "<bash-input>", "<bash-stdout>", "<bash-stderr>",
}

func isClaudeError(line claudeLine) bool {
	return isTrue(line.get("isApiErrorMessage")) || line.get("message", "model").text() == "<synthetic>"
}

func (s *claudeSession) trajectory(v value) *Trajectory {
	t := &Trajectory{Messages: spoken(s.messages), Teacher: s.teacher, SystemUnrecorded: true}
	for _, usage := range s.usage {
		for _, key := range []string{"input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"} {
			t.PromptTokens += tokenCount(usage.get(key))
		}
		t.CompletionTokens += tokenCount(usage.get("output_tokens"))
	}
	t.ID = sessionID(s.id, v)
	t.markUnrecordedTools()
	return t
}

// tokenCount reads a number of tokens; what is no number counts nothing.
func tokenCount(v value) int64 {
	f, _ := v.float()
	if !(f >= 0 && f < 1<<53) {
		return 0
	}
	return int64(f)
}
