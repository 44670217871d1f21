package dialect

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

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
	resets: func(event pyjson.Value) bool { return event.Get("action").Text() == "condensation" },
	parse: func(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
		for _, at := range []pyjson.Value{v.Get("raw_completions"), v} {
			if at.Get("messages").Present() {
				t, err := readConversation(v, at)
				if err == nil {
					account(t, v)
				}
				return t, err
			}
		}
		return parseV0Events(v)
	},
}

func claimOpenHands(_ format.Record, v pyjson.Value) claim {
	events := eventsOf(v)
	switch {
	case isV0Event(firstEvent(events)), v.Get("raw_completions").Present():
		return byShape
	case events.Kind() == pyjson.KindArray && events.Length() == 0 && (v.Get("instance_id").Present() || v.Get("metrics").Present()):
		return byShape
	case v.Get("messages").Present() && v.Get("instance_id").Present() && (v.Get("test_result").Present() || v.Get("run_id").Present()):
		return byShape
	}
	return notMine
}

// isV0Event knows an event by the word for what was done or seen.
func isV0Event(v pyjson.Value) bool {
	kind := v.Get("action").Kind() == pyjson.KindText || v.Get("observation").Kind() == pyjson.KindText
	return kind && v.Get("kind").Kind() != pyjson.KindText && v.Get("tool_name").Kind() != pyjson.KindText
}

// eventsOf finds a row's history, or the events a file was made of.
func eventsOf(v pyjson.Value) pyjson.Value {
	if events := v.Get("history"); events.Present() {
		return events
	}
	return v.Get("lines")
}

// firstEvent is the first element of a list, or of a list's first pair.
func firstEvent(list pyjson.Value) pyjson.Value {
	for event := range eachEvent(list) {
		return event
	}
	return pyjson.Value{}
}

// account reads how a run ended, what it left and what it cost.
func account(t *format.Trajectory, v pyjson.Value) {
	t.Patch = pyjson.FirstScalar(v.Get("test_result", "git_patch"), v.Get("git_patch"), v.Get("model_patch"))
	if text := v.Get("error").Text(); text != "" {
		t.ExitStatus = text
	}
	metrics := v.Get("metrics")
	t.CostUSD, _ = metrics.Get("accumulated_cost").Float()
	usage := metrics.Get("accumulated_token_usage")
	t.PromptTokens = usage.Get("prompt_tokens").Count()
	t.CompletionTokens = usage.Get("completion_tokens").Count()
}
