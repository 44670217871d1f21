package dialect

import (
	"slices"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// geminiCLI reads the sessions of Gemini CLI: one JSON object, or, newer, a
// JSONL file that is replayed as the client itself does on resuming.
var geminiCLI = Dialect{
	Name:    "gemini-cli",
	Summary: "Gemini CLI sessions: chats/session-*.json, and the newer .jsonl with rewinds and checkpoints",
	Limits: "neither system prompt nor tool descriptions are on disk: supply them; thoughts are summaries; a compressed session gives one record " +
		"a segment, and what a segment begins with is out of the loss; turns that were rewound are left out and counted",
	repeats:   true,
	opens:     opensGemini,
	remembers: replacedGemini,
	claim: func(_ format.Record, v pyjson.Value) claim {
		if v.Get("messages").Kind() == pyjson.KindArray && v.Get("sessionId").Present() && v.Get("projectHash").Present() {
			return byMarker
		}
		return claimSession(v, opensGemini)
	},
	parse: parseGemini,
}

func opensGemini(line pyjson.Value) bool {
	return line.Get("sessionId").Present() && line.Get("projectHash").Present() && !line.Get("messages").Present() ||
		line.Get("$set").Kind() == pyjson.KindObject || line.Get("$rewindTo").Present()
}

func parseGemini(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	var log geminiLog
	if lines := v.Get("lines"); lines.Present() {
		if err := log.replay(lines); err != nil {
			return nil, err
		}
	} else {
		log.id, log.sub = v.Get("sessionId").Text(), v.Get("kind").Text() == "subagent"
		for _, m := range v.Get("messages").Elements() {
			log.messages = append(log.messages, m)
		}
	}
	t := &format.Trajectory{ID: sessionID(log.id, v), SystemUnrecorded: true, Subagent: log.sub, Condensed: log.held > 0, Notes: log.notes}
	for i, m := range log.messages {
		if err := addGemini(t, m); err != nil {
			return nil, format.Within(err, format.Place("message", i))
		}
		if i < log.held {
			keepOut(t.Messages)
		}
	}
	t.MarkUnrecordedTools()
	return t, nil
}

// replacedGemini knows a compression by what it is rid of: a list of messages
// that lacks some of those before. A checkpoint lacks none.
func replacedGemini() func(line pyjson.Value) bool {
	ids := geminiIDs{at: map[string]int{}}
	return ids.replaced
}

// geminiIDs are the ids of the messages that a session holds, in order.
type geminiIDs struct {
	list []string
	at   map[string]int
}

func (l *geminiIDs) replaced(line pyjson.Value) bool {
	set := line.Get("$set", "messages")
	switch id := line.Get("id"); {
	case line.Get("$rewindTo").Present():
		from := l.at[line.Get("$rewindTo").Text()]
		for _, id := range l.list[from:] {
			delete(l.at, id)
		}
		l.list = l.list[:from]
	case id.Kind() == pyjson.KindText:
		l.add(id.Text())
	case set.Length() > 0:
		old := l.list
		l.list, l.at = nil, map[string]int{}
		for _, m := range set.Elements() {
			l.add(m.Get("id").Text())
		}
		return slices.ContainsFunc(old, func(id string) bool { _, is := l.at[id]; return !is })
	}
	return false
}

func (l *geminiIDs) add(id string) {
	if _, known := l.at[id]; !known {
		l.at[id] = len(l.list)
		l.list = append(l.list, id)
	}
}

// A geminiLog is the state of a session while its lines are replayed.
type geminiLog struct {
	id       string
	sub      bool // a subagent's
	messages []pyjson.Value
	at       map[string]int // message id to its place
	held     int            // messages that the last context began with, where it replaced another
	notes    []string
}

func (l *geminiLog) replay(lines pyjson.Value) error {
	list, err := sessionLines(lines)
	if err != nil {
		return err
	}
	for _, line := range list {
		set := line.Get("$set")
		l.sub = l.sub || line.Get("kind").Text() == "subagent"
		l.id = format.NameOr(l.id, pyjson.FirstScalar(line.Get("sessionId"), set.Get("sessionId")))
		switch {
		case line.Get("$rewindTo").Present():
			l.rewind(line.Get("$rewindTo").Text())
		case line.Get("id").Kind() == pyjson.KindText:
			l.put(line)
		case set.Get("messages").Length() > 0:
			l.replace(set.Get("messages"))
		}
	}
	return nil
}

// put appends a message; a later line of the same id takes its place.
func (l *geminiLog) put(message pyjson.Value) {
	id := message.Get("id").Text()
	if i, known := l.at[id]; known && id != "" {
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
		delete(l.at, m.Get("id").Text())
		if m.Get("type").Text() == "gemini" {
			l.notes = append(l.notes, format.NoteBranch)
		}
	}
	l.messages, l.held = l.messages[:from], min(l.held, from)
}

// replace puts other messages in the place of all. Where some are gone the
// context was compressed: those that are left saw what no longer stands there,
// and the segment before trains them.
func (l *geminiLog) replace(messages pyjson.Value) {
	old := l.messages
	l.messages, l.at = nil, nil
	for _, m := range messages.Elements() {
		l.put(m)
	}
	for _, m := range old {
		if _, known := l.at[m.Get("id").Text()]; !known {
			l.held, l.notes = len(l.messages), nil
		}
	}
}

// addGemini appends what one record stands for: the user's message, or the
// model's with its calls and, since both are in it, their results. Notices of
// the user interface (info, warning, error) are not part of the conversation.
func addGemini(t *format.Trajectory, v pyjson.Value) error {
	m := &api.MessageBuilder{Message: format.Message{Role: format.User}}
	switch kind := v.Get("type").Text(); kind {
	case "info", "warning", "error":
		return nil
	case "gemini":
		m.Role = format.Assistant
	case "user":
	default:
		return format.Rejectf(format.BadRole, "type %q is none of user, gemini, info, warning, error", pyjson.Clip(v.Get("type").Scalar()))
	}
	results, err := m.ReadParts(v.Get("content"))
	if err != nil {
		return err
	}
	if m.Role == format.User {
		t.Messages = append(t.Messages, results...)
		if m.Text.Len() > 0 || len(results) == 0 {
			t.Messages = append(t.Messages, m.Built())
		}
		return nil
	}
	for _, thought := range v.Get("thoughts").Elements() {
		m.Think(thought.Get("subject").Text())
		m.Think(thought.Get("description").Text())
	}
	t.Teacher = format.NameOr(t.Teacher, v.Get("model").Text())
	t.PromptTokens += pyjson.TokenCount(v.Get("tokens", "input"))
	t.CompletionTokens += pyjson.TokenCount(v.Get("tokens", "output")) + pyjson.TokenCount(v.Get("tokens", "thoughts"))
	for _, call := range v.Get("toolCalls").Elements() {
		if err := api.AddCall(&m.Message, call.Get("id"), call.Get("name"), call.Get("args")); err != nil {
			return err
		}
		result, err := geminiResult(call)
		if err != nil {
			return err
		}
		results = append(results, result...)
	}
	t.Messages = append(append(t.Messages, m.Built()), results...)
	return nil
}

// geminiResult reads the result inside a call's own record; none where the
// call was never answered.
func geminiResult(call pyjson.Value) ([]format.Message, error) {
	result := call.Get("result")
	if !result.Present() {
		return nil, nil
	}
	m := &api.MessageBuilder{Message: format.Message{Role: format.ToolRole, CallID: call.Get("id").Text(), Name: call.Get("name").Text()}}
	responses, err := m.ReadParts(result)
	for _, r := range responses {
		m.Text.WriteString(r.Content)
	}
	return []format.Message{m.Built()}, err
}
