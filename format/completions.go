package format

import "path/filepath"

// completions reads the llm_completions folders of OpenHands V0: one folder
// per instance, one file per model call, each repeating the conversation so
// far. The folder's last file is the trajectory (see latestCompletion).
var completions = Dialect{
	Name:    "openhands-completions",
	Summary: "OpenHands llm_completions folders: one record per instance, from its last model call",
	Limits:  "a condensed run yields its last segment",
	claim: func(_ Record, v value) claim {
		if v.get("messages").present() && v.get("response").present() {
			return byShape
		}
		return notMine
	},
	parse: parseCompletion,
}

// parseCompletion prefers the structured pair (fncall_*) that is logged
// beside the text protocol when function calling was mocked.
func parseCompletion(rec Record, v value) (*Trajectory, error) {
	list, response := v.get("fncall_messages"), v.get("fncall_response")
	if !list.present() || !response.present() {
		list, response = v.get("messages"), v.get("response")
	}
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
	if t.Tools, err = readTools(v.get("kwargs", "tools")); err != nil {
		return nil, err
	}
	t.InstanceID = filepath.Base(filepath.Dir(rec.File))
	t.identify(v)
	return t, nil
}
