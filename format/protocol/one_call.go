package protocol

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// SingleCalls gives every call its own assistant message, as protocols of
// one call a turn need: message, result, message, result, in the order of
// the results. The text stays with the first call. A parallel call that
// never got a result is dropped when the trajectory ends there; when it goes
// on the trajectory is refused, for nobody knows what the model saw.
func SingleCalls(messages []format.Message) (single []format.Message, notes []string, err error) {
	var pending []format.Message // parts of the last parallel turn that wait for a result
	var last []format.Call       // calls of the last assistant message, to name results
	for _, m := range messages {
		if m.Role != format.ToolRole && len(pending) > 0 {
			return nil, nil, format.Rejectf(format.Unanswered, "call %q has no result, and the conversation goes on", pyjson.Clip(pending[0].Calls[0].Name))
		}
		switch {
		case len(m.Calls) > 1:
			pending, last = splitCalls(m), m.Calls
			notes = append(notes, format.NoteSplitCalls)
			continue
		case m.Role == format.Assistant:
			last = m.Calls
		case m.Role == format.ToolRole:
			var part *format.Message
			if part, pending = takeAnswered(pending, m); part != nil {
				single = append(single, *part)
				m.Name = format.NameOr(m.Name, part.Calls[0].Name)
			}
			m.Name = format.NameOr(m.Name, CalledName(last, m.CallID))
		}
		single = append(single, m)
	}
	for range pending {
		notes = append(notes, format.NoteDroppedCall)
	}
	return single, notes, nil
}

func splitCalls(m format.Message) []format.Message {
	parts := make([]format.Message, len(m.Calls))
	for i, call := range m.Calls {
		parts[i] = format.Message{Role: format.Assistant, Calls: []format.Call{call}, Untrained: m.Untrained}
	}
	parts[0].Content, parts[0].Reasoning = m.Content, m.Reasoning
	return parts
}

// takeAnswered removes the part that a result answers: by id, or the first
// where the scaffold writes no ids.
func takeAnswered(pending []format.Message, result format.Message) (*format.Message, []format.Message) {
	for i, part := range pending {
		if id := part.Calls[0].ID; id == result.CallID || id == "" || result.CallID == "" {
			return &part, append(pending[:i:i], pending[i+1:]...)
		}
	}
	return nil, pending
}

// CalledName names the tool behind a result whose own message does not.
func CalledName(calls []format.Call, id string) string {
	for _, call := range calls {
		if call.ID == id || len(calls) == 1 && id == "" {
			return call.Name
		}
	}
	return ""
}
