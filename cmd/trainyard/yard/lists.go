package yard

import (
	"maps"
	"slices"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/dialect"
	"trainyard/format/edit"
	"trainyard/format/evidence"
	"trainyard/format/loss"
	"trainyard/format/protocol"
	"trainyard/format/style"
	"trainyard/launch/result"
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
