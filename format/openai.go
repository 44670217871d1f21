package format

// openai reads OpenAI chat records: the fine-tuning JSONL, and the many
// datasets of the same shape.
var openai = Dialect{
	Name:    "openai",
	Summary: "OpenAI chat records: messages, tools, tool_calls or function_call",
	Limits:  "text only; records with image, audio or file parts are rejected",
	claim: func(_ Record, v value) claim {
		if v.get("messages").present() {
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
	if !list.present() {
		return nil, reject(NoMessages, "no messages in a record with %s", describeKeys(at))
	}
	messages, err := readMessages(list)
	if err != nil {
		return nil, err
	}
	t := &Trajectory{Messages: messages}
	if t.Tools, err = readTools(at.get("tools")); err != nil {
		return nil, err
	}
	t.identify(record)
	return t, nil
}
