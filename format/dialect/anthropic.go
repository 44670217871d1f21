package dialect

import (
	"cmp"
	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/container"
	"trainyard/format/pyjson"
)

// anthropic reads requests of the Anthropic Messages API: system on top,
// blocks as content, results inside the user's messages.
var anthropic = Dialect{
	Name:    "anthropic",
	Summary: "Anthropic Messages: system on top, tool_use and tool_result blocks, tools with input_schema",
	repeats: true,
	Limits:  "text only; tools that the provider describes itself (web_search_…) are rejected, since their descriptions are not in the record",
	claim:   claimAnthropic,
	parse:   parseAnthropic,
}

// claimAnthropic needs a block that only this API has: plain text records
// are OpenAI's shape as well and read alike.
func claimAnthropic(_ format.Record, v pyjson.Value) claim {
	if isClineList(v) {
		return notMine
	}
	for _, tool := range v.Get("tools").Elements() {
		if tool.Get("input_schema").Present() {
			return byMarker
		}
		break
	}
	for i, m := range v.Get("messages").Elements() {
		if i == container.PeekLines {
			break
		}
		for _, block := range m.Get("content").Elements() {
			switch block.Get("type").Text() {
			case "tool_use", "tool_result", "redacted_thinking":
				return byMarker
			}
		}
	}
	return notMine
}

func parseAnthropic(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	t := &format.Trajectory{}
	system, err := api.BlockText(v.Get("system"))
	if err != nil {
		return nil, format.Within(err, "system")
	}
	if v.Get("messages").Kind() != pyjson.KindArray {
		return nil, format.Rejectf(format.NoMessages, "messages is %s, not an array", v.Get("messages").Kind())
	}
	for i, m := range v.Get("messages").Elements() {
		messages, err := readAnthropic(m)
		if err != nil {
			return nil, format.Within(err, format.Place("message", i))
		}
		t.Messages = append(t.Messages, messages...)
	}
	withSystem(t, system)
	if t.Tools, err = anthropicTools(v.Get("tools")); err != nil {
		return nil, err
	}
	identify(t, v)
	t.MarkUnrecordedTools()
	return t, nil
}

func readAnthropic(v pyjson.Value) ([]format.Message, error) {
	role, ok := api.Roles[v.Get("role").Text()]
	if !ok || role == format.ToolRole {
		return nil, format.Rejectf(format.BadRole, "role %q is neither user nor assistant", pyjson.Clip(v.Get("role").Scalar()))
	}
	list, err := api.ReadBlocks(role, v.Get("content"))
	messages := api.Spoken(list)
	for i := range messages {
		err = cmp.Or(err, api.ReadLoss(&messages[i], v))
	}
	return messages, err
}

// anthropicTools puts descriptions into OpenAI's shape: input_schema becomes
// parameters, nothing else changes.
func anthropicTools(list pyjson.Value) ([]byte, error) {
	if list.Length() == 0 {
		return nil, nil
	}
	out := []byte{'['}
	for i, tool := range list.Elements() {
		if tool.Get("input_schema").Kind() != pyjson.KindObject {
			return nil, format.Rejectf(format.BadTools, "tool %d has no input_schema: the provider describes it, the record does not", i+1)
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"type":"function","function":{`...)
		first := true
		for name, member := range tool.Members() {
			key := name.Raw()
			switch string(name.Bytes()) {
			case "input_schema":
				key = []byte(`"parameters"`)
			case "name", "description":
			default: // cache_control and the like are not the model's
				continue
			}
			if !first {
				out = append(out, ',')
			}
			first = false
			out = pyjson.Compact(append(append(out, key...), ':'), member)
		}
		out = append(out, "}}"...)
	}
	return append(out, ']'), nil
}
