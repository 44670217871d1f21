package dialect

import (
	"path/filepath"
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// completions reads the llm_completions folders of OpenHands: one folder per
// instance, one file per model call, each repeating the conversation so far.
// The folder's last call is the trajectory (see readFolder); the folder's
// name is the instance id where the log holds none.
var completions = Dialect{
	Name:    "openhands-completions",
	Summary: "OpenHands llm_completions folders: one record per instance, or per stretch of a condensed run, from its last model call",
	repeats: true,
	Limits: "V0 logs of mocked function calling hold no tool list: it is read from the text that the model saw, which is kept as it is where " +
		"the list is not in OpenHands' layout; V0 folders are read by their documented schema, for no real one was at hand",
	claim: func(_ format.Record, v pyjson.Value) claim {
		if v.Get("messages").Present() && v.Get("response").Present() {
			return byShape
		}
		return notMine
	},
	parse: parseCompletion,
	text:  loggedText,
}

// loggedText is the conversation as the model saw it, calls in the text where
// function calling was mocked.
func loggedText(v pyjson.Value) (*format.Trajectory, error) {
	response := v.Get("raw_response")
	if !response.Present() {
		response = v.Get("response")
	}
	return loggedConversation(v, v.Get("messages"), response)
}

func parseCompletion(rec format.Record, v pyjson.Value) (*format.Trajectory, error) {
	list, response := loggedPair(v)
	t, err := loggedConversation(v, list, response)
	if err == nil && t.Tools == nil && t.Acts() {
		t, err = withToolsInText(t, v)
	}
	if err != nil {
		return nil, err
	}
	t.MarkUnrecordedTools()
	t.InstanceID = filepath.Base(filepath.Dir(rec.File))
	identify(t, v)
	return t, nil
}

// loggedConversation puts the response behind the messages it answers.
func loggedConversation(v, list, response pyjson.Value) (*format.Trajectory, error) {
	messages, err := api.ReadMessages(list)
	if err != nil {
		return nil, err
	}
	for _, choice := range response.Get("choices").Elements() {
		last, err := api.ReadMessage(choice.Get("message"))
		if err != nil {
			return nil, format.Within(err, "response")
		}
		messages = append(messages, last)
		break
	}
	t := &format.Trajectory{Messages: messages}
	tools := v.Get("kwargs", "tools")
	if !tools.Present() {
		tools = v.Get("tools")
	}
	t.Tools, err = api.ReadTools(tools)
	return t, err
}

// loggedPair finds the messages and the response that belong together. Where
// function calling was mocked a log holds both the text protocol and the
// structure behind it, which is preferred: V0 adds fncall_messages and
// fncall_response; V1 adds raw_messages, and its response is structured.
func loggedPair(v pyjson.Value) (messages, response pyjson.Value) {
	messages, response = v.Get("fncall_messages"), v.Get("fncall_response")
	if messages.Present() && response.Present() {
		return messages, response
	}
	if raw := v.Get("raw_messages"); raw.Present() {
		return raw, v.Get("response")
	}
	return v.Get("messages"), v.Get("response")
}

// withToolsInText gives a mocked conversation the tools that stand in the text
// beside it. Where they cannot be read back, the text itself is the record:
// that is what the model saw.
func withToolsInText(t *format.Trajectory, v pyjson.Value) (*format.Trajectory, error) {
	text, err := loggedText(v)
	if err != nil || text.LacksSystem() {
		return t, err
	}
	system := text.Messages[0].Content
	if tools, ok := toolsInText(system); ok {
		t.Tools, t.Notes = tools, append(t.Notes, format.NoteToolsInText)
		return t, nil
	}
	if !text.Acts() && strings.Contains(system, "<function=") {
		return text, nil
	}
	return t, nil
}
