package main

import (
	"slices"
	"strings"
)

// funcGen: write the body of a function from its signature and its doc. A body
// counts as right when it is the one that was taken out, blank lines aside.
var funcGen = &task{
	name:   "func_gen",
	number: 4,
	goal:   "write the body",
	asks: []string{
		"The body of {func} in {file} is missing from {repo} ({root}). Write it so that it does what its documentation says and fits the code that calls it. Leave its name and parameters as they are.",
		"{root} contains {repo}. One function, {func} ({file}), is only a stub:\n\n{stub}\n\nReplace the stub with working code. Use what the repository already offers.",
		"Please implement {func}. You find the stub in {root}/{file}; the rest of {repo} is complete. Nothing but this function may change.",
	},
	done: "{func} in {file} has its body again.",
	prepare: func(files tree, target *span) tree {
		return files.cut(target, target.BodyFrom, target.BodyTo, target.lang.stub)
	},
	facts: func(files tree, target *span) map[string]string {
		return map[string]string{"stub": strings.Join(append(slices.Clone(target.head()), target.lang.stub), "\n")}
	},
	clues: func(files tree, target *span) []string {
		_, names := relations(files, target)
		return append([]string{target.Name}, names...)
	},
	change: func(a aim) editorArgs {
		head := a.at.lines[a.at.Sig:a.at.BodyFrom]
		body := strings.Join(a.original.body(), "\n")
		if a.wrong {
			body = mistake(body)
		}
		return replaceLines(a.at, append(slices.Clone(head), a.at.body()...), append(slices.Clone(head), body))
	},
	judge: func(original, after tree, name string) bool {
		want, _ := original.find(name)
		got, err := after.find(name)
		return err == nil && slices.Equal(written(got), written(want)) && sameElsewhere(original, after, name)
	},
	rollouts: []rollout{
		{"available", scriptedA, short},
		{"merge_lots", scriptedB, 0},
		{"merge_lots", scriptedA, long},
		{"valuation", scriptedB, misplaced},
		{"stock_table", scriptedA, parallel},
		{"display_width", scriptedB, long},
		{"fold_paragraph", scriptedA, misplaced},
		{"stretch_line", scriptedB, 0},
		{"parse_field", scriptedA, slips},
		{"check_limits", scriptedB, short | copied},
		{"next_minute", scriptedA, unjudged},
		{"group_rows", scriptedB, 0},
		{"write_rows", scriptedA, floods},
		{"sort_rows", scriptedB, misplaced | floods},
		{"Balance", scriptedA, 0},
		{"Statement", scriptedB, long | parallel},
		{"Take", scriptedA, loops},
		{"prune", scriptedB, misplaced | loops},
		{"Serve", scriptedB, 0},
		{"relax", scriptedA, long},
		{"RoadsFrom", scriptedB, unjudged},
		{"split_turns", scriptedA, 0},
		{"open_turn", scriptedB, short},
		{"render_chat", scriptedB, misplaced},
		{"parse_log_line", scriptedA, 0},
		{"error_share", scriptedB, abandoned},
		{"count_changes", scriptedA, 0},
		{"version_part", scriptedB, unjudged | short},
	},
}

// written returns the lines of a body that are not blank.
func written(s *span) []string {
	return slices.DeleteFunc(slices.Clone(s.body()), func(line string) bool { return strings.TrimSpace(line) == "" })
}

// mistake changes the first thing in a body that is easily got wrong. A body
// without any is cut down to its first line.
func mistake(body string) string {
	for _, slip := range [][2]string{{" < ", " <= "}, {" += ", " = "}, {"After(", "Before("}, {" > 0", " >= 0"}, {"[1:]", ""}, {"prompt:", "not prompt:"}, {"row[name]", "row[names]"}} {
		if strings.Contains(body, slip[0]) {
			return strings.Replace(body, slip[0], slip[1], 1)
		}
	}
	first, _, _ := strings.Cut(body, "\n")
	return first
}
