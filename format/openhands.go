package format

// openhands reads what OpenHands V0 leaves behind: rows of an evaluation's
// output.jsonl and of the issue resolver, saved event lists, and rows of
// datasets made from them (SWE-Gym: messages, tools and resolved on top). A
// row that holds its messages (raw_completions, messages) is read from them;
// else they are built from its events, as the scaffold builds them.
var openhands = Dialect{
	Name:    "openhands",
	Summary: "OpenHands V0: output.jsonl rows (events or raw_completions), resolver output, saved event lists, SWE-Gym rows",
	Limits: "built from events, a row lacks the workspace context that a recall adds to the prompt, and holds system prompt and tools only since 2025-04; " +
		"actions without a model response keep their event's name and arguments; edits whose diff was not recorded are rejected",
	claim:  claimOpenHands,
	opens:  isV0Event,
	resets: func(event value) bool { return event.get("action").text() == "condensation" },
	parse: func(_ Record, v value) (*Trajectory, error) {
		for _, at := range []value{v.get("raw_completions"), v} {
			if at.get("messages").present() {
				t, err := readConversation(v, at)
				if err == nil {
					t.account(v)
				}
				return t, err
			}
		}
		return parseV0Events(v)
	},
}

func claimOpenHands(_ Record, v value) claim {
	events := eventsOf(v)
	switch {
	case isV0Event(firstEvent(events)), v.get("raw_completions").present():
		return byShape
	case events.kind() == kindArray && events.length() == 0 && (v.get("instance_id").present() || v.get("metrics").present()):
		return byShape
	case v.get("messages").present() && v.get("instance_id").present() && (v.get("test_result").present() || v.get("run_id").present()):
		return byShape
	}
	return notMine
}

// isV0Event knows an event by the word for what was done or seen.
func isV0Event(v value) bool {
	kind := v.get("action").kind() == kindText || v.get("observation").kind() == kindText
	return kind && v.get("kind").kind() != kindText && v.get("tool_name").kind() != kindText
}

// eventsOf finds a row's history, or the events a file was made of.
func eventsOf(v value) value {
	if events := v.get("history"); events.present() {
		return events
	}
	return v.get("lines")
}

// firstEvent is the first element of a list, or of a list's first pair.
func firstEvent(list value) value {
	for event := range eachEvent(list) {
		return event
	}
	return value{}
}

// account reads how a run ended, what it left and what it cost.
func (t *Trajectory) account(v value) {
	t.Patch = firstScalar(v.get("test_result", "git_patch"), v.get("git_patch"), v.get("model_patch"))
	if text := v.get("error").text(); text != "" {
		t.ExitStatus = text
	}
	metrics := v.get("metrics")
	t.CostUSD, _ = metrics.get("accumulated_cost").float()
	usage := metrics.get("accumulated_token_usage")
	t.PromptTokens = usage.get("prompt_tokens").count()
	t.CompletionTokens = usage.get("completion_tokens").count()
}
