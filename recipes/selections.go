package recipes

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"trainyard/mix"
	"trainyard/mix/sample"
)

// Selections choose among the trajectories of a source, one after the other. In
// a file they are a name, a mapping of a name and arguments, or a list of them.
type Selections []Selection

// A Selection is one of sample.Selections with its arguments: see sample.Args.
type Selection struct {
	By    string  `yaml:"by"`
	Of    string  `yaml:"of" quiet:"empty"`
	From  float64 `yaml:"from" quiet:"empty"`
	To    float64 `yaml:"to" quiet:"1"`
	Order string  `yaml:"order" quiet:"empty"`
	Per   string  `yaml:"per" quiet:"empty"`
	Count int     `yaml:"count" quiet:"empty"`
	Want  string  `yaml:"want" quiet:"empty"`
	Side  string  `yaml:"side" quiet:"empty"`
	With  Paths   `yaml:"with" quiet:"empty"`
	On    Paths   `yaml:"on" quiet:"empty"`
}

// selectHint shows the ways to write one.
const selectHint = "write select: NAME, {by: NAME, ARGUMENT: VALUE}, or a list of them; trainyard list selections shows them"

// argRules are the ranges of the arguments.
var argRules = map[string]rule{
	"by": oneOf(names(sample.Selections)), "of": featureRule, "from": rateRule, "to": rateRule, "order": oneOf(ends),
	"per":   oneOf([]string{string(sample.PerInstance), string(sample.PerRepository), string(sample.PerTeacher)}),
	"count": atLeast(1, ""), "want": oneOf([]string{"max", "min"}), "side": oneOf([]string{"low", "high"}), "with": nameRule, "on": onRule,
}

// ends are those of an order.
var ends = []string{sample.Least, sample.Most}

// rateRule bounds a number to [0, 1].
func rateRule(v reflect.Value) (msg, hint string) {
	if f := v.Float(); f < 0 || f > 1 {
		return fmt.Sprintf("%v is not in 0 to 1", f), "a fraction: the least quarter is from 0 to 0.25"
	}
	return "", ""
}

func featureRule(v reflect.Value) (msg, hint string) {
	if msg, hint = filled(v); msg != "" {
		return msg, hint
	}
	if err := mix.CheckFeature(v.String()); err != nil {
		return err.Error(), ""
	}
	return "", ""
}

// onRule takes the words of sample.OnGroups, and features.
func onRule(v reflect.Value) (msg, hint string) {
	word := v.String()
	if _, group := sample.OnGroups[word]; group {
		return "", ""
	}
	if near := didYouMean(word, names(sample.OnGroups)); near != "" {
		return seen(word) + " is not known", near
	}
	switch word {
	case "tokens", "steps", "messages":
		return seen(word) + " is not known", fmt.Sprintf("did you mean %q?", "n_"+word)
	case "count":
		return seen(word) + " is not known", "leave it out: as many are taken as there are"
	}
	return featureRule(v)
}

func (s *Selections) typeName() string { return "selection, or a list" }

func (s *Selections) canonical() any {
	all := []any{}
	for _, one := range *s {
		all = append(all, structTree(reflect.ValueOf(one), []string{""}))
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

func (s *Selections) decode(d *decoder, n *node, path, schema string) {
	if *s = nil; n.kind != list {
		*s = Selections{d.selection(n, path, schema)}
		return
	}
	for i, it := range n.items {
		*s = append(*s, d.selection(it, fmt.Sprintf("%s[%d]", path, i), schema))
	}
}

func (d *decoder) selection(n *node, path, schema string) Selection {
	one := Selection{To: 1}
	v := reflect.ValueOf(&one).Elem()
	switch {
	case n.kind == scalar:
		d.scalar(n, v.Field(0), path, dotted(schema, "by"))
	case n.kind != mapping || n.get("by") == nil:
		d.faults.add(n.at, path, n.mistaken("a selection"), selectHint)
	default:
		d.structure(n, v, path, schema)
	}
	d.checkArgs(&one, n, path)
	return one
}

// checkArgs finds the arguments that a selection lacks, and those that it does
// not read.
func (d *decoder) checkArgs(one *Selection, n *node, path string) {
	s, known := sample.Selections[one.By]
	if !known {
		return
	}
	for _, key := range s.Needs {
		if n.get(key) == nil {
			d.faults.add(n.at, path, one.By+" says no "+key, key+": "+sample.ArgSummaries[key])
		}
	}
	for _, e := range n.keys {
		if _, is := sample.ArgSummaries[e.key]; is && !slices.Contains(s.Reads, e.key) {
			d.faults.add(e.at, dotted(path, e.key), one.By+" does not read it", "it reads: "+strings.Join(s.Reads, ", "))
		}
	}
	if one.By == "repositories" && one.Want == "max" && len(one.With) > 0 {
		d.faults.add(n.at, dotted(path, "with"), "want: max does not read it", "want: min takes few repositories of several sources")
	}
	if one.From > one.To {
		d.faults.add(n.at, path, fmt.Sprintf("from is %v, above to, which is %v", one.From, one.To), "")
	}
}

// args are the selections as the mix package takes them.
func (s Selections) args() (all []sample.Args) {
	for _, one := range s {
		all = append(all, sample.Args{
			By: one.By, Of: one.Of, From: one.From, To: one.To, Order: one.Order, Per: sample.Per(one.Per), Count: one.Count,
			Want: one.Want, Side: one.Side, With: one.With, On: one.On,
		})
	}
	return all
}

func (s Selections) has(by string) bool {
	return slices.ContainsFunc(s, func(one Selection) bool { return one.By == by })
}

// checkSelections finds what no source is called, and what matching cannot mean.
func checkSelections(r *Recipe, root *node, faults *Faults) {
	sources := root.get("sources")
	if sources == nil || sources.kind != list {
		return
	}
	for i, it := range sources.items {
		s, path := &r.Sources[i], itemPath(it, "sources", i)
		for _, one := range s.Select {
			for _, name := range one.With {
				if msg, hint := r.wrongWith(s, one.By, name); msg != "" {
					faults.add(place(it, "select", root), dotted(path, "select"), msg, hint)
				}
			}
		}
		if s.Reference && !r.ownAmount(s) {
			faults.add(place(it, "reference", root), dotted(path, "reference"), "what "+s.Name+" gives is not known from it alone", "say take or epochs of it, or neither, and choose mix.sampler: shares or all")
		}
	}
}

// wrongWith says why a source cannot be held against another.
func (r *Recipe) wrongWith(s *Source, by, name string) (msg, hint string) {
	var sources []string
	for _, s := range r.Sources {
		sources = append(sources, s.Name)
	}
	k := slices.Index(sources, name)
	switch {
	case k < 0:
		return "no source is named " + seen(name), choose(name, sources)
	case name == s.Name:
		return seen(name) + " is the source itself", "name another"
	case by == sample.Matched && r.Sources[k].Select.has(sample.Matched):
		return name + " is matched itself", "match both to a third"
	case by == sample.Matched && !r.ownAmount(&r.Sources[k]):
		return "what " + name + " gives depends on the other sources", "say take or epochs of it, or reference: true"
	}
	return "", ""
}

// ownAmount says that what a source gives is known from it alone.
func (r *Recipe) ownAmount(s *Source) bool {
	sampler := sample.Samplers[r.Mix.Sampler]
	switch s.amount().By {
	case sample.ByTake, sample.ByEpochs:
		return sampler.TakesAmounts()
	case "":
		return sampler.TakesAmounts() && (s.Reference || sampler.TakesAll)
	}
	return false
}
