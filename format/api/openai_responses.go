package api

import (
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// ReadResponsesItem reads one entry of a conversation in the shape of
// OpenAI's Responses interface: a whole response, which is one assistant
// message, the output of a call, or a message.
func ReadResponsesItem(item pyjson.Value) (format.Message, error) {
	if item.Get("object").Text() == "response" {
		return readResponse(item.Get("output"))
	}
	switch kind := item.Get("type").Text(); kind {
	case "function_call_output":
		m := format.Message{Role: format.ToolRole, CallID: item.Get("call_id").Text()}
		return m, FillContent(&m, item.Get("output"))
	case "message":
		return ReadMessage(item)
	default:
		return format.Message{}, format.Rejectf(format.BadMessage, "an item of type %q, which is no response, function_call_output or message", pyjson.Clip(kind))
	}
}

// ResponseTools rewrites the tools that a response repeats from its request,
// {type, name, …}, in the shape {type, function: {name, …}}; nil where it
// names none.
func ResponseTools(list pyjson.Value) []byte {
	var tools []string
	for _, tool := range list.Elements() {
		if tool.Get("type").Text() != "function" {
			continue
		}
		var members []string
		for _, name := range []string{"name", "description", "parameters"} {
			if member := tool.Get(name); member.Present() {
				members = append(members, `"`+name+`":`+string(pyjson.Compact(nil, member)))
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
func readResponse(output pyjson.Value) (format.Message, error) {
	m := format.Message{Role: format.Assistant}
	if output.Kind() != pyjson.KindArray {
		return m, format.Rejectf(format.BadMessage, "output is %s, not an array", output.Kind())
	}
	for i, item := range output.Elements() {
		if err := readOutput(&m, item); err != nil {
			return m, format.Within(err, format.Place("output", i))
		}
	}
	return m, nil
}

func readOutput(m *format.Message, item pyjson.Value) error {
	switch kind := item.Get("type").Text(); kind {
	case "message":
		part := format.Message{Role: format.Assistant}
		// The parts of one answer are one text, cut by annotations.
		if err := AddContent(&part, item.Get("content"), ""); err != nil {
			return err
		}
		m.Content = format.JoinTexts(m.Content, part.Content)
	case "reasoning":
		m.Reasoning = format.JoinTexts(m.Reasoning, joinParts(item.Get("summary")))
		m.Reasoning = format.JoinTexts(m.Reasoning, joinParts(item.Get("content")))
	case "function_call":
		call, err := ReadFunction(item)
		call.ID = pyjson.FirstScalar(item.Get("call_id"), item.Get("id"))
		m.Calls = append(m.Calls, call)
		return err
	default:
		if IsMedia(kind) {
			return refusePart(kind)
		}
		return format.Rejectf(format.UnknownPart, "an output item of type %q", pyjson.Clip(kind))
	}
	return nil
}

// joinParts joins the texts of reasoning parts.
func joinParts(list pyjson.Value) string {
	var texts []string
	for _, part := range list.Elements() {
		texts = append(texts, part.Get("text").Text())
	}
	return strings.Join(texts, "\n\n")
}
