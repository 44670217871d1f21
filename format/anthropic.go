package format

// anthropic reads requests of the Anthropic Messages API: system on top,
// blocks as content, results inside the user's messages.
var anthropic = Dialect{
	Name:    "anthropic",
	Summary: "Anthropic Messages: system on top, tool_use and tool_result blocks, tools with input_schema",
	Limits:  "text only; tools that the provider describes itself (web_search_…) are rejected, since their descriptions are not in the record",
	claim:   claimAnthropic,
	parse:   parseAnthropic,
}

// claimAnthropic needs a block that only this API has: plain text records
// are OpenAI's shape as well and read alike.
func claimAnthropic(_ Record, v value) claim {
	for _, tool := range v.get("tools").elements() {
		if tool.get("input_schema").present() {
			return byMarker
		}
		break
	}
	for i, m := range v.get("messages").elements() {
		if i == peekLines {
			break
		}
		for _, block := range m.get("content").elements() {
			switch block.get("type").text() {
			case "tool_use", "tool_result", "redacted_thinking":
				return byMarker
			}
		}
	}
	return notMine
}

func parseAnthropic(_ Record, v value) (*Trajectory, error) {
	t := &Trajectory{}
	if system := v.get("system"); system.present() {
		text, err := blockText(system)
		if err != nil {
			return nil, within(err, "system")
		}
		t.Messages = append(t.Messages, Message{Role: System, Content: text})
	}
	if v.get("messages").kind() != kindArray {
		return nil, reject(NoMessages, "messages is %s, not an array", v.get("messages").kind())
	}
	for i, m := range v.get("messages").elements() {
		messages, err := readAnthropic(m)
		if err != nil {
			return nil, within(err, place("message", i))
		}
		t.Messages = append(t.Messages, messages...)
	}
	var err error
	if t.Tools, err = anthropicTools(v.get("tools")); err != nil {
		return nil, err
	}
	t.identify(v)
	t.markUnrecordedTools()
	return t, nil
}

func readAnthropic(v value) ([]Message, error) {
	role, ok := roles[v.get("role").text()]
	if !ok || role == ToolRole {
		return nil, reject(BadRole, "role %q is neither user nor assistant", clip(v.get("role").scalar()))
	}
	list, err := readBlocks(role, v.get("content"))
	messages := spoken(list)
	for _, key := range []string{"weight", "train", "loss_mask"} {
		if role == Assistant && excluded(v.get(key)) {
			for i := range messages {
				messages[i].Untrained = true
			}
		}
	}
	return messages, err
}

// anthropicTools puts descriptions into OpenAI's shape: input_schema becomes
// parameters, nothing else changes.
func anthropicTools(list value) ([]byte, error) {
	if list.length() == 0 {
		return nil, nil
	}
	out := []byte{'['}
	for i, tool := range list.elements() {
		if tool.get("input_schema").kind() != kindObject {
			return nil, reject(BadTools, "tool %d has no input_schema: the provider describes it, the record does not", i+1)
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"type":"function","function":{`...)
		first := true
		for name, member := range tool.members() {
			key := name.raw()
			switch string(name.bytes()) {
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
			out = withoutNulls(append(append(out, key...), ':'), member)
		}
		out = append(out, "}}"...)
	}
	return append(out, ']'), nil
}
