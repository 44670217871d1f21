package dialect

import (
	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// openai reads OpenAI chat records: the fine-tuning JSONL, and the many
// datasets of the same shape (Toucan, Scale-SWE, CoderForge, Sera; with
// conversations for messages OpenThoughts-Agent and CodeActInstruct).
var openai = Dialect{
	Name:    "openai",
	Summary: "OpenAI chat records: messages, tools, tool_calls or function_call",
	repeats: true,
	Limits:  "text only; records with image, audio or file parts are rejected",
	claim: func(_ format.Record, v pyjson.Value) claim {
		if v.Get("messages").Present() || isRoleList(v.Get("conversations")) {
			return bySharing
		}
		return min(claimSession(v, isMessage), bySharing)
	},
	opens: isMessage,
	parse: func(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
		return readConversation(v, v)
	},
}

// isMessage knows a chat message that stands alone, in a file that is a list
// of them: it has a role and content, and nothing that no message has.
func isMessage(v pyjson.Value) bool {
	for name := range v.Members() {
		switch name.Text() {
		case "role", "content", "name", "tool_calls", "tool_call_id", "function_call", "reasoning_content", "reasoning", "weight", "train", "loss":
		default:
			return false
		}
	}
	return v.Get("role").Kind() == pyjson.KindText && v.Get("content").Kind() != pyjson.KindMissing
}

// readConversation reads messages and tools of at, and who, what and where
// from the record around it.
func readConversation(record, at pyjson.Value) (*format.Trajectory, error) {
	list := at.Get("messages")
	if !list.Present() && isRoleList(at.Get("conversations")) {
		list = at.Get("conversations")
	}
	if !list.Present() {
		list = at.Get("lines")
	}
	if !list.Present() {
		return nil, format.Rejectf(format.NoMessages, "no messages in a record with %s", describeKeys(at))
	}
	messages, err := api.ReadMessagesOf(record, list)
	if err != nil {
		return nil, err
	}
	t := &format.Trajectory{Messages: messages}
	withSystem(t, at.Get("system").Text())
	for _, name := range []string{"tools", "available_tools", "functions"} {
		if t.Tools, err = api.ReadTools(at.Get(name)); t.Tools != nil || err != nil {
			break
		}
	}
	identify(t, record)
	return t, err
}

// isRoleList says that a list holds messages with roles; ShareGPT's turns of
// the same name have none.
func isRoleList(list pyjson.Value) bool {
	for _, m := range list.Elements() {
		return m.Get("role").Present()
	}
	return false
}
