package verdict

import "trainyard/format/pyjson"

// ConversationMembers are what a record of a trajectory has and a row of a report has
// not, whatever verdict stands in it.
var ConversationMembers = []string{
	"messages", "history", "trajectory", "trajectory_steps", "conversations", "steps", "raw_completions", "fncall_messages", "role",
	"prompt", "completion", "response", "chosen", "turns", "events",
}

// HasConversation says that a value is a record with a conversation.
func HasConversation(root pyjson.Value) bool {
	for _, name := range ConversationMembers {
		if kind := root.Get(name).Kind(); kind == pyjson.KindArray || kind == pyjson.KindText {
			return true
		}
	}
	return false
}
