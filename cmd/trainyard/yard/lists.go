package yard

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/dialect"
	"trainyard/format/edit"
	"trainyard/format/evidence"
	"trainyard/format/loss"
	"trainyard/format/protocol"
	"trainyard/format/style"
	"trainyard/launch"
	"trainyard/launch/backend"
	"trainyard/launch/estimate"
	"trainyard/launch/export"
	"trainyard/launch/provider"
	"trainyard/launch/result"
	"trainyard/launch/trainer"
	"trainyard/mix"
	"trainyard/mix/convert"
	"trainyard/mix/pack"
	"trainyard/mix/sample"
	"trainyard/mix/shard"
	"trainyard/recipes"
	"trainyard/tokenize/chat"
)

// A Listed is one thing that can be named in a recipe or on the command line.
type Listed struct {
	Name    string   `json:"name"`
	Type    string   `json:"type,omitempty"`    // of a recipe's key
	Default string   `json:"default,omitempty"` // of a recipe's key
	Need    bool     `json:"required,omitempty"`
	Words   []string `json:"words,omitempty"` // all that a recipe's key may say
	Summary string   `json:"summary"`
	Limits  string   `json:"limits,omitempty"` // what it leaves out or alone
	Args    []Arg    `json:"args,omitempty"`
	Note    string   `json:"note,omitempty"` // what else there is to know
	Source  string   `json:"source,omitempty"`
	// Published are the figures of others that a sweep has beside its cells.
	Published []recipes.PublishedRow `json:"published,omitempty"`
}

// An Arg is one argument of a thing that takes some.
type Arg struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Required bool   `json:"required"`
	Summary  string `json:"summary"`
}

// Lists are the registries by the word that asks for them.
var Lists = map[string]func() []Listed{
	"keys":        listKeys,
	"formats":     listFormats,
	"edits":       listEdits,
	"flags":       listFlags,
	"loss":        listLoss,
	"operations":  listOperations,
	"turns":       listTurns,
	"features":    listFeatures,
	"where":       listWhere,
	"reports":     listReports,
	"results":     listResults,
	"notes":       listNotes,
	"reasons":     listReasons,
	"remarks":     listRemarks,
	"outputs":     listOutputs,
	"tools":       listStyles,
	"trainers":    listTrainers,
	"backends":    listBackends,
	"trackers":    listTrackers,
	"evaluations": listEvaluations,
	"gpus":        listGPUs,
	"providers":   listProviders,
	"samplers":    listSamplers,
	"selections":  listSelections,
	"packers":     listPackers,
	"over-window": listOverWindow,
	"recipes":     listRecipes,
	"sweeps":      listSweeps,
	"tokenizers":  listTokenizers,
	"templates":   listTemplates,
	"conventions": listConventions,
	"targets":     listTargets,
}

// ListNames are the words that ask for lists, sorted.
func ListNames() []string { return sortedKeys(Lists) }

func sortedKeys[V any](registry map[string]V) []string { return slices.Sorted(maps.Keys(registry)) }

// summaries lists a registry in the order of its names.
func summaries[V any](registry map[string]V, summary func(V) string) []Listed {
	var all []Listed
	for _, name := range sortedKeys(registry) {
		all = append(all, Listed{Name: name, Summary: summary(registry[name])})
	}
	return all
}

func listFormats() []Listed {
	all := summaries(dialect.Dialects, func(d dialect.Dialect) string { return d.Summary })
	for i := range all {
		all[i].Limits = dialect.Dialects[all[i].Name].Limits
	}
	return all
}

func listEdits() []Listed {
	all := summaries(edit.Edits, func(e edit.Edit) string { return e.Summary })
	for i := range all {
		edit := edit.Edits[all[i].Name]
		all[i].Limits = edit.Limits
		for _, a := range edit.Args {
			all[i].Args = append(all[i].Args, Arg{a.Name, string(a.Kind), a.Required, a.Summary})
		}
	}
	return all
}

