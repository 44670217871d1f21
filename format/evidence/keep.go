package evidence

import (
	"fmt"
	"slices"

	"trainyard/format"
	"trainyard/format/behaviour"
)

// A Filter is a compiled keep: expression. It chooses among records whatever
// the evidence says of them: to be left out by it is no failure. It sees a
// record as it would be trained on, edits made. It is safe for concurrent use.
type Filter struct {
	expression *expression
	lists      *lists
}

// A Subject is what a filter looks at: a record, the trajectory that the edits
// left of it, and how it is written. What [Filter.Needs] does not name may be
// empty.
type Subject struct {
	Record     format.Record
	Trajectory *format.Trajectory
	Chat       format.Chat
	Tokens     int // length under the chat template
	Trained    int // tokens inside the loss
	// CountTokens counts a text's tokens; nil where there is no tokenizer.
	CountTokens func(string) int
}

// Reasons for which a filter leaves a record out.
const (
	KeepFalse   = "keep"    // the expression is false
	KeepUnknown = "unknown" // the record lacks what the expression names, or it fails
)

// A LeftOut says why a filter leaves a record out. The zero value keeps it.
type LeftOut struct {
	Reason string // KeepFalse or KeepUnknown; empty keeps the record
	Detail string
}

// NewFilter compiles an expression of the language of accept: {where: …},
// which can also name lengths in tokens and lists of ids in files. Files are
// read with readFile, under the names that the expression has for them; nil
// reads none, for a check of the expression alone.
func NewFilter(source string, readFile func(path string) ([]byte, error)) (*Filter, error) {
	files := &lists{readFile: readFile, byKey: map[string]*idList{}, solutions: map[string]map[string]string{}}
	e, err := compile(source, grammar{names: keepEnv(), lists: files})
	if err != nil {
		return nil, fmt.Errorf("keep: %w", err)
	}
	return &Filter{expression: e, lists: files}, nil
}

// Files are the lists that the expression names, as it spells them.
func (f *Filter) Files() []string { return f.lists.files }

// NeedsTokens says that the expression asks for a length in tokens. One that does
// not can be asked before anything is tokenised.
func (f *Filter) NeedsTokens() bool {
	return slices.ContainsFunc([]string{"n_tokens", "n_trained_tokens", "observation_load"}, f.expression.names.has)
}

// NeedsEdits says that the expression asks for what edits and rendering can
// change.
func (f *Filter) NeedsEdits() bool {
	return f.NeedsTokens() || slices.ContainsFunc([]string{"n_steps", "flags", "features"}, f.expression.names.has)
}

// Keep looks at one record. Its error is no fault of the record's.
func (f *Filter) Keep(s Subject) (LeftOut, error) {
	env := f.values(s)
	v, err := f.expression.evaluate(s.Record, s.Trajectory, env)
	switch {
	case err != nil:
		return LeftOut{}, err
	case v.Outcome == Accepted:
		return LeftOut{}, nil
	case v.Outcome == Refused:
		return LeftOut{KeepFalse, v.Evidence}, nil
	}
	return LeftOut{KeepUnknown, v.Evidence}, nil
}

func (f *Filter) values(s Subject) map[string]any {
	t := s.Trajectory
	env := map[string]any{
		"n_steps": t.Steps(), "instance_id": t.InstanceID, "repo": t.Repo, "teacher": t.Teacher,
		"id": t.ID, "traj_id": t.ID, "n_tokens": s.Tokens, "n_trained_tokens": s.Trained,
		idsName: idsOf(t), patchName: t.Patch,
	}
	if f.expression.names.has("observation_load") {
		env["observation_load"] = observationLoad(s)
	}
	if f.expression.names.has("flags") {
		env["flags"] = RecordFlags(s.Record, t, s.Chat)
	}
	if f.expression.names.has("features") {
		env["features"] = behaviour.Measure(t)
	}
	return env
}
