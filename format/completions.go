package format

import "path/filepath"

// completions reads the llm_completions folders of OpenHands: one folder per
// instance, one file per model call, each repeating the conversation so far.
// The folder's last call is the trajectory (see readFolder); the folder's
// name is the instance id where the log holds none.
var completions = Dialect{
	Name:    "openhands-completions",
	Summary: "OpenHands llm_completions folders: one record per instance, or per stretch of a condensed run, from its last model call",
	Limits:  "V0 logs of mocked function calling hold no tool list; V0 folders are read by their documented schema, for no real one was at hand",
	claim: func(_ Record, v value) claim {
		if v.get("messages").present() && v.get("response").present() {
			return byShape
		}
		return notMine
	},
	parse: parseCompletion,
	text: func(v value) (*Trajectory, error) {
		response := v.get("raw_response")
		if !response.present() {
			response = v.get("response")
		}
		return loggedConversation(v, v.get("messages"), response)
	},
}

func parseCompletion(rec Record, v value) (*Trajectory, error) {
	list, response := loggedPair(v)
	t, err := loggedConversation(v, list, response)
	if err != nil {
		return nil, err
	}
	t.InstanceID = filepath.Base(filepath.Dir(rec.File))
	t.identify(v)
	return t, nil
}

// loggedConversation puts the response behind the messages it answers.
func loggedConversation(v, list, response value) (*Trajectory, error) {
	messages, err := readMessages(list)
	if err != nil {
		return nil, err
	}
	for _, choice := range response.get("choices").elements() {
		last, err := readMessage(choice.get("message"))
		if err != nil {
			return nil, within(err, "response")
		}
		messages = append(messages, last)
		break
	}
	t := &Trajectory{Messages: messages}
	tools := v.get("kwargs", "tools")
	if !tools.present() {
		tools = v.get("tools")
	}
	t.Tools, err = readTools(tools)
	return t, err
}

// loggedPair finds the messages and the response that belong together. Where
// function calling was mocked a log holds both the text protocol and the
// structure behind it, which is preferred: V0 adds fncall_messages and
// fncall_response; V1 adds raw_messages, and its response is structured.
func loggedPair(v value) (messages, response value) {
	messages, response = v.get("fncall_messages"), v.get("fncall_response")
	if messages.present() && response.present() {
		return messages, response
	}
	if raw := v.get("raw_messages"); raw.present() {
		return raw, v.get("response")
	}
	return v.get("messages"), v.get("response")
}
