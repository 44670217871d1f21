package format

import "strings"

// sharegpt reads conversations of {from, value}: ShareGPT, LLaMA-Factory's
// data of that name, and the SFT files of the Agent Data Protocol.
var sharegpt = Dialect{
	Name:    "sharegpt",
	Summary: "ShareGPT rows: conversations of from and value, with function_call, observation, system and tools; ADP's SFT files",
	Limits:  "function_call values are JSON, or (ADP) text with function tags, which is kept as text",
	claim: func(_ Record, v value) claim {
		if list := turnsOf(v); list.kind() == kindArray {
			for _, turn := range list.elements() {
				if turn.get("from").present() {
					return byShape
				}
				break
			}
		}
		return notMine
	},
	parse: parseShareGPT,
}

func turnsOf(v value) value {
	if list := v.get("conversations"); list.present() {
		return list
	}
	return v.get("conversation")
}

// speakers maps ShareGPT's names onto ours.
var speakers = map[string]Role{
	"system": System, "human": User, "user": User,
	"gpt": Assistant, "assistant": Assistant, "chatgpt": Assistant, "model": Assistant, "function_call": Assistant, "tool_call": Assistant,
	"observation": ToolRole, "tool": ToolRole, "function_response": ToolRole, "tool_response": ToolRole, "function": ToolRole,
}

func parseShareGPT(_ Record, v value) (*Trajectory, error) {
	t := &Trajectory{}
	if system := v.get("system").text(); system != "" {
		t.Messages = append(t.Messages, Message{Role: System, Content: system})
	}
	err := decoded(turnsOf(v), func(list value) error {
		if list.kind() != kindArray {
			return reject(NoMessages, "conversations is %s, not an array", list.kind())
		}
		tagged := hasTaggedCalls(list)
		for i, turn := range list.elements() {
			if err := t.addTurn(turn, tagged); err != nil {
				return within(err, place("turn", i))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if t.Tools, err = readTools(v.get("tools")); err != nil {
		return nil, err
	}
	t.identify(v)
	t.markUnrecordedTools()
	return t, nil
}

// hasTaggedCalls says that function calls are text with tags, results then
// being text as well.
func hasTaggedCalls(list value) bool {
	for _, turn := range list.elements() {
		if turn.get("from").text() == "function_call" && strings.Contains(turn.get("value").text(), "<function=") {
			return true
		}
	}
	return false
}

func (t *Trajectory) addTurn(turn value, tagged bool) error {
	from := turn.get("from").text()
	role, ok := speakers[from]
	if !ok {
		return reject(BadRole, "from is %q: none of human, gpt, system, function_call, observation", clip(turn.get("from").scalar()))
	}
	text := turn.get("value")
	if text.kind() != kindText && text.present() {
		return reject(BadMessage, "value is %s", text.kind())
	}
	m := Message{Role: role}
	switch calls := from == "function_call" || from == "tool_call"; {
	case calls && !tagged:
		if err := m.readCallText(text); err != nil {
			return err
		}
	default:
		m.Content = text.text()
	}
	if tagged && role == ToolRole {
		m.Role = User
	}
	for _, key := range []string{"weight", "train", "loss", "loss_weight", "loss_mask"} {
		m.Untrained = m.Untrained || role == Assistant && excluded(turn.get(key))
	}
	t.Messages = append(t.Messages, m)
	return nil
}

// readCallText reads the JSON of one call {name, arguments}, or of a list.
func (m *Message) readCallText(text value) error {
	err := decoded(text, func(v value) error {
		if v.kind() == kindObject {
			return m.addCall(v.get("id"), v.get("name"), v.get("arguments"))
		}
		if v.length() == 0 {
			return reject(BadArguments, "a function call that is %s, not an object", v.kind())
		}
		for _, call := range v.elements() {
			if err := m.addCall(call.get("id"), call.get("name"), call.get("arguments")); err != nil {
				return err
			}
		}
		return nil
	})
	if r, ok := err.(*Reject); ok && r.Reason == NotJSON {
		return reject(BadArguments, "a function call that is neither JSON nor text with function tags: %q", clip(text.text()))
	}
	return err
}
