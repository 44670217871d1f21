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
	s.t.Messages = spoken(s.messages)
	s.t.identify(v)
	s.t.ID = v.get("session_id").scalar()
	s.t.Teacher = nameOr(s.t.Teacher, v.get("session", "model").text())
	s.t.markUnrecordedTools()
	return s.t, nil
}

// A chatSession joins the thoughts, text and calls of one answer.
type chatSession struct {
	t        *Trajectory
	messages []*speech
	open     bool // the last message is an assistant's and may grow
}

func (s *chatSession) assistant() *speech {
	if !s.open {
		s.append(Message{Role: Assistant}, "")
		s.open = true
	}
	return s.messages[len(s.messages)-1]
}

func (s *chatSession) append(m Message, text string) {
	s.open = false
	s.messages = append(s.messages, &speech{Message: m})
	s.messages[len(s.messages)-1].say(text)
}

func (s *chatSession) add(turn value) error {
	text := turn.get("content").text()
	s.t.PromptTokens += tokenCount(turn.get("input_tokens"))
	s.t.CompletionTokens += tokenCount(turn.get("output_tokens"))
	switch turn.get("turn_type").text() {
	case "user_prompt":
		s.append(Message{Role: User}, text)
	case "assistant_thinking":
		s.assistant().think(text)
	case "assistant_response":
		m := s.assistant()
		s.open = m.text.Len() == 0 && len(m.Calls) == 0
		s.assistant().say(text)
	case "tool_use":
		return s.assistant().addCall(turn.get("tool_call_id"), turn.get("tool_name"), turn.get("tool_input_json"))
	case "tool_result":
		s.append(Message{Role: ToolRole, CallID: turn.get("tool_call_id").text(), Name: turn.get("tool_name").text()}, text)
	}
	return nil
}
