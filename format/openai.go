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
		return notMine
	},
	parse: func(_ Record, v value) (*Trajectory, error) {
		return readConversation(v, v)
	},
}

// readConversation reads messages and tools of at, and who, what and where
// from the record around it.
func readConversation(record, at value) (*Trajectory, error) {
	list := at.get("messages")
	if !list.present() && isRoleList(at.get("conversations")) {
		list = at.get("conversations")
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
