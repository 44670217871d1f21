// Package edit changes trajectories as a recipe asks: one file per edit or family
// of edits, all of them in [Edits]. An edit may drop, cut, rename and redact; it
// never adds a word of its own but for its stated marks. Each change is counted,
// zero included, and an edit that cannot be made rejects the record.
package edit
