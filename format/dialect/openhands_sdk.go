package dialect

import (
	"fmt"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// openhandsSDK reads what the OpenHands SDK (V1) persists: events as lines,
// as a folder or an archive of a conversation, and in the rows of the
// benchmarks' output.jsonl. Its logs of model calls are read by completions.
var openhandsSDK = Dialect{
	Name:    "openhands-sdk",
	Summary: "OpenHands SDK (V1): events.jsonl, conversation folders and archives, output.jsonl of the benchmarks",
	Limits: "a condensed row yields what its last view shows, a condensed file or archive a record per view; tool schemas are read where the system prompt's event holds them; " +
		"a tree of events is read in file order; runs of other agents over ACP hold no model messages and are rejected",
	claim: func(_ format.Record, v pyjson.Value) claim {
		if isSDKEvent(firstEvent(eventsOf(v))) {
			return byShape
		}
		return notMine
	},
	opens:  isSDKEvent,
	resets: func(event pyjson.Value) bool { return event.Get("kind").Text() == "Condensation" },
	parse:  parseSDK,
}

// isSDKEvent knows an event by the class that it names, and its source.
func isSDKEvent(v pyjson.Value) bool {
	kind := v.Get("kind").Text()
	return v.Get("source").Kind() == pyjson.KindText && v.Get("id").Present() &&
		(strings.HasSuffix(kind, "Event") || strings.HasPrefix(kind, "Condensation") || kind == "UserRejectObservation" || kind == "StreamingDelta")
}

// parseSDK builds the conversation that the model saw, as the SDK does
// (openhands/sdk/event/base.py and context/view).
func parseSDK(rec format.Record, v pyjson.Value) (*format.Trajectory, error) {
	events := eventsOf(v)
	view := sdkView(events)
	s := sdkReplay{called: map[string]int{}}
	for i, m := range view {
		from := len(s.messages)
		if err := s.step(m); err != nil {
			return nil, format.Within(err, fmt.Sprintf("event %d of those shown", i+1))
		}
		if m.copied && copies(v) {
			keepOut(s.messages[from:])
		}
	}
	if len(s.messages) == 0 && s.foreign {
		return nil, format.Rejectf(format.EventStream, "the conversation of another agent over ACP: its model messages are not among the events")
	}
	t := &format.Trajectory{Messages: s.answered(), Tools: s.tools, ExitStatus: s.ended, Condensed: isCondensed(view)}
	identify(t, v)
	account(t, v)
	t.Teacher = format.NameOr(t.Teacher, v.Get("metadata", "llm", "model").Text())
	fromState(t, v, events)
	t.ID = sessionID(t.ID, v)
	t.SystemUnrecorded = t.LacksSystem()
	t.MarkUnrecordedTools()
	return t, startsWithUser(t)
}

// startsWithUser refuses a log whose beginning is lost.
func startsWithUser(t *format.Trajectory) error {
	for _, m := range t.Messages {
		switch m.Role {
		case format.User:
			return nil
		case format.System:
		default:
			return format.Rejectf(format.NoPrompt, "the events start with the agent's turn: the message it answers is not among them")
		}
	}
	return nil
}

// sdkView lists the events that become messages, with every condensation
// applied. A summary may be forgotten later, by an id made of its event's.
func sdkView(events pyjson.Value) []moment {
	var view []moment
	for _, event := range events.Elements() {
		kind, id := event.Get("kind").Text(), event.Get("id").Text()
		if kind == "Condensation" {
			forgotten := map[string]bool{}
			for _, id := range event.Get("forgotten_event_ids").Elements() {
				forgotten[id.Text()] = true
			}
			view = condense(view, func(id string) bool { return forgotten[id] }, event.Get("summary"), event.Get("summary_offset"), id+"-summary")
			continue
		}
		switch kind {
		case "SystemPromptEvent", "MessageEvent", "ActionEvent", "ObservationEvent", "AgentErrorEvent", "UserRejectObservation",
			"CondensationSummaryEvent", "ConversationErrorEvent", "ACPToolCallEvent":
			view = append(view, moment{id: id, event: event})
		}
	}
	return view
}
