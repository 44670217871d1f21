package format

// singleCalls gives every call its own assistant message, as protocols of
// one call a turn need: message, result, message, result, in the order of
// the results. The text stays with the first call. A parallel call that
// never got a result is dropped when the trajectory ends there; when it goes
// on the trajectory is refused, for nobody knows what the model saw.
func singleCalls(messages []Message) (single []Message, notes []string, err error) {
	var pending []Message // parts of the last parallel turn that wait for a result
	var last []Call       // calls of the last assistant message, to name results
	for _, m := range messages {
		if m.Role != ToolRole && len(pending) > 0 {
			return nil, nil, reject(Unanswered, "call %q has no result, and the conversation goes on", clip(pending[0].Calls[0].Name))
		}
		switch {
		case len(m.Calls) > 1:
			pending, last = splitCalls(m), m.Calls
			notes = append(notes, NoteSplitCalls)
			continue
		case m.Role == Assistant:
			last = m.Calls
		case m.Role == ToolRole:
			var part *Message
			if part, pending = takeAnswered(pending, m); part != nil {
				single = append(single, *part)
				m.Name = nameOr(m.Name, part.Calls[0].Name)
			}
			m.Name = nameOr(m.Name, calledName(last, m.CallID))
		}
		single = append(single, m)
	}
	for range pending {
		notes = append(notes, NoteDroppedCall)
	}
	return single, notes, nil
}

func splitCalls(m Message) []Message {
	parts := make([]Message, len(m.Calls))
	for i, call := range m.Calls {
		parts[i] = Message{Role: Assistant, Calls: []Call{call}, Untrained: m.Untrained}
	}
	parts[0].Content, parts[0].Reasoning = m.Content, m.Reasoning
	return parts
}

// takeAnswered removes the part that a result answers: by id, or the first
// where the scaffold writes no ids.
func takeAnswered(pending []Message, result Message) (*Message, []Message) {
	for i, part := range pending {
		if id := part.Calls[0].ID; id == result.CallID || id == "" || result.CallID == "" {
			return &part, append(pending[:i:i], pending[i+1:]...)
		}
	}
	return nil, pending
}

// calledName names the tool behind a result whose own message does not.
func calledName(calls []Call, id string) string {
	for _, call := range calls {
		if call.ID == id || len(calls) == 1 && id == "" {
			return call.Name
		}
	}
	return ""
}

func nameOr(name, other string) string {
	if name != "" {
		return name
	}
	return other
}
