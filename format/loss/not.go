package loss

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/behaviour"
)

// A Kind is a kind of turns that not can name.
type Kind struct {
	Summary string
	note    string
	is      func(*behaviour.Turn) bool
}

// Kinds holds the kinds of turns by name. errors is the error masking of SWE-Lego
// (arXiv 2601.01426), which trains the steps without a tool error alone; their
// rule is not published, ours is that of flag error_turn.
var Kinds = map[string]Kind{
	"errors":        {"an action that the scaffold could not carry out (flag error_turn); a command that fails is none", format.NoteLossErrors, func(t *behaviour.Turn) bool { return t.Error }},
	"failed_runs":   {"code that it ran failed, by exit code or by what it printed", format.NoteLossFailedRuns, func(t *behaviour.Turn) bool { return t.FailedRun }},
	"format_errors": {"a reply that the scaffold could not read as an action (flag format_error_turn)", format.NoteLossFormatErrors, func(t *behaviour.Turn) bool { return t.FormatError }},
}

var notPolicy = Policy{
	Summary: "all turns but those of some kinds: " + kindLines(),
	Takes:   "a kind, or a list of them",
	Limits:  "a turn with several calls goes if one of them is of the kind; what stands outside the loss is still read",
	prepare: func(given any) (rules []rule, err error) {
		names, err := kindNames(given)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			kind := Kinds[name]
			rules = append(rules, always(kind.note, func(t *behaviour.Turn) bool { return !kind.is(t) })...)
		}
		return rules, nil
	},
}

func allKinds() []string { return slices.Sorted(maps.Keys(Kinds)) }

func kindLines() string {
	var lines []string
	for _, name := range allKinds() {
		lines = append(lines, name+", "+Kinds[name].Summary)
	}
	return strings.Join(lines, "; ")
}

// kindNames reads one kind or a list of them, in the order of their names: so that
// what a turn is counted for does not depend on how the recipe spells it.
func kindNames(given any) (names []string, err error) {
	list, ok := given.([]any)
	if text, single := given.(string); single {
		list, ok = []any{text}, true
	}
	if !ok || len(list) == 0 {
		return nil, wants("a list of kinds ("+strings.Join(allKinds(), ", ")+")", given)
	}
	for _, element := range list {
		name, _ := element.(string)
		if _, known := Kinds[name]; !known {
			return nil, format.UnknownName("kind of turns", fmt.Sprint(element), allKinds())
		}
		if slices.Contains(names, name) {
			return nil, fmt.Errorf("%s stands there twice", name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}
