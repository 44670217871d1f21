package format

// swechat reads SWE-chat rows: sessions of people with command-line agents,
// a turn for every prompt, thought, answer, call and result.
var swechat = Dialect{
	Name:    "swe-chat",
	Summary: "SWE-chat rows: turns with turn_type user_prompt, assistant_response, assistant_thinking, tool_use, tool_result",
	Limits:  "neither system prompt nor tool descriptions are in the rows: supply them; turns of other types are left out",
	claim: func(_ Record, v value) claim {
		for _, turn := range v.get("turns").elements() {
			if turn.get("turn_type").present() {
				return byMarker
			}
			break
		}
		return notMine
	},
	parse: parseSWEChat,
}

func parseSWEChat(_ Record, v value) (*Trajectory, error) {
	s := chatSession{t: &Trajectory{SystemUnrecorded: true}}
	for i, turn := range v.get("turns").elements() {
		if err := s.add(turn); err != nil {
			return nil, within(err, place("turn", i))
		}
	}
	s.t.identify(v)
	s.t.ID = v.get("session_id").scalar()
	s.t.Teacher = nameOr(s.t.Teacher, v.get("session", "model").text())
	s.t.markUnrecordedTools()
	return s.t, nil
}

// A chatSession joins the thoughts, text and calls of one answer.
type chatSession struct {
	t    *Trajectory
	open bool // the last message is an assistant's and may grow
}

func (s *chatSession) assistant() *Message {
	if !s.open {
		s.t.Messages = append(s.t.Messages, Message{Role: Assistant})
		s.open = true
	}
	return &s.t.Messages[len(s.t.Messages)-1]
}

func (s *chatSession) add(turn value) error {
	text := turn.get("content").text()
	s.t.PromptTokens += tokenCount(turn.get("input_tokens"))
	s.t.CompletionTokens += tokenCount(turn.get("output_tokens"))
	switch turn.get("turn_type").text() {
	case "user_prompt":
		s.open = false
		s.t.Messages = append(s.t.Messages, Message{Role: User, Content: text})
	case "assistant_thinking":
		m := s.assistant()
		m.Reasoning = joinLines(m.Reasoning, text)
	case "assistant_response":
		m := s.assistant()
		if m.Content != "" || len(m.Calls) > 0 {
			s.open = false
			m = s.assistant()
		}
		m.Content = text
	case "tool_use":
		return s.assistant().addCall(turn.get("tool_call_id"), turn.get("tool_name"), turn.get("tool_input_json"))
	case "tool_result":
		s.open = false
		s.t.Messages = append(s.t.Messages, Message{
			Role: ToolRole, Content: text, CallID: turn.get("tool_call_id").text(), Name: turn.get("tool_name").text(),
		})
	}
	return nil
}
