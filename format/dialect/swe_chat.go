package dialect

import (
	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// swechat reads SWE-chat rows: sessions of people with command-line agents,
// a turn for every prompt, thought, answer, call and result.
var swechat = Dialect{
	Name:    "swe-chat",
	Summary: "SWE-chat rows: turns with turn_type user_prompt, assistant_response, assistant_thinking, tool_use, tool_result",
	repeats: true,
	Limits:  "neither system prompt nor tool descriptions are in the rows: supply them; turns of other types are left out",
	claim: func(_ format.Record, v pyjson.Value) claim {
		for _, turn := range v.Get("turns").Elements() {
			if turn.Get("turn_type").Present() {
				return byMarker
			}
			break
		}
		return notMine
	},
	parse: parseSWEChat,
}

func parseSWEChat(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	s := chatSession{t: &format.Trajectory{SystemUnrecorded: true}}
	for i, turn := range v.Get("turns").Elements() {
		if err := s.add(turn); err != nil {
			return nil, format.Within(err, format.Place("turn", i))
		}
	}
	s.t.Messages = api.Spoken(s.messages)
	identify(s.t, v)
	s.t.ID = v.Get("session_id").Scalar()
	s.t.Teacher = format.NameOr(s.t.Teacher, v.Get("session", "model").Text())
	s.t.MarkUnrecordedTools()
	return s.t, nil
}

// A chatSession joins the thoughts, text and calls of one answer.
type chatSession struct {
	t        *format.Trajectory
	messages []*api.MessageBuilder
	open     bool // the last message is an assistant's and may grow
}

func (s *chatSession) assistant() *api.MessageBuilder {
	if !s.open {
		s.append(format.Message{Role: format.Assistant}, "")
		s.open = true
	}
	return s.messages[len(s.messages)-1]
}

func (s *chatSession) append(m format.Message, text string) {
	s.open = false
	s.messages = append(s.messages, &api.MessageBuilder{Message: m})
	s.messages[len(s.messages)-1].Say(text)
}

func (s *chatSession) add(turn pyjson.Value) error {
	text := turn.Get("content").Text()
	s.t.PromptTokens += pyjson.TokenCount(turn.Get("input_tokens"))
	s.t.CompletionTokens += pyjson.TokenCount(turn.Get("output_tokens"))
	switch turn.Get("turn_type").Text() {
	case "user_prompt":
		s.append(format.Message{Role: format.User}, text)
	case "assistant_thinking":
		s.assistant().Think(text)
	case "assistant_response":
		m := s.assistant()
		s.open = m.Text.Len() == 0 && len(m.Calls) == 0
		s.assistant().Say(text)
	case "tool_use":
		return api.AddCall(&s.assistant().Message, turn.Get("tool_call_id"), turn.Get("tool_name"), turn.Get("tool_input_json"))
	case "tool_result":
		s.append(format.Message{Role: format.ToolRole, CallID: turn.Get("tool_call_id").Text(), Name: turn.Get("tool_name").Text()}, text)
	}
	return nil
}