// listLoss shows the policies of loss:, each with what it is given.
func listLoss() []Listed {
	all := summaries(loss.Policies, func(p loss.Policy) string { return p.Summary })
	for i := range all {
		policy := loss.Policies[all[i].Name]
		all[i].Note, all[i].Limits = "takes "+policy.Takes, policy.Limits
	}
	return append([]Listed{{Name: "all", Summary: "every turn of the assistant's that the record does not keep out itself; the default"}}, all...)
}

// listOperations shows what published work did, and what a source says for it.
func listOperations() []Listed {
	all := summaries(recipes.Operations, func(o recipes.Operation) string { return o.Summary })
	for i := range all {
		o := recipes.Operations[all[i].Name]
		if o.Say != "" {
			all[i].Note = o.Say
		}
		all[i].Source, all[i].Limits = o.Source, o.Note
	}
	return all
}

func listTurns() []Listed { return glossary(loss.TurnNames) }

func listFlags() []Listed {
	return summaries(behaviour.FlagList, func(f behaviour.Flag) string { return f.Summary })
}

func listFeatures() []Listed { return glossary(behaviour.FeatureRules) }

func listWhere() []Listed {
	keep := maps.Clone(evidence.KeepNames)
	for name, line := range keep {
		keep[name] = "keep: alone; " + line
	}
	return append(append(glossary(evidence.WhereNames), glossary(keep)...), Listed{
		Name: "(any other)", Summary: "the record's own member of that name; its absence makes the record unknown, but for (reward ?? 0) > 0.5",
	})
}

// listReports shows what files are read as evidence.
func listReports() []Listed {
	var all []Listed
	for _, shape := range evidence.Shapes {
		all = append(all, Listed{Name: shape.Looks, Summary: shape.Summary})
	}
	return append(all, Listed{Name: "ID,VERDICT in a CSV or TSV file", Summary: "columns named instance_id and resolved or the like, or two without names"},
		Listed{Name: "ID in a text file", Summary: "one a line: ids that succeeded, or failed where the file's name says so"})
}

func listResults() []Listed {
	all := summaries(result.Formats, func(f result.Format) string { return f.Summary })
	for i := range all {
		all[i].Note = result.Formats[all[i].Name].Looks
	}
	return all
}

func listNotes() []Listed { return glossary(format.Notes) }

func listReasons() []Listed { return glossary(format.Reasons) }

func listRemarks() []Listed { return glossary(mix.RemarkKinds) }

// glossary lists words with what each means.
func glossary(lines map[string]string) []Listed {
	return summaries(lines, func(line string) string { return line })
}

func listOutputs() []Listed {
	return summaries(shard.Outputs, func(o shard.Output) string { return o.Summary })
}

func listStyles() []Listed {
	var all []Listed
	for _, name := range style.StyleNames() {
		style := style.Styles[protocol.Style(name)]
		all = append(all, Listed{Name: name, Summary: style.Summary, Limits: style.Limits})
	}
	return all
}

func listSamplers() []Listed {
	return summaries(sample.Samplers, func(s sample.Sampler) string { return s.Summary })
}

func listSelections() []Listed {
	all := summaries(sample.Selections, func(s sample.Selection) string { return s.Summary })
	for i := range all {
		s := sample.Selections[all[i].Name]
		for _, arg := range s.Reads {
			all[i].Args = append(all[i].Args, Arg{arg, sample.ArgKinds[arg], slices.Contains(s.Needs, arg), sample.ArgSummaries[arg]})
		}
	}
	return all
}

func listPackers() []Listed {
	return summaries(pack.Packers, func(p pack.Packer) string { return p.Summary })
}

func listOverWindow() []Listed {
	return summaries(convert.OverWindow, func(p convert.Policy) string { return p.Summary })
}

func listTemplates() []Listed {
	return summaries(chat.Templates, func(l chat.Layout) string { return l.Summary })
}

func listConventions() []Listed {
	return summaries(chat.Conventions, func(c chat.Convention) string { return c.Summary })
}

