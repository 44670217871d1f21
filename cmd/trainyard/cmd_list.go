package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/dialect"
	"trainyard/format/edit"
	"trainyard/format/evidence"
	"trainyard/format/protocol"
	"trainyard/format/style"
	"trainyard/launch"
	"trainyard/launch/backend"
	"trainyard/launch/trainer"
	"trainyard/mix/sample"
	"trainyard/mix/shard"
	"trainyard/recipes"
	"trainyard/tokenize/chat"
)

// A listed is one thing that can be named in a recipe or on the command line.
type listed struct {
	Name    string      `json:"name"`
	Summary string      `json:"summary"`
	Limits  string      `json:"limits,omitempty"` // what it leaves out or alone
	Args    []listedArg `json:"args,omitempty"`
}

// A listedArg is one argument of a thing that takes some.
type listedArg struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Required bool   `json:"required"`
	Summary  string `json:"summary"`
}

// more are the lines below the summary.
func (l listed) more() (lines []string) {
	for _, a := range l.Args {
		need := ""
		if a.Required {
			need = ", required"
		}
		lines = append(lines, fmt.Sprintf("  %s (%s%s): %s", a.Name, a.Kind, need, a.Summary))
	}
	if l.Limits != "" {
		lines = append(lines, "  limits: "+l.Limits)
	}
	return lines
}

// lists are the registries by the word that asks for them.
var lists = map[string]func() []listed{
	"formats":     listFormats,
	"edits":       listEdits,
	"flags":       listFlags,
	"features":    listFeatures,
	"where":       listWhere,
	"notes":       listNotes,
	"reasons":     listReasons,
	"outputs":     listOutputs,
	"tools":       listStyles,
	"trainers":    listTrainers,
	"backends":    listBackends,
	"samplers":    listSamplers,
	"recipes":     listRecipes,
	"tokenizers":  listTokenizers,
	"templates":   listTemplates,
	"conventions": listConventions,
}

const listLong = `List formats, ways of writing tools, edits, samplers, outputs, templates, tokenizers,
conventions, trainers, backends or recipes, each with one line on when to use it and,
where there are any, its arguments and known limits.

The words of reports are listed too, each with what it counts: flags, features, the
names that an expression can use (where), the notes of what a rendering changed, and
the reasons that records are rejected for.`

func newList(t *face.Terminal, s *settings) *cobra.Command {
	words := sortedKeys(lists)
	return &cobra.Command{
		Use:       "list WHAT",
		Short:     "List what a recipe or a command can name",
		Long:      listLong,
		Example:   "  trainyard list formats\n  trainyard list recipes --json",
		ValidArgs: words,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usageError{fmt.Errorf("list what? %s", strings.Join(words, ", "))}
			case lists[args[0]] == nil:
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
	all := lists[what]()
	if s.json() {
		return t.PrintJSON(all)
	}
	tab := face.NewTable("name", "summary").Wraps(1)
	for _, l := range all {
		tab.Row(l.Name, l.Summary)
		for _, line := range l.more() {
			tab.Row("", line)
		}
	}
	return tab.Write(t.Out)
}

func sortedKeys[V any](registry map[string]V) []string { return slices.Sorted(maps.Keys(registry)) }

// summaries lists a registry in the order of its names.
func summaries[V any](registry map[string]V, summary func(V) string) []listed {
	var all []listed
	for _, name := range sortedKeys(registry) {
		all = append(all, listed{Name: name, Summary: summary(registry[name])})
	}
	return all
}

func listFormats() []listed {
	all := summaries(dialect.Dialects, func(d dialect.Dialect) string { return d.Summary })
	for i := range all {
		all[i].Limits = dialect.Dialects[all[i].Name].Limits
	}
	return all
}

func listEdits() []listed {
	all := summaries(edit.Edits, func(e edit.Edit) string { return e.Summary })
	for i := range all {
		edit := edit.Edits[all[i].Name]
		all[i].Limits = edit.Limits
		for _, a := range edit.Args {
			all[i].Args = append(all[i].Args, listedArg{a.Name, string(a.Kind), a.Required, a.Summary})
		}
	}
	return all
}

func listFlags() []listed {
	return summaries(behaviour.FlagList, func(f behaviour.Flag) string { return f.Summary })
}

func listFeatures() []listed { return words(behaviour.FeatureRules) }

func listWhere() []listed {
	keep := maps.Clone(evidence.KeepNames)
	for name, line := range keep {
		keep[name] = "keep: alone; " + line
	}
	return append(append(words(evidence.WhereNames), words(keep)...), listed{
		Name: "(any other)", Summary: "the record's own member of that name; its absence makes the record unknown, but for (reward ?? 0) > 0.5",
	})
}

func listNotes() []listed { return words(format.Notes) }

func listReasons() []listed { return words(format.Reasons) }

// words lists a glossary.
func words(glossary map[string]string) []listed {
	return summaries(glossary, func(line string) string { return line })
}

func listOutputs() []listed {
	return summaries(shard.Outputs, func(o shard.Output) string { return o.Summary })
}

func listStyles() []listed {
	var all []listed
	for _, name := range style.StyleNames() {
		style := style.Styles[protocol.Style(name)]
		all = append(all, listed{Name: name, Summary: style.Summary, Limits: style.Limits})
	}
	return all
}

func listSamplers() []listed {
	return summaries(sample.Samplers, func(s sample.Sampler) string { return s.Summary })
}

func listTemplates() []listed {
	return summaries(chat.Templates, func(l chat.Layout) string { return l.Summary })
}

func listConventions() []listed {
	return summaries(chat.Conventions, func(c chat.Convention) string { return c.Summary })
}

func listTrainers() []listed { return summaries(trainer.Trainers, launch.Trainer.Summary) }

func listBackends() []listed { return summaries(backend.Backends, launch.Backend.Summary) }

func listRecipes() []listed {
	var all []listed
	for _, info := range recipes.List() {
		all = append(all, listed{Name: info.Name, Summary: info.Summary})
	}
	return all
}
