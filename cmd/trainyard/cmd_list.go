package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const listLong = `List the keys of recipes, formats, ways of writing tools, edits, samplers, selections,
outputs, packers, what becomes of records over the window, templates, tokenizers,
conventions, trainers, backends, GPUs, providers that rent them, targets of an export
or recipes, each with one line on when to use it and, where there are any, its arguments and known limits.

Policies about what is learned from (loss, with the names of their expressions: turns),
and the operations of published work, each with its source and what a source of a
recipe says for it.

The words of reports are listed too, each with what it counts: flags, features, the
names that an expression can use (where), what reports of evaluations look like, as
evidence (reports) and as results of runs (results), the notes of what a rendering
changed, the reasons that records are rejected for, and the remarks on what is not as
a recipe asks.`

const listExample = `  trainyard list keys            every key of a recipe: type, default, what it is for
  trainyard list operations      what published work did to its trajectories, as a recipe says it
  trainyard list trainers        with their parameters, placeholders and progress lines
  trainyard list recipes --json`

func newList(t *face.Terminal, s *settings) *cobra.Command {
	words := yard.ListNames()
	return &cobra.Command{
		Use:       "list WHAT",
		Short:     "List what a recipe or a command can name",
		Long:      listLong,
		Example:   listExample,
		ValidArgs: words,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return usageError{fmt.Errorf("list takes one word, and %d were given\nhint: trainyard list %s | grep -- %s", len(args), args[0], shellWord(args[1]))}
			case len(args) == 0:
				return usageError{fmt.Errorf("list what? %s", strings.Join(words, ", "))}
			case yard.Lists[args[0]] == nil:
				return usageError{unknownWord("list", args[0], args[0], words)}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return runList(t, s, args[0])
		},
	}
}

func runList(t *face.Terminal, s *settings, what string) error {
	all := yard.Lists[what]()
	switch {
	case s.json():
		return t.PrintJSON(all)
	case what == "keys":
		return keyTable(all).Write(t.Out)
	}
	tab := face.NewTable("name", "summary").Wraps(1)
	for _, l := range all {
		tab.Row(l.Name, l.Summary)
		addMore(tab, l)
	}
	return tab.Write(t.Out)
}

// keyTable shows the keys of recipes with their types and defaults. NAME is
// that of a source. Where four columns do not fit, type and default stand before
// the summary: a default that is cut short says nothing.
func keyTable(all []yard.Listed) *face.Table {
	tab := face.NewTable("key", "type", "default", "summary").Wraps(3)
	brief := face.NewTable("key", "summary").Wraps(1)
	for _, l := range all {
		summary := l.Summary
		if len(l.Words) > 0 {
			summary += ": " + strings.Join(l.Words, ", ")
		}
		what, short := cmp.Or(l.Default, "-"), l.Type
		switch {
		case l.Need:
			what, short = "required", short+", required"
		case l.Default != "":
			short += ", default " + l.Default
		}
		tab.Row(l.Name, l.Type, what, summary)
		brief.Row(l.Name, "("+short+") "+summary)
	}
	return tab.Else(brief)
}

// addMore adds what stands below the summary.
func addMore(tab *face.Table, l yard.Listed) {
	for _, a := range l.Args {
		kind := a.Kind
		if a.Required {
			kind += ", required"
		}
		tab.Row("  "+a.Name, "("+kind+") "+a.Summary)
	}
	if l.Limits != "" {
		tab.Row("", "limits: "+l.Limits)
	}
	for line := range strings.Lines(l.Note) {
		tab.Row("", strings.TrimSuffix(line, "\n"))
	}
	if l.Source != "" {
		tab.Row("", "source: "+l.Source)
	}
}
