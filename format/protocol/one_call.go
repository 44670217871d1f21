package protocol

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// SingleCalls gives every call its own assistant message, as protocols of
// one call a turn need: message, result, message, result, in the order of
// the results. The text stays with the first call. A parallel call that
// never got a result is dropped when the trajectory ends there; when it goes
// on the trajectory is refused: what the model saw is not known.
func SingleCalls(messages []format.Message) (single []format.Message, notes []string, err error) {
	var parts []format.Message // of the last parallel turn
	var waiting *Waiting       // for their results
	var called Called          // by the last assistant message
	single = make([]format.Message, 0, len(messages))
	for _, m := range messages {
		if m.Role != format.ToolRole && waiting.Left() > 0 {
			return nil, nil, format.Rejectf(format.Unanswered, "call %q has no result, and the conversation goes on", pyjson.Clip(parts[waiting.Next()].Calls[0].Name))
		}
		switch {
		case len(m.Calls) > 1:
			parts, waiting, called = splitCalls(m), WaitFor(idsOf(m.Calls)), CalledBy(m.Calls)
			notes = append(notes, format.NoteSplitCalls)
			continue
		case m.Role == format.Assistant:
			waiting, called = nil, CalledBy(m.Calls)
		case m.Role == format.ToolRole:
			if i, found := waiting.Take(m.CallID); found {
				single = append(single, parts[i])
				m.Name = format.NameOr(m.Name, parts[i].Calls[0].Name)
			}
			m.Name = format.NameOr(m.Name, called.Name(m.CallID))
		}
		single = append(single, m)
	}
	for range waiting.Left() {
		notes = append(notes, format.NoteDroppedCall)
	}
	return single, notes, nil
}

func idsOf(calls []format.Call) []string {
	ids := make([]string, len(calls))
	for i, call := range calls {
		ids[i] = call.ID
	}
	return ids
}

func splitCalls(m format.Message) []format.Message {
	parts := make([]format.Message, len(m.Calls))
	for i, call := range m.Calls {
		parts[i] = format.Message{Role: format.Assistant, Calls: []format.Call{call}, Untrained: m.Untrained}
	}
	parts[0].Content, parts[0].Reasoning = m.Content, m.Reasoning
	return parts
}
