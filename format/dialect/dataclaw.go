package dialect

import (
	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// dataclaw reads the exports that DataClaw makes of sessions of command-line
// agents: messages with tool_uses, each with input and output.
var dataclaw = Dialect{
	Name:    "dataclaw",
	Summary: "DataClaw exports: messages with thinking and tool_uses (tool, input, output)",
	repeats: true,
	Limits:  "neither system prompt nor tool descriptions are in the rows: supply them",
	claim: func(_ format.Record, v pyjson.Value) claim {
		if v.Get("messages").Kind() == pyjson.KindArray && v.Get("session_id").Present() && v.Get("project").Present() && v.Get("stats").Present() {
			return byShape
		}
		return notMine
	},
	parse: parseDataClaw,
}

func parseDataClaw(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	t := &format.Trajectory{SystemUnrecorded: true}
	for i, m := range v.Get("messages").Elements() {
		if err := addDataClaw(t, m); err != nil {
			return nil, format.Within(err, format.Place("message", i))
		}
	}
	identify(t, v)
	t.ID = v.Get("session_id").Scalar()
	t.PromptTokens = pyjson.TokenCount(v.Get("stats", "input_tokens"))
	t.CompletionTokens = pyjson.TokenCount(v.Get("stats", "output_tokens"))
	t.MarkUnrecordedTools()
	return t, nil
}

func addDataClaw(t *format.Trajectory, v pyjson.Value) error {
	role, ok := api.Roles[v.Get("role").Text()]
	if !ok || role == format.ToolRole {
		return format.Rejectf(format.BadRole, "role %q is neither user nor assistant", pyjson.Clip(v.Get("role").Scalar()))
	}
	m := format.Message{Role: role, Content: v.Get("content").Text(), Reasoning: v.Get("thinking").Text()}
	var results []format.Message
	for _, use := range v.Get("tool_uses").Elements() {
		if err := api.AddCall(&m, pyjson.Value{}, use.Get("tool"), use.Get("input")); err != nil {
			return err
		}
		if output := use.Get("output"); output.Present() {
			results = append(results, format.Message{Role: format.ToolRole, Name: use.Get("tool").Text(), Content: textOrJSON(output)})
		}
	}
	t.Messages = append(append(t.Messages, m), results...)
	return nil
}

// textOrJSON takes a text, or the text of an object that holds nothing else;
// anything more is its JSON.
func textOrJSON(v pyjson.Value) string {
	switch text := v.Get("text"); {
	case v.Kind() == pyjson.KindText:
		return v.Text()
	case text.Kind() == pyjson.KindText && v.Length() == 1:
		return text.Text()
	}
	return string(pyjson.AppendJSON(nil, v))
}
