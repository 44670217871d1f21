package main

import (
	"slices"
	"strings"
)

// funcLocalize: find the function a description speaks of and write its doc.
// The doc was taken out beforehand; the description says the same in other words.
var funcLocalize = &task{
	name:   "func_localize",
	number: 1,
	goal:   "write the missing documentation",
	asks: []string{
		"Somewhere in {root} there is a function without documentation that does the following:\n\n{about}\n\nFind it and write its documentation in the style of the code around it. Change nothing else.",
		"I am looking for one function of {repo}, checked out at {root}. {about} It has lost its documentation. Please find out which one it is and document it; leave the code itself alone.",
		"Repository: {repo} ({root})\nWanted: {about}\nExactly one function fits. Add documentation to it, in the place where this language expects it, and to no other.",
	},
	done: "{func} in {file} is the function that was described; it is documented now.",
	prepare: func(files tree, target *span) tree {
		return files.cut(target, target.DocFrom, target.DocTo)
	},
	facts: func(_ tree, target *span) map[string]string {
		return map[string]string{"about": places[target.Name].about}
	},
	clues:  func(_ tree, target *span) []string { return places[target.Name].words },
	strays: true,
	change: func(a aim) editorArgs {
		doc, bare := a.original.doc(), a.at.DocFrom == a.at.DocTo
		if bare && a.at.lang.docIn && len(doc) == 1 {
			return editorArgs{Command: "insert", Path: a.at.File, InsertLine: a.at.Sig + 1, NewStr: doc[0]}
		}
		documented := slices.Concat(doc, []string{a.at.signature()})
		if a.at.lang.docIn {
			documented = slices.Concat([]string{a.at.signature()}, doc)
		}
		return replaceLines(a.at, a.at.head(), documented)
	},
	judge: func(original, after tree, name string) bool {
		want, _ := original.find(name)
		got, err := after.find(name)
		return err == nil && slices.Equal(got.doc(), want.doc()) && sameElsewhere(original, after, name)
	},
	rollouts: []rollout{
		{"parse_sku", scriptedA, 0},
		{"parse_sku", scriptedB, long},
		{"take_from_lots", scriptedB, 0},
		{"backorder_lines", scriptedA, long},
		{"column_widths", scriptedA, short | copied},
		{"bullet_width", scriptedB, long | slips},
		{"stretch_line", scriptedA, 0},
		{"break_word", scriptedB, misplaced},
		{"apply_step", scriptedA, short},
		{"next_run", scriptedB, long},
		{"next_run", scriptedA, misplaced},
		{"coerce", scriptedA, unjudged},
		{"join_tables", scriptedB, floods},
		{"sniff_delimiter", scriptedA, floods | misplaced},
		{"FormatAmount", scriptedB, 0},
		{"linesOf", scriptedA, loops | abandoned},
		{"WaitFor", scriptedB, short},
		{"hostOf", scriptedA, long},
		{"walkBack", scriptedB, 0},
		{"nearest", scriptedA, loops},
		{"quote_markers", scriptedB, 0},
		{"with_system", scriptedA, unjudged | short},
		{"parse_level", scriptedB, copied},
		{"level_bar", scriptedA, misplaced},
		{"newest_release", scriptedB, short | unjudged},
		{"changes_for", scriptedA, 0},
	},
}

// A place is how a function is described to an agent that must find it.
type place struct {
	about string
	words []string // what to search for; early ones may lead nowhere
}

var places = map[string]place{
	"parse_sku":       {"It takes an article code such as BX-0042/L apart and complains when the code is malformed.", []string{"article", "partition", "variant"}},
	"take_from_lots":  {"It picks pieces for an order, using up old deliveries before new ones, and reports how many came from which.", []string{"oldest", "share", "min("}},
	"backorder_lines": {"It works out which wishes of customers cannot be met from what is free and by how much each falls short.", []string{"customer", "missing", "wanted"}},
	"column_widths":   {"It finds out how much room the contents of each column of a table need.", []string{"width"}},
	"bullet_width":    {"It decides how far the second and later lines of a list entry are to be indented.", []string{"list", "indent", "marker", "hang"}},
	"stretch_line":    {"It makes a line exactly as wide as asked by putting additional blanks between words, more of them on the left.", []string{"justif", "gaps", "missing"}},
	"break_word":      {"It chops up something without blanks that would not fit on a line of its own.", []string{"chop", "piece", "width"}},
	"apply_step":      {"It thins out numbers so that only each n-th one stays, and rejects an n below one.", []string{"step"}},
	"next_run":        {"It finds out when a job will fire after a given moment and stops looking after about a year.", []string{"limit", "moment", "due"}},
	"coerce":          {"It guesses whether a piece of text is a number and converts it if so.", []string{"convert", "float", "ValueError"}},
	"join_tables":     {"It combines two sets of records that agree in one column and forgets those without a counterpart.", []string{"combine", "partner", "index"}},
	"sniff_delimiter": {"It finds out which character separates the columns of an unknown file by trying each candidate on every line.", []string{"separat", "delimiter", "count("}},
	"FormatAmount":    {"It writes an amount of money for people to read, with two decimals and a minus sign where something is owed.", []string{"decimal", "Sprintf", "sign"}},
	"linesOf":         {"It gathers all movements of a single account along with when they took place.", []string{"movement", "Account", "days"}},
	"WaitFor":         {"It computes how long somebody has to be patient before enough has flowed in again.", []string{"Duration", "missing"}},
	"hostOf":          {"It strips the port number from a network address if there is one.", []string{"port", "SplitHostPort", "address"}},
	"walkBack":        {"It rebuilds the list of stops from notes about where each stop was reached from.", []string{"stops", "route", "start"}},
	"nearest":         {"It selects, among the places still to be looked at, the one that is closest according to what is known.", []string{"closest", "distance", "best"}},
	"quote_markers":   {"It makes turn markers that occur within a user's text harmless by changing how they are spelled.", []string{"harmless", "im_end", "replace("}},
	"with_system":     {"It makes sure that a conversation starts with instructions, adding standard ones where it has none.", []string{"system", "default"}},
	"parse_level":     {"It understands how serious a message is, whether written out, abbreviated or in capitals.", []string{"severity", "lower()", "level"}},
	"level_bar":       {"It draws a row of signs that shows a number in proportion to the largest.", []string{"bar", "round(", "most"}},
	"newest_release":  {"It prints the number of the most recent version that is listed in a history file.", []string{"head -n"}},
	"changes_for":     {"It prints the remarks that belong to a given version in a history file.", []string{"history", "heading", "sed -n"}},
}

// sameElsewhere tells whether every other function reads as before, its doc included.
func sameElsewhere(original, after tree, name string) bool {
	was, is := original.functions(), after.functions()
	return slices.EqualFunc(was, is, func(a, b *span) bool {
		return a.Name == name && b.Name == name ||
			strings.Join(a.head(), "\n") == strings.Join(b.head(), "\n") && slices.Equal(a.body(), b.body())
	})
}
