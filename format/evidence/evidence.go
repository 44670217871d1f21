package evidence

import (
	"trainyard/format"
	"trainyard/format/verdict"
)

// vague are verdict fields whose names other things bear too: they are
// evidence only with a value that is a verdict.
var vague = map[string]bool{"success": true, "passed": true, "label": true}

// A Clue is evidence that could judge a record, and what it says about it.
type Clue struct {
	Accept  Accept
	Verdict Verdict
}

// Clues lists the verdicts that stand inside a record, those that settle
// nothing included. It is for people who ask what accept: could name: no
// record is ever judged by evidence that its source does not name.
func Clues(rec format.Record, t *format.Trajectory) []Clue {
	var clues []Clue
	for _, field := range verdict.Fields {
		v, present := verdictAt(field, rec, t)
		if present && (v.Outcome != Unknown || !vague[field]) {
			clues = append(clues, Clue{Accept{Field: field}, v})
		}
	}
	return clues
}
