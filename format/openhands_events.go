package format

import (
	"iter"
	"slices"
)

// eachEvent ranges over a history: a list of events, or of pairs [action,
// observation] as it was written before 2024-10.
func eachEvent(list value) iter.Seq[value] {
	return func(yield func(value) bool) {
		for _, event := range list.elements() {
			if event.kind() != kindArray {
				if !yield(event) {
					return
				}
				continue
			}
			for _, half := range event.elements() {
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
	event   value
	summary string
}

// condense takes out the forgotten moments and puts the summary in their
// place.
func condense(history []moment, forgotten func(id string) bool, summary, offset value, id string) []moment {
	history = slices.DeleteFunc(history, func(m moment) bool { return m.id != "" && forgotten(m.id) })
	if at, ok := offset.float(); ok && summary.text() != "" {
		at := int(min(max(at, 0), float64(len(history))))
		history = slices.Insert(history, at, moment{id: id, summary: summary.text()})
	}
	return history
}

// v0View lists what is left of a V0 history when all its condensations are
// applied; only the last summary is shown. What was never shown is left out.
func v0View(events value) []moment {
	var history []moment
	for event := range eachEvent(events) {
		id := event.get("id").scalar()
		switch event.get("action").text() {
		case "condensation":
			history = slices.DeleteFunc(history, func(m moment) bool { return m.summary != "" })
			args := event.get("args")
			history = condense(history, forgottenV0(args), args.get("summary"), args.get("summary_offset"), "")
			continue
		case "change_agent_state", "condensation_request", "null":
			continue
		}
		switch event.get("observation").text() {
		case "agent_state_changed", "null":
			continue
		}
		history = append(history, moment{id: id, event: event})
	}
	return history
}

// forgottenV0 reads which events a condensation takes out: a list of ids, or
// the first and the last of them.
func forgottenV0(args value) func(id string) bool {
	ids := map[string]bool{}
	for _, id := range args.get("forgotten_event_ids").elements() {
		ids[id.scalar()] = true
	}
	first, ok := args.get("forgotten_events_start_id").float()
	last, ranged := args.get("forgotten_events_end_id").float()
	return func(id string) bool {
		n, isNumber := eventNumber(id)
		return ids[id] || ok && ranged && isNumber && n >= first && n <= last
	}
}
