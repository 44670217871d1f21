package dialect

import (
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// sharegpt reads conversations of {from, value}: ShareGPT, LLaMA-Factory's
// data of that name, and the SFT files of the Agent Data Protocol.
var sharegpt = Dialect{
	Name:    "sharegpt",
	Summary: "ShareGPT rows: conversations of from and value, with function_call, observation, system and tools; ADP's SFT files",
	repeats: true,
	Limits:  "function_call values are JSON, or (ADP) text with function tags, which is kept as text",
	claim: func(_ format.Record, v pyjson.Value) claim {
		if list := turnsOf(v); list.Kind() == pyjson.KindArray {
			for _, turn := range list.Elements() {
				if turn.Get("from").Present() {
					return byShape
				}
				break
			}
		}
		return notMine
	},
	parse: parseShareGPT,
}

func turnsOf(v pyjson.Value) pyjson.Value {
	if list := v.Get("conversations"); list.Present() {
		return list
	}
	return v.Get("conversation")
}

// speakers maps ShareGPT's names onto ours.
var speakers = map[string]format.Role{
	"system": format.System, "human": format.User, "user": format.User,
	"gpt": format.Assistant, "assistant": format.Assistant, "chatgpt": format.Assistant, "model": format.Assistant, "function_call": format.Assistant, "tool_call": format.Assistant,
	"observation": format.ToolRole, "tool": format.ToolRole, "function_response": format.ToolRole, "tool_response": format.ToolRole, "function": format.ToolRole,
}

func parseShareGPT(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	t := &format.Trajectory{}
	err := api.Decoded(turnsOf(v), func(list pyjson.Value) error {
		if list.Kind() != pyjson.KindArray {
			return format.Rejectf(format.NoMessages, "conversations is %s, not an array", list.Kind())
		}
		tagged := hasTaggedCalls(list)
		marks, err := api.ReadTurnMarks(v, list.Length(), pyjson.FirstOf(list).Get("from").Text() == string(format.System))
		if err != nil {
			return err
		}
		for i, turn := range list.Elements() {
			if err := addTurn(t, turn, tagged); err != nil {
				return format.Within(err, format.Place("turn", i))
			}
			marks.Apply(&t.Messages[len(t.Messages)-1], i)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	withSystem(t, v.Get("system").Text())
	if t.Tools, err = api.ReadTools(v.Get("tools")); err != nil {
		return nil, err
	}
	identify(t, v)
	t.MarkUnrecordedTools()
	return t, nil
}

// hasTaggedCalls says that function calls are text with tags, results then
// being text as well.
func hasTaggedCalls(list pyjson.Value) bool {
	for _, turn := range list.Elements() {
		if turn.Get("from").Text() == "function_call" && strings.Contains(turn.Get("value").Text(), "<function=") {
			return true
		}
	}
	return false
}

func addTurn(t *format.Trajectory, turn pyjson.Value, tagged bool) error {
	from := turn.Get("from").Text()
	role, ok := speakers[from]
	if !ok {
		return format.Rejectf(format.BadRole, "from is %q: none of human, gpt, system, function_call, observation", pyjson.Clip(turn.Get("from").Scalar()))
	}
	text := turn.Get("value")
	if text.Kind() != pyjson.KindText && text.Present() {
		return format.Rejectf(format.BadMessage, "value is %s", text.Kind())
	}
	m := format.Message{Role: role}
	switch calls := from == "function_call" || from == "tool_call"; {
	case calls && !tagged:
		if err := api.ReadCallText(&m, text); err != nil {
			return err
		}
	default:
		m.Content = text.Text()
	}
	if tagged && role == format.ToolRole {
		m.Role = format.User
	}
	err := api.ReadLoss(&m, turn)
	t.Messages = append(t.Messages, m)
	return err
}
