package dialect

import (
	"iter"
	"slices"

	"trainyard/format/pyjson"
)

// eachEvent ranges over a history: a list of events, or of pairs [action,
// observation] as it was written before 2024-10.
func eachEvent(list pyjson.Value) iter.Seq[pyjson.Value] {
	return func(yield func(pyjson.Value) bool) {
		for _, event := range list.Elements() {
			if event.Kind() != pyjson.KindArray {
				if !yield(event) {
					return
				}
				continue
			}
			for _, half := range event.Elements() {
				if !yield(half) {
					return
				}
			}
		}
	}
}

// A moment is one place in the history that the agent's model is shown: an
// event, or the summary that stands for those a condenser took out.
type moment struct {
	id      string
	event   pyjson.Value
	summary string
	copied  bool // it stood in the view before the last condensation
}

// condense takes out the forgotten moments and puts the summary in their
// place. What is left was shown before.
func condense(history []moment, forgotten func(id string) bool, summary, offset pyjson.Value, id string) []moment {
	history = slices.DeleteFunc(history, func(m moment) bool { return m.id != "" && forgotten(m.id) })
	for i := range history {
		history[i].copied = true
	}
	if at, ok := offset.Float(); ok && summary.Text() != "" {
		at := int(min(max(at, 0), float64(len(history))))
		history = slices.Insert(history, at, moment{id: id, summary: summary.Text(), copied: true})
	}
	return history
}

// isCondensed says that a view is not all that was said; copies, that the record
// before this one in the file trains what both views show.
func isCondensed(view []moment) bool {
	return slices.ContainsFunc(view, func(m moment) bool { return m.copied })
}

func copies(v pyjson.Value) bool {
	segments := v.Get("segments").Scalar()
	return segments != "" && segments != "1"
}

// v0View lists what is left of a V0 history when all its condensations are
// applied; only the last summary is shown. What was never shown is left out.
func v0View(events pyjson.Value) []moment {
	var history []moment
	for event := range eachEvent(events) {
		id := event.Get("id").Scalar()
		switch event.Get("action").Text() {
		case "condensation":
			history = slices.DeleteFunc(history, func(m moment) bool { return m.summary != "" })
			args := event.Get("args")
			history = condense(history, forgottenV0(args), args.Get("summary"), args.Get("summary_offset"), "")
			continue
		case "change_agent_state", "condensation_request", "null":
			continue
		}
		switch event.Get("observation").Text() {
		case "agent_state_changed", "null":
			continue
		}
		history = append(history, moment{id: id, event: event})
	}
	return history
}

// forgottenV0 reads which events a condensation takes out: a list of ids, or
// the first and the last of them.
func forgottenV0(args pyjson.Value) func(id string) bool {
	ids := map[string]bool{}
	for _, id := range args.Get("forgotten_event_ids").Elements() {
		ids[id.Scalar()] = true
	}
	first, ok := args.Get("forgotten_events_start_id").Float()
	last, ranged := args.Get("forgotten_events_end_id").Float()
	return func(id string) bool {
		n, isNumber := eventNumber(id)
		return ids[id] || ok && ranged && isNumber && n >= first && n <= last
	}
}
