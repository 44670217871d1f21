package evidence

import (
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// verdictsDisagree says that one member of a record calls it a success and
// another a failure.
func verdictsDisagree(rec format.Record) bool {
	seen := map[Outcome]bool{}
	// A record that is no JSON has no verdicts.
	_ = pyjson.WithIndex(rec.Raw, func(root pyjson.Value) error {
		for _, field := range verdict.Fields {
			// A path that cannot be followed leads to no verdict.
			_ = follow(root, strings.Split(field, "."), func(v pyjson.Value) { seen[outcome(verdict.OfValue(v))] = true })
		}
		return nil
	})
	return seen[Accepted] && seen[Refused]
}

// RecordFlags are Flags, and those that the record around the trajectory
// raises.
func RecordFlags(rec format.Record, t *format.Trajectory, chat format.Chat) []string {
	names := behaviour.Flags(t, chat)
	if verdictsDisagree(rec) {
		names = append(names, behaviour.FlagRewardMismatch)
		slices.Sort(names)
	}
	return names
}
