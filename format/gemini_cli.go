package format

// geminiCLI reads the sessions of Gemini CLI: one JSON object, or, newer, a
// JSONL file that is replayed as the client itself does on resuming.
var geminiCLI = Dialect{
	Name:    "gemini-cli",
	Summary: "Gemini CLI sessions: chats/session-*.json, and the newer .jsonl with rewinds and checkpoints",
	Limits:  "neither system prompt nor tool descriptions are on disk: supply them; thoughts are summaries; a compressed session is read as it ended",
	opens:   opensGemini,
	claim: func(_ Record, v value) claim {
		if v.get("messages").kind() == kindArray && v.get("sessionId").present() && v.get("projectHash").present() {
			return byMarker
		}
		return claimSession(v, opensGemini)
	},
	parse: parseGemini,
}

func opensGemini(line value) bool {
	return line.get("sessionId").present() && line.get("projectHash").present() && !line.get("messages").present() ||
		line.get("$set").kind() == kindObject || line.get("$rewindTo").present()
}

func parseGemini(_ Record, v value) (*Trajectory, error) {
	var log geminiLog
	if lines := v.get("lines"); lines.present() {
		if err := log.replay(lines); err != nil {
			return nil, err
		}
	} else {
		log.id = v.get("sessionId").text()
		for _, m := range v.get("messages").elements() {
			log.messages = append(log.messages, m)
		}
	}
	t := &Trajectory{ID: log.id, SystemUnrecorded: true}
	for i, m := range log.messages {
		if err := t.addGemini(m); err != nil {
			return nil, within(err, place("message", i))
		}
	}
	t.markUnrecordedTools()
	return t, nil
}

// A geminiLog is the state of a session while its lines are replayed.
type geminiLog struct {
	id       string
	messages []value
	at       map[string]int // message id to its place
}

func (l *geminiLog) replay(lines value) error {
	list, err := sessionLines(lines)
	if err != nil {
		return err
	}
	for _, line := range list {
		set := line.get("$set")
		l.id = nameOr(l.id, firstScalar(line.get("sessionId"), set.get("sessionId")))
		switch {
		case line.get("$rewindTo").present():
			l.rewind(line.get("$rewindTo").text())
		case line.get("id").kind() == kindText:
			l.put(line)
		case set.get("messages").length() > 0:
			l.replace(set.get("messages"))
		}
	}
	return nil
}

// put appends a message; a later line of the same id takes its place.
func (l *geminiLog) put(message value) {
	id := message.get("id").text()
	if i, known := l.at[id]; known {
		l.messages[i] = message
		return
	}
	if l.at == nil {
		l.at = map[string]int{}
	}
	l.at[id] = len(l.messages)
	l.messages = append(l.messages, message)
}

// rewind drops a message and what follows it; everything where it is unknown.
func (l *geminiLog) rewind(id string) {
	from := l.at[id]
	for _, m := range l.messages[from:] {
		delete(l.at, m.get("id").text())
	}
	l.messages = l.messages[:from]
}

func (l *geminiLog) replace(messages value) {
	l.messages, l.at = nil, nil
	for _, m := range messages.elements() {
		l.put(m)
	}
}

// addGemini appends what one record stands for: the user's message, or the
// model's with its calls and, since both are in it, their results. Notices of
// the user interface (info, warning, error) are not part of the conversation.
func (t *Trajectory) addGemini(v value) error {
	m := &speech{Message: Message{Role: User}}
	switch kind := v.get("type").text(); kind {
	case "info", "warning", "error":
		return nil
	case "gemini":
		m.Role = Assistant
	case "user":
	default:
		return reject(BadRole, "type %q is none of user, gemini, info, warning, error", clip(v.get("type").scalar()))
	}
	results, err := m.readParts(v.get("content"))
	if err != nil {
		return err
	}
	if m.Role == User {
		t.Messages = append(t.Messages, results...)
		if m.text.Len() > 0 || len(results) == 0 {
			t.Messages = append(t.Messages, m.message())
		}
		return nil
	}
	for _, thought := range v.get("thoughts").elements() {
		m.think(thought.get("subject").text())
		m.think(thought.get("description").text())
	}
	t.Teacher = nameOr(t.Teacher, v.get("model").text())
	t.PromptTokens += tokenCount(v.get("tokens", "input"))
	t.CompletionTokens += tokenCount(v.get("tokens", "output")) + tokenCount(v.get("tokens", "thoughts"))
	for _, call := range v.get("toolCalls").elements() {
		if err := m.addCall(call.get("id"), call.get("name"), call.get("args")); err != nil {
			return err
		}
		result, err := geminiResult(call)
		if err != nil {
			return err
		}
		results = append(results, result...)
	}
	t.Messages = append(append(t.Messages, m.message()), results...)
	return nil
}

// geminiResult reads the result inside a call's own record; none where the
// call was never answered.
func geminiResult(call value) ([]Message, error) {
	result := call.get("result")
	if !result.present() {
		return nil, nil
	}
	m := &speech{Message: Message{Role: ToolRole, CallID: call.get("id").text(), Name: call.get("name").text()}}
	responses, err := m.readParts(result)
	for _, r := range responses {
		m.text.WriteString(r.Content)
	}
	return []Message{m.message()}, err
}
