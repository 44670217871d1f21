package dialect

import (
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// qwenCode reads Qwen-Code: the records of a session, a tree in a JSONL file,
// and the log that --openai-logging writes, one file a model call.
var qwenCode = Dialect{
	Name:    "qwen-code",
	Summary: "Qwen-Code sessions (chats/*.jsonl) and OpenAI logs (logs/openai/*.json)",
	Limits: "sessions hold neither system prompt nor tool descriptions: supply them, or read the logs, which hold both; of a folder of logs " +
		"the last of each session and subagent is read, the others are superseded, and what the program asks for itself is side_call; " +
		"a compressed session gives one record a segment, and so does one in logs: what a segment begins with is out of the loss; " +
		"abandoned branches are left out and counted",
	repeats: true,
	opens:   opensQwen,
	resets:  resetsQwen,
	claim: func(_ format.Record, v pyjson.Value) claim {
		if isQwenLog(v) {
			return byShape
		}
		return claimSession(v, opensQwen)
	},
	parse: func(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
		if isQwenLog(v) {
			return parseQwenLog(v)
		}
		return parseQwen(v)
	},
}

func opensQwen(line pyjson.Value) bool {
	if !line.Get("sessionId").Present() || !line.Get("uuid").Present() {
		return false
	}
	switch line.Get("type").Text() {
	case "user", "assistant", "tool_result":
		return line.Get("message", "parts").Present()
	case "system":
		return line.Get("systemPayload").Present()
	}
	return false
}

func resetsQwen(line pyjson.Value) bool {
	return line.Get("subtype").Text() == "chat_compression" && line.Get("systemPayload", "compressedHistory").Kind() == pyjson.KindArray
}

func isQwenLog(v pyjson.Value) bool {
	_, responded := v.LookUp("response")
	return v.Get("request", "messages").Kind() == pyjson.KindArray && (responded || v.Get("error").Present())
}

// parseQwenLog reads a request and the first choice of its response.
func parseQwenLog(v pyjson.Value) (*format.Trajectory, error) {
	if id := v.Get("context", "promptId").Text(); isInternalPrompt(id) {
		return nil, format.Rejectf(format.SideCall, "the program's own call %q, beside the session", pyjson.Clip(id))
	}
	t, err := readConversation(v, v.Get("request"))
	if err != nil {
		return nil, err
	}
	choice := pyjson.Value{}
	for _, choice = range v.Get("response", "choices").Elements() {
		break
	}
	if !choice.Present() {
		return nil, format.Rejectf(format.NoAssistant, "the model call failed: there is no response")
	}
	last, err := api.ReadMessage(choice.Get("message"))
	if err != nil {
		return nil, format.Within(err, "response")
	}
	t.Messages = append(t.Messages, last)
	t.Subagent = strings.Count(v.Get("context", "promptId").Text(), "#") == 2
	t.ID = pyjson.FirstScalar(v.Get("context", "promptId"), v.Get("response", "id"))
	t.Teacher = pyjson.FirstScalar(v.Get("request", "model"), v.Get("response", "model"))
	t.PromptTokens = pyjson.TokenCount(v.Get("response", "usage", "prompt_tokens"))
	t.CompletionTokens = pyjson.TokenCount(v.Get("response", "usage", "completion_tokens"))
	t.MarkUnrecordedTools()
	return t, nil
}

func parseQwen(v pyjson.Value) (*format.Trajectory, error) {
	lines, err := sessionLines(v.Get("lines"))
	if err != nil {
		return nil, err
	}
	branches, start := make([]branch, len(lines)), 0
	t := &format.Trajectory{SystemUnrecorded: true}
	for i, line := range lines {
		kind := line.Get("type").Text()
		branches[i] = branch{line.Get("uuid").Text(), line.Get("parentUuid").Text(), kind != "system" || resetsQwen(line)}
		if resetsQwen(line) {
			start = i
		}
		t.Forked = t.Forked || line.Get("forkedFrom").Present()
		t.Subagent = t.Subagent || line.Get("agentId").Present()
	}
	tree := newTree(branches)
	on, lost := tree.path()
	if lost != "" {
		return nil, format.Rejectf(format.LostContext, "the line before the first, %s, is not in the record: what the model saw before it is lost", pyjson.Clip(lost))
	}
	for i := range lines {
		if !on[i] {
			continue
		}
		if err := addQwen(t, lines[i], i < start); err != nil {
			return nil, inLine(err, i)
		}
	}
	t.Notes = append(t.Notes, slices.Repeat([]string{format.NoteBranch}, len(tree.leftOut(on, start)))...)
	t.ID = sessionID(t.ID, v)
	t.MarkUnrecordedTools()
	return t, nil
}

// addQwen appends what a line adds to the conversation. What is copied was
// trained in the segment before.
func addQwen(t *format.Trajectory, line pyjson.Value, copied bool) error {
	switch {
	case resetsQwen(line):
		return compressQwen(t, line.Get("systemPayload", "compressedHistory"))
	case line.Get("subtype").Text() == "chat_compression":
		return format.Rejectf(format.LostContext, "a compression that does not hold the history it left: what the model saw after it is not in the record")
	case line.Get("type").Text() == "system":
		return nil
	}
	t.ID = format.NameOr(t.ID, pyjson.FirstScalar(line.Get("agentId"), line.Get("sessionId")))
	t.Teacher = format.NameOr(t.Teacher, line.Get("model").Text())
	from := len(t.Messages)
	if err := addContent(t, line.Get("message"), line.Get("type").Text()); err != nil || copied {
		keepOut(t.Messages[from:])
		return err
	}
	t.PromptTokens += pyjson.TokenCount(line.Get("usageMetadata", "promptTokenCount"))
	t.CompletionTokens += pyjson.TokenCount(line.Get("usageMetadata", "candidatesTokenCount")) + pyjson.TokenCount(line.Get("usageMetadata", "thoughtsTokenCount"))
	return nil
}

// compressQwen starts anew from the history that took the place of the old one.
func compressQwen(t *format.Trajectory, history pyjson.Value) error {
	t.Messages, t.PromptTokens, t.CompletionTokens, t.Condensed = nil, 0, 0, true
	for _, content := range history.Elements() {
		if err := addContent(t, content, ""); err != nil {
			return err
		}
	}
	keepOut(t.Messages)
	return nil
}

// keepOut takes the assistant's messages out of the loss: an earlier segment
// trains them, or no model wrote them.
func keepOut(messages []format.Message) {
	for i := range messages {
		messages[i].Untrained = messages[i].Untrained || messages[i].Role == format.Assistant
	}
}

func addContent(t *format.Trajectory, content pyjson.Value, kind string) error {
	if content.Kind() != pyjson.KindObject {
		return format.Rejectf(format.BadMessage, "message is %s", content.Kind())
	}
	m := &api.MessageBuilder{}
	switch role := pyjson.FirstScalar(content.Get("role")); {
	case role == "model" || role == "" && kind == "assistant":
		m.Role = format.Assistant
	case role == "user" || role == "" && kind != "":
		m.Role = format.User
	default:
		return format.Rejectf(format.BadRole, "role %q is neither user nor model", pyjson.Clip(role))
	}
	results, err := m.ReadParts(content.Get("parts"))
	if err != nil {
		return err
	}
	t.Messages = append(t.Messages, results...)
	if m.Role == format.Assistant || m.Text.Len() > 0 || len(results) == 0 {
		t.Messages = append(t.Messages, m.Built())
	}
	return nil
}
