package dialect

import (
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
		"a compressed session gives one record a segment",
	opens:  opensQwen,
	resets: resetsQwen,
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
	tree := make([]branch, len(lines))
	for i, line := range lines {
		kind := line.Get("type").Text()
		tree[i] = branch{line.Get("uuid").Text(), line.Get("parentUuid").Text(), kind != "system" || resetsQwen(line)}
	}
	t := &format.Trajectory{SystemUnrecorded: true}
	for i, on := range leafPath(tree) {
		if !on || !tree[i].spoken {
			continue
		}
		if err := addQwen(t, lines[i]); err != nil {
			return nil, inLine(err, i)
		}
	}
	t.ID = sessionID(t.ID, v)
	t.MarkUnrecordedTools()
	return t, nil
}

func addQwen(t *format.Trajectory, line pyjson.Value) error {
	t.ID = format.NameOr(t.ID, pyjson.FirstScalar(line.Get("agentId"), line.Get("sessionId")))
	if resetsQwen(line) {
		t.Messages, t.PromptTokens, t.CompletionTokens = nil, 0, 0
		for _, content := range line.Get("systemPayload", "compressedHistory").Elements() {
			if err := addContent(t, content, ""); err != nil {
				return err
			}
		}
		for i := range t.Messages { // trained in the segment before
			t.Messages[i].Untrained = t.Messages[i].Role == format.Assistant
		}
		return nil
	}
	t.Teacher = format.NameOr(t.Teacher, line.Get("model").Text())
	t.PromptTokens += pyjson.TokenCount(line.Get("usageMetadata", "promptTokenCount"))
	t.CompletionTokens += pyjson.TokenCount(line.Get("usageMetadata", "candidatesTokenCount")) + pyjson.TokenCount(line.Get("usageMetadata", "thoughtsTokenCount"))
	return addContent(t, line.Get("message"), line.Get("type").Text())
}

// addContent appends one Content {role, parts}; of a line without a role its
// type says who speaks.
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
