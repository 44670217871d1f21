package dialect

import (
	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// adp reads the standardised files of the Agent Data Protocol up to 1.3:
// content is a list of actions and observations, each with its class_.
var adp = Dialect{
	Name:    "adp",
	Summary: "Agent Data Protocol, sample_std.json up to 1.3: api, code and message actions, text observations",
	Limits: "system prompts and tool descriptions are not in these files: supply them; a code action is a call named for its language " +
		"with the argument content, for rename edits to map; results that a set recorded as the user's words stay the user's; " +
		"web observations are rejected, since which of their parts the model saw is not recorded",
	claim: func(_ format.Record, v pyjson.Value) claim {
		for _, item := range v.Get("content").Elements() {
			if item.Get("class_").Present() {
				return byMarker
			}
			break
		}
		return notMine
	},
	parse: parseADP,
}

func parseADP(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	t := &format.Trajectory{}
	asked := false // a call waits for its result
	if v.Get("content").Kind() != pyjson.KindArray {
		return nil, format.Rejectf(format.NoMessages, "content is %s, not an array", v.Get("content").Kind())
	}
	for i, item := range v.Get("content").Elements() {
		m, err := readADP(item, asked)
		if err != nil {
			return nil, format.Within(err, format.Place("item", i))
		}
		asked = len(m.Calls) > 0 || asked && m.Role == format.ToolRole
		t.Messages = append(t.Messages, m)
	}
	details := v.Get("details")
	identify(t, details)
	t.ID = v.Get("id").Scalar()
	t.Repo = format.NameOr(t.Repo, format.RepoOfInstance(t.ID))
	t.MarkUnrecordedTools()
	t.SystemUnrecorded = t.LacksSystem()
	return t, nil
}

func readADP(item pyjson.Value, asked bool) (format.Message, error) {
	m := format.Message{Role: format.Assistant, Content: item.Get("description").Text(), Reasoning: item.Get("reasoning_content").Text()}
	switch class := item.Get("class_").Text(); class {
	case "api_action":
		return m, api.AddCall(&m, item.Get("tool_call_id"), item.Get("function"), item.Get("kwargs"))
	case "code_action":
		return m, addCode(&m, item)
	case "message_action":
		m.Content = format.JoinTexts(m.Content, item.Get("content").Text())
		return m, nil
	case "text_observation", "json_observation":
		return readObservation(item, asked), nil
	case "image_observation":
		return m, format.Rejectf(format.ImagePart, "an image: only text can be trained on")
	case "web_observation":
		return m, format.Rejectf(format.UnknownPart, "a web page: which of its forms the model saw is not recorded")
	default:
		return m, format.Rejectf(format.UnknownPart, "an item of class %q", pyjson.Clip(class))
	}
}

func addCode(m *format.Message, item pyjson.Value) error {
	call := format.Call{ID: item.Get("tool_call_id").Text(), Name: item.Get("language").Text()}
	if call.Name == "" || item.Get("content").Kind() != pyjson.KindText {
		return format.Rejectf(format.BadMessage, "a code action without language or content")
	}
	call.Arguments = append(append([]byte(`{"content":`), item.Get("content").Raw()...), '}')
	m.Calls = append(m.Calls, call)
	return nil
}

// readObservation tells the user's words from a call's result by the source.
// What a set recorded under the name system is a system prompt.
func readObservation(item pyjson.Value, asked bool) format.Message {
	m := format.Message{Role: format.User, Content: item.Get("content").Text()}
	if content := item.Get("content"); content.Kind() == pyjson.KindObject || content.Kind() == pyjson.KindArray {
		m.Content = string(pyjson.AppendJSON(nil, content))
	}
	name := item.Get("name").Text()
	switch {
	case name == "system":
		m.Role = format.System
	case item.Get("source").Text() != "user" && asked:
		m.Role, m.Name, m.CallID = format.ToolRole, name, item.Get("tool_call_id").Text()
	}
	return m
}
