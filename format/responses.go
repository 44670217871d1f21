package format

import "strings"

// readResponsesItem reads one entry of a conversation in the shape of
// OpenAI's Responses interface: a whole response, which is one assistant
// message, the output of a call, or a message.
func readResponsesItem(item value) (Message, error) {
	if item.get("object").text() == "response" {
		return readResponse(item.get("output"))
	}
	switch kind := item.get("type").text(); kind {
	case "function_call_output":
		m := Message{Role: ToolRole, CallID: item.get("call_id").text()}
		return m, m.readContent(item.get("output"))
	case "message":
		return readMessage(item)
	default:
		return Message{}, reject(BadMessage, "an item of type %q, which is no response, function_call_output or message", clip(kind))
	}
}

// responseTools rewrites the tools that a response repeats from its request,
// {type, name, …}, in the shape {type, function: {name, …}}; nil where it
// names none.
func responseTools(list value) []byte {
	var tools []string
	for _, tool := range list.elements() {
		if tool.get("type").text() != "function" {
			continue
		}
		var members []string
		for _, name := range []string{"name", "description", "parameters"} {
			if member := tool.get(name); member.present() {
				members = append(members, `"`+name+`":`+string(withoutNulls(nil, member)))
			}
		}
		tools = append(tools, `{"type":"function","function":{`+strings.Join(members, ",")+"}}")
	}
	if tools == nil {
		return nil
	}
	return []byte("[" + strings.Join(tools, ",") + "]")
}

// readResponse joins the items of one response: its texts by empty lines.
func readResponse(output value) (Message, error) {
	m := Message{Role: Assistant}
	if output.kind() != kindArray {
		return m, reject(BadMessage, "output is %s, not an array", output.kind())
	}
	for i, item := range output.elements() {
		if err := m.readOutput(item); err != nil {
			return m, within(err, place("output", i))
		}
	}
	return m, nil
}

func (m *Message) readOutput(item value) error {
	switch kind := item.get("type").text(); kind {
	case "message":
		part := Message{Role: Assistant}
		if err := part.readContent(item.get("content")); err != nil {
			return err
		}
		m.Content = joinTexts(m.Content, part.Content)
	case "reasoning":
		m.Reasoning = joinTexts(m.Reasoning, joinParts(item.get("summary")))
		m.Reasoning = joinTexts(m.Reasoning, joinParts(item.get("content")))
	case "function_call":
		call, err := readFunction(item)
		call.ID = firstScalar(item.get("call_id"), item.get("id"))
		m.Calls = append(m.Calls, call)
		return err
	default:
		return reject(UnknownPart, "an output item of type %q", clip(kind))
	}
	return nil
}

// joinParts joins the texts of reasoning parts.
func joinParts(list value) string {
	var texts []string
	for _, part := range list.elements() {
		texts = append(texts, part.get("text").text())
	}
	return strings.Join(texts, "\n\n")
}
