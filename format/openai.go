package format

// openai reads OpenAI chat records: the fine-tuning JSONL, and the many
// datasets of the same shape (Toucan, Scale-SWE, CoderForge, Sera; with
// conversations for messages OpenThoughts-Agent and CodeActInstruct).
var openai = Dialect{
	Name:    "openai",
	Summary: "OpenAI chat records: messages, tools, tool_calls or function_call",
	Limits:  "text only; records with image, audio or file parts are rejected",
	claim: func(_ Record, v value) claim {
		if v.get("messages").present() || isRoleList(v.get("conversations")) {
			return bySharing
		}
		return claimSession(v, isMessage)
	},
	opens: isMessage,
	parse: func(_ Record, v value) (*Trajectory, error) {
		return readConversation(v, v)
	},
}

// isMessage knows a chat message that stands alone, in a file that is a list
// of them: it has a role and content, and nothing that no message has.
func isMessage(v value) bool {
	for name := range v.members() {
		switch name.text() {
		case "role", "content", "name", "tool_calls", "tool_call_id", "function_call", "reasoning_content":
		default:
			return false
		}
	}
	return v.get("role").kind() == kindText && v.get("content").kind() != kindMissing
}

// readConversation reads messages and tools of at, and who, what and where
// from the record around it.
func readConversation(record, at value) (*Trajectory, error) {
	list := at.get("messages")
	if !list.present() && isRoleList(at.get("conversations")) {
		list = at.get("conversations")
	}
	if !list.present() {
		list = at.get("lines")
	}
	if !list.present() {
		return nil, reject(NoMessages, "no messages in a record with %s", describeKeys(at))
	}
	messages, err := readMessages(list)
	if err != nil {
		return nil, err
	}
	t := &Trajectory{Messages: messages}
	if system := at.get("system").text(); system != "" && len(messages) > 0 && messages[0].Role != System {
		t.Messages = append([]Message{{Role: System, Content: system}}, messages...)
	}
	for _, name := range []string{"tools", "available_tools", "functions"} {
		if t.Tools, err = readTools(at.get(name)); t.Tools != nil || err != nil {
			break
		}
	}
	t.identify(record)
	return t, err
}

// isRoleList says that a list holds messages with roles; ShareGPT's turns of
// the same name have none.
func isRoleList(list value) bool {
	for _, m := range list.elements() {
		return m.get("role").present()
	}
	return false
}