func listTrainers() []Listed {
	all := summaries(trainer.Trainers, launch.Trainer.Summary)
	for i := range all {
		all[i].Note = trainer.Notes[all[i].Name]
		for _, a := range trainer.Args[all[i].Name] {
			all[i].Args = append(all[i].Args, Arg(a))
		}
	}
	return all
}

// listEvaluations lists the placeholders of an evaluation's command.
func listEvaluations() []Listed {
	var all []Listed
	for _, a := range trainer.EvaluationArgs() {
		all = append(all, Listed{Name: a.Name, Summary: a.Summary})
	}
	return append(all, Listed{Name: "{{ and }}", Summary: "a brace of the command's own, such as those of JSON"})
}

func listTrackers() []Listed {
	return summaries(export.Exports, func(x export.Target) string { return x.Summary + "; --place is " + x.Where })
}

func listBackends() []Listed {
	all := summaries(backend.Kinds, func(k backend.Kind) string { return k.Summary })
	for i := range all {
		if kind := backend.Kinds[all[i].Name]; kind.Example != "" {
			all[i].Note = placeOf(all[i].Name, kind.Example) + "\n\noptions: " + strings.Join(kind.Options, ", ")
			if !kind.Prices {
				all[i].Note += ", price (of one GPU for an hour, in US dollars)"
			}
		}
	}
	return all
}

// placeOf is a place of a kind as config.yaml has it under backends:.
func placeOf(kind, example string) string {
	return fmt.Sprintf("- name: NAME\n  kind: %s\n  %s", kind, strings.ReplaceAll(example, "\n", "\n  "))
}

func listGPUs() []Listed {
	all := summaries(estimate.GPUs, func(g estimate.GPU) string { return g.Summary })
	for i := range all {
		g := estimate.GPUs[all[i].Name]
		all[i].Note = fmt.Sprintf("%.0f TFLOPS in dense bfloat16; $%.2f an hour, from $%.2f to $%.2f (read %s)",
			g.Peak/1e12, g.Price.Likely, g.Price.Low, g.Price.High, estimate.PricesRead)
	}
	return all
}

func listProviders() []Listed {
	all := summaries(provider.Providers, func(k provider.Kind) string { return k.Summary })
	for i := range all {
		all[i].Note = "its key: " + provider.Providers[all[i].Name].KeyEnv
	}
	return all
}

func listRecipes() []Listed {
	var all []Listed
	for _, info := range recipes.List() {
		all = append(all, Listed{Name: info.Name, Summary: info.Summary})
	}
	return all
}

// listSweeps shows the experiments that are built in, with what others came to.
func listSweeps() []Listed {
	var all []Listed
	for _, info := range recipes.ListSweeps() {
		s, err := recipes.LoadSweep(info.Name, recipes.Options{})
		if err != nil {
			panic("yard: built-in " + err.Error())
		}
		all = append(all, Listed{Name: info.Name, Summary: info.Summary, Note: publishedNote(s), Source: s.Source, Published: s.PublishedRows()})
	}
	return all
}

// publishedNote has a line for the benchmarks and one for each row of figures.
func publishedNote(s *recipes.Sweep) string {
	if len(s.Benchmarks) == 0 {
		return ""
	}
	var names, lines []string
	for _, j := range s.Benchmarks {
		names = append(names, j.Name)
	}
	for _, r := range s.PublishedRows() {
		var figures []string
		for _, name := range names {
			figure := "-"
			if v, known := recipes.Figure(r.Figures, name); known {
				figure = fmt.Sprintf("%.4g", v)
			}
			figures = append(figures, figure)
		}
		lines = append(lines, r.Name+": "+strings.Join(figures, " / "))
	}
	return fmt.Sprintf("%d cells; published %% on %s\n%s", len(s.Cells), strings.Join(names, " / "), strings.Join(lines, "\n"))
}

// listKeys lists every key of a recipe, from the schema that reads recipes.
func listKeys() []Listed {
	var all []Listed
	for _, k := range recipes.Keys() {
		all = append(all, Listed{Name: k.Name, Type: k.Type, Default: k.Default, Need: k.Required, Words: k.Words, Summary: k.Summary})
	}
	return all
}
