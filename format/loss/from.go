package loss

import (
	"maps"
	"slices"

	"trainyard/format"
	"trainyard/format/behaviour"
)

// starts are the places that from can name, each with the turns that stand
// before it.
var starts = map[string]func(*behaviour.Turn) bool{
	"first_edit": func(t *behaviour.Turn) bool { return t.Edits+t.EditsBefore == 0 },
}

var fromPolicy = Policy{
	Summary: "the turns from a place on: first_edit is the turn that first writes a file which is neither test nor scratch (feature first_edit)",
	Takes:   "first_edit",
	Limits:  "a trajectory that does not come to the place has no turn left, and is rejected",
	prepare: func(given any) ([]rule, error) {
		name, _ := given.(string)
		before, ok := starts[name]
		if !ok {
			return nil, format.UnknownName("place", name, slices.Sorted(maps.Keys(starts)))
		}
		return always(format.NoteLossFrom, func(t *behaviour.Turn) bool { return !before(t) }), nil
	},
}
