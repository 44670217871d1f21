package main

import (
	"slices"
	"strings"
)

// issueLocalize: find where an issue must be fixed and leave a note there that
// says what to change. Nothing is fixed.
var issueLocalize = &task{
	name:   "issue_localize",
	number: 2,
	goal:   "leave a note for whoever fixes this",
	asks: []string{
		"{root} holds {repo}. This issue was opened:\n\n# {title}\n\n{report}\n\nDo not fix it. Find the function where the fix belongs and leave a comment starting with NOTE as the first thing in its body that says what has to change.",
		"An issue of {repo} (see {root}):\n\nTitle: {title}\n{report}\n\nYour part is to locate the cause. Put a comment that begins with NOTE and explains the necessary change at the top of the body of the function at fault, and leave the behaviour of the program as it is.",
		"Where does this come from?\n\n> {title}\n>\n> {report}\n\nThe sources of {repo} are in {root}. Mark the function to be corrected with a NOTE comment on the first line of its body; somebody else will do the correction.",
	},
	done:    "The cause lies in {func} ({file}). A note there says what to change.",
	prepare: unchanged,
	facts: func(_ tree, target *span) map[string]string {
		return map[string]string{"title": issues[target.Name].title, "report": issues[target.Name].report}
	},
	clues:  func(_ tree, target *span) []string { return issues[target.Name].words },
	strays: true,
	change: func(a aim) editorArgs {
		head := a.at.lines[a.at.Sig:a.at.BodyFrom]
		note := a.at.lang.indent + a.at.lang.comment + "NOTE: " + issues[a.target.Name].note
		return replaceLines(a.at, head, append(slices.Clone(head), note))
	},
	judge: func(original, after tree, name string) bool {
		got, err := after.find(name)
		return err == nil && strings.Contains(got.body()[0], "NOTE: ") && sameElsewhere(original, after, name)
	},
	rollouts: []rollout{
		{"reserve", scriptedA, 0},
		{"reserve", scriptedB, long},
		{"release", scriptedA, short},
		{"low_stock", scriptedB, misplaced},
		{"fill_lines", scriptedA, long},
		{"split_words", scriptedB, 0},
		{"fold_text", scriptedA, misplaced | loops},
		{"expand_range", scriptedA, short | copied},
		{"is_due", scriptedB, long | slips},
		{"read_table", scriptedA, 0},
		{"strip_comment", scriptedB, unjudged},
		{"sum_column", scriptedB, floods},
		{"split_row", scriptedA, abandoned},
		{"preview", scriptedA, floods},
		{"SplitEvenly", scriptedB, 0},
		{"ParseAmount", scriptedA, long},
		{"Accounts", scriptedB, misplaced},
		{"runningTotals", scriptedA, 0},
		{"refill", scriptedB, long},
		{"Allow", scriptedA, loops},
		{"ClientKey", scriptedB, misplaced},
		{"AddRoad", scriptedA, 0},
		{"render_turn", scriptedB, long},
		{"render_turn", scriptedA, 0},
		{"count_turns", scriptedA, misplaced | long},
		{"parse_log", scriptedB, copied},
		{"busiest_hour", scriptedA, unjudged},
		{"is_newer", scriptedB, 0},
		{"bump_version", scriptedA, abandoned | loops},
	},
}
