package main

import (
	"slices"
	"strings"
)

// depSearch: find out which functions of the repository a function calls, or
// which call it, and record them in a comment right above its signature.
var depSearch = &task{
	name:   "dep_search",
	number: 3,
	goal:   "record what I found",
	asks: []string{
		"In {root} ({repo}) look at the function {func}. {question} Write the answer as a comment line \"{label} NAME, NAME\" directly above its signature, names in alphabetical order. Standard library functions do not count.",
		"{question} The function in question is {func}, to be found in {root}. Record the names, sorted and separated by commas, in a comment that starts with \"{label}\" and stands on the line before the definition. Only functions of {repo} itself matter.",
	},
	done:    "The comment above {func} in {file} lists what I found.",
	prepare: unchanged,
	facts: func(files tree, target *span) map[string]string {
		label, _ := relations(files, target)
		question := "Which functions of this repository does it call?"
		if label == usedBy {
			question = "Which functions of this repository call it?"
		}
		return map[string]string{"question": question, "label": label}
	},
	clues: func(files tree, target *span) []string {
		_, names := relations(files, target)
		return append([]string{target.Name}, names...)
	},
	change: func(a aim) editorArgs {
		label, names := relations(a.files, a.target)
		if a.wrong {
			names = append([]string{a.decoy.Name}, names[1:]...)
			slices.Sort(names)
		}
		sig := a.at.signature()
		return replaceLines(a.at, []string{sig}, []string{relationLine(a.at, label, names), sig})
	},
	judge: func(original, after tree, name string) bool {
		target, _ := original.find(name)
		label, names := relations(original, target)
		got, err := after.find(name)
		return err == nil && got.Sig > 0 && got.lines[got.Sig-1] == relationLine(target, label, names) && sameElsewhere(original, after, name)
	},
	rollouts: []rollout{
		{"allocate", scriptedA, 0},
		{"stock_table", scriptedB, short},
		{"on_hand", scriptedB, 0},
		{"fold_paragraph", scriptedB, slips},
		{"display_width", scriptedA, 0},
		{"split_words", scriptedB, misplaced},
		{"stretch_line", scriptedA, misplaced},
		{"parse_field", scriptedA, short},
		{"read_table", scriptedB, 0},
		{"next_run", scriptedB, unjudged},
		{"read_rows", scriptedA, short | floods},
		{"write_rows", scriptedB, 0},
		{"Statement", scriptedB, short},
		{"sumLines", scriptedA, 0},
		{"Serve", scriptedB, 0},
		{"prune", scriptedA, 0},
		{"ShortestRoute", scriptedB, long},
		{"ParseMap", scriptedA, loops | misplaced},
		{"render_chat", scriptedB, 0},
		{"split_turns", scriptedA, short},
		{"parse_log_line", scriptedA, 0},
		{"summarise", scriptedB, long},
		{"count_levels", scriptedA, abandoned},
		{"next_release", scriptedA, short},
		{"version_part", scriptedB, unjudged},
	},
}

const (
	dependsOn = "depends on:"
	usedBy    = "used by:"
)

// relations lists what a function calls within the repository; for one that
// calls nothing it lists what calls it. Names are sorted.
func relations(files tree, target *span) (label string, names []string) {
	var callers []string
	for _, other := range files.functions() {
		if other.Name == target.Name {
			continue
		}
		if target.uses(other.Name) {
			names = append(names, other.Name)
		}
		if other.uses(target.Name) {
			callers = append(callers, other.Name)
		}
	}
	label = dependsOn
	if len(names) == 0 {
		label, names = usedBy, callers
	}
	slices.Sort(names)
	return label, names
}

func relationLine(s *span, label string, names []string) string {
	return s.lang.comment + label + " " + strings.Join(names, ", ")
}
