package loss

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/behaviour"
)

// A Policy is a rule about single turns that a recipe can name.
type Policy struct {
	Summary string
	Takes   string // what it is given, for lists
	Limits  string // where it leaves turns in or takes more than it seems; empty where nothing is known
	// prepare reads what a recipe gives. A turn is taken out by the first of the
	// rules that does not keep it.
	prepare func(given any) ([]rule, error)
}

// A rule keeps a turn in the loss, or takes it out and is counted under its note.
type rule struct {
	note  string
	keeps func(*format.Trajectory, *behaviour.Turn) (bool, error)
}

// Policies holds every policy by name. Adding one is a file and a line.
var Policies = map[string]Policy{
	"from":  fromPolicy,
	"last":  lastPolicy,
	"not":   notPolicy,
	"where": wherePolicy,
}

// Names lists the policies in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(Policies)) }

// A Spec is what a recipe says: policies by name, each with what it is given. A
// turn is learned from where all of them keep it; an empty one keeps every turn.
type Spec map[string]any

// Faults are all that is wrong with a Spec.
type Faults []Fault

// A Fault is what is wrong with one policy.
type Fault struct{ Policy, Detail string }

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = "loss: " + fault.Detail
	}
	return strings.Join(lines, "\n")
}

// A Loss is a prepared Spec, safe for concurrent use.
type Loss struct{ rules []rule }

// New prepares policies. Its error is Faults, all at once.
func New(spec Spec) (*Loss, error) {
	l := &Loss{}
	var faults Faults
	for _, name := range slices.Sorted(maps.Keys(spec)) {
		policy, ok := Policies[name]
		if !ok {
			faults = append(faults, Fault{name, format.UnknownName("policy", name, Names()).Error()})
			continue
		}
		rules, err := policy.prepare(spec[name])
		if err != nil {
			faults = append(faults, Fault{name, name + ": " + err.Error()})
		}
		l.rules = append(l.rules, rules...)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return l, nil
}

// Notes are the notes that the policies can leave.
func (l *Loss) Notes() (notes []string) {
	for _, r := range l.rules {
		notes = append(notes, r.note)
	}
	return notes
}

// Apply marks in t the turns that are not learned from, and returns a note for
// each turn that it took out. Turns that the record keeps out are not asked
// about. The error is a *Reject without a place: the trajectory is not to be used
// then.
func (l *Loss) Apply(t *format.Trajectory) (notes []string, err error) {
	if len(l.rules) == 0 {
		return nil, nil
	}
	for _, turn := range behaviour.Turns(t) {
		m := &t.Messages[turn.Message]
		for _, r := range l.rules {
			if m.Untrained {
				break
			}
			kept, err := r.keeps(t, &turn)
			if err != nil {
				return notes, format.Rejectf(format.LossFailed, "turn %d: %v", turn.Index, err)
			}
			if m.Untrained = !kept; !kept {
				notes = append(notes, r.note)
			}
		}
	}
	return notes, nil
}

// always is a rule about the turn alone, which cannot fail.
func always(note string, keeps func(*behaviour.Turn) bool) []rule {
	return []rule{{note, func(_ *format.Trajectory, turn *behaviour.Turn) (bool, error) { return keeps(turn), nil }}}
}

func wants(what string, given any) error { return fmt.Errorf("want %s, got %v", what, given) }
