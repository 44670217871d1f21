package format

// openhands reads rows of an OpenHands V0 evaluation's output.jsonl into
// which raw_completions {messages, tools} were merged, and the rows of
// datasets made from them (SWE-Gym: messages, tools and resolved on top).
var openhands = Dialect{
	Name:    "openhands",
	Summary: "OpenHands output.jsonl rows with raw_completions, and SWE-Gym rows",
	Limits:  "rows that hold only history events are rejected: read the llm_completions folder beside them",
	claim:   claimOpenHands,
	parse: func(_ Record, v value) (*Trajectory, error) {
		at := v
		if raw := v.get("raw_completions"); raw.present() {
			at = raw
		} else if !v.get("messages").present() {
			return nil, reject(NoMessages, "an OpenHands row without raw_completions: its messages are in the llm_completions folder beside it (format: openhands-completions)")
		}
		return readConversation(v, at)
	},
}

func claimOpenHands(_ Record, v value) claim {
	switch {
	case v.get("raw_completions").present(), v.get("history").kind() == kindArray && (v.get("instance_id").present() || v.get("metrics").present()):
		return byShape
	case v.get("messages").present() && v.get("instance_id").present() && (v.get("test_result").present() || v.get("run_id").present()):
		return byShape
	}
	return notMine
}
