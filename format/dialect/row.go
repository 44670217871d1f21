package dialect

import (
	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// rowOf reads a list of OpenAI messages that a row holds under a name of its
// own.
func rowOf(v, list pyjson.Value) (*format.Trajectory, error) {
	messages, err := api.ReadMessages(list)
	if err != nil {
		return nil, err
	}
	return rowWith(v, messages)
}

// rowWith is a row whose messages are read: the system text, the tools and the
// ids stand beside them.
func rowWith(v pyjson.Value, messages []format.Message) (*format.Trajectory, error) {
	t := &format.Trajectory{Messages: messages}
	withSystem(t, v.Get("system").Text())
	tools, err := api.ReadTools(v.Get("tools"))
	if err != nil {
		return nil, err
	}
	t.Tools = tools
	identify(t, v)
	t.MarkUnrecordedTools()
	return t, nil
}
