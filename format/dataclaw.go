package format

// dataclaw reads the exports that DataClaw makes of sessions of command-line
// agents: messages with tool_uses, each with input and output.
var dataclaw = Dialect{
	Name:    "dataclaw",
	Summary: "DataClaw exports: messages with thinking and tool_uses (tool, input, output)",
	Limits:  "neither system prompt nor tool descriptions are in the rows: supply them",
	claim: func(_ Record, v value) claim {
		if v.get("messages").kind() == kindArray && v.get("session_id").present() && v.get("project").present() && v.get("stats").present() {
			return byShape
		}
		return notMine
	},
	parse: parseDataClaw,
}

func parseDataClaw(_ Record, v value) (*Trajectory, error) {
	t := &Trajectory{SystemUnrecorded: true}
	for i, m := range v.get("messages").elements() {
		if err := t.addDataClaw(m); err != nil {
			return nil, within(err, place("message", i))
		}
	}
	t.identify(v)
	t.ID = v.get("session_id").scalar()
	t.PromptTokens = tokenCount(v.get("stats", "input_tokens"))
	t.CompletionTokens = tokenCount(v.get("stats", "output_tokens"))
	t.markUnrecordedTools()
	return t, nil
}

func (t *Trajectory) addDataClaw(v value) error {
	role, ok := roles[v.get("role").text()]
	if !ok || role == ToolRole {
		return reject(BadRole, "role %q is neither user nor assistant", clip(v.get("role").scalar()))
	}
	m := Message{Role: role, Content: v.get("content").text(), Reasoning: v.get("thinking").text()}
	var results []Message
	for _, use := range v.get("tool_uses").elements() {
		if err := m.addCall(value{}, use.get("tool"), use.get("input")); err != nil {
			return err
		}
		if output := use.get("output"); output.present() {
			results = append(results, Message{Role: ToolRole, Name: use.get("tool").text(), Content: textOrJSON(output)})
		}
	}
	t.Messages = append(append(t.Messages, m), results...)
	return nil
}

// textOrJSON takes a text, or the text of an object that holds nothing else;
// anything more is its JSON.
func textOrJSON(v value) string {
	switch text := v.get("text"); {
	case v.kind() == kindText:
		return v.text()
	case text.kind() == kindText && v.length() == 1:
		return text.text()
	}
	return string(appendJSON(nil, v))
}
