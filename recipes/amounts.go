package recipes

import (
	"fmt"
	"slices"
	"strings"

	"trainyard/mix"
	"trainyard/mix/sample"
)

// amounts are how the whole is divided, as the mix package takes it.
func (r *Recipe) amounts() mix.Amounts {
	m := &r.Mix
	a := mix.Amounts{
		Percent: m.Budget.Percent, Short: sample.Short(m.Short), Repeat: m.Repeat.Max, Temperature: m.Temperature,
		Drop: m.Drop, Only: m.Only, Scale: m.Scale,
	}
	if m.Fraction < 1 {
		a.Fraction = m.Fraction
	}
	return a
}

// amount is what a source says of itself, besides its share.
func (s *Source) amount() sample.Amount {
	switch {
	case s.Take > 0:
		return sample.Amount{By: sample.ByTake, N: float64(s.Take)}
	case s.Epochs > 0:
		return sample.Amount{By: sample.ByEpochs, N: s.Epochs}
	case s.Rest:
		return sample.Amount{By: sample.ByRest}
	case s.Select.has(sample.Matched):
		return sample.Amount{By: sample.ByEpochs, N: 1} // as many as it is matched to
	}
	return sample.Amount{}
}

// amountKeys are the ways to say how much of a source is taken.
var amountKeys = []string{"share", "take", "epochs", "rest"}

// settledAmount are the keys of an earlier layer, without the amount of a source
// where a later one says it in another way.
func settledAmount(keys []entry, over *node, schema string) []entry {
	says := func(key string) bool { v := over.get(key); return v != nil && v.kind != unset }
	if schema != "sources" || !slices.ContainsFunc(amountKeys, says) {
		return slices.Clone(keys)
	}
	return slices.DeleteFunc(slices.Clone(keys), func(e entry) bool {
		return slices.Contains(amountKeys, e.key) && over.get(e.key) == nil
	})
}

// checkAmounts finds what cannot be divided.
func checkAmounts(r *Recipe, root *node, faults *Faults) {
	sources := root.get("sources")
	if sources == nil || sources.kind != list {
		return
	}
	rest, sum, only := "", 0.0, true
	for i, it := range sources.items {
		path, s := itemPath(it, "sources", i), &r.Sources[i]
		checkAmount(s, it, path, r, faults)
		switch a := s.amount(); {
		case a.By == sample.ByRest && rest != "":
			faults.add(place(it, "rest", root), dotted(path, "rest"), "a second source gets the rest", "one can; "+rest+" does")
		case a.By == sample.ByRest:
			rest = s.Name
		case a.By == "":
			sum, only = sum+s.Share, false
		}
	}
	mix := root.get("mix")
	budget := r.Mix.Budget != Budget{}
	if said := mix.get("budget"); said != nil && slices.ContainsFunc(*faults, func(f Fault) bool { return f.Path == "mix.budget" }) {
		budget = true // given, with a fault of its own
	}
	switch {
	case rest != "" && !budget:
		faults.add(place(mix, "budget", root), "mix.budget", rest+" gets the rest of a budget that is not given", "give mix.budget")
	case rest != "" && r.Mix.Sampler == "shares" && sum > 1:
		faults.add(place(mix, "budget", root), "sources."+rest+".rest", fmt.Sprintf("the shares of the others sum to %v, and beside a source that gets the rest they are fractions of the budget", sum),
			sharesHint(r, sum))
	case only && rest == "" && budget && len(r.Sources) > 0 && !sample.Samplers[r.Mix.Sampler].TakesAll:
		faults.add(place(mix, "budget", root), "mix.budget", "every source says its own amount, so that a budget divides nothing", "leave it out, or give a source share or rest: true")
	}
	checkTakes(r, sources, faults)
	checkVerbs(r, root, faults)
}

// checkTakes finds numbers that are more than the budget, which prepare would
// find after it has read everything.
func checkTakes(r *Recipe, sources *node, faults *Faults) {
	budget, taken := r.Mix.Budget.Units, int64(0)
	if budget <= 0 || sample.Samplers[r.Mix.Sampler].TakesAll {
		return
	}
	for i, it := range sources.items {
		take := r.Sources[i].Take
		if taken += take; take > 0 && taken > budget && taken-take <= budget {
			faults.add(place(it, "take", it), dotted(itemPath(it, "sources", i), "take"), fmt.Sprintf("%d asked by number so far, and mix.budget is %d", taken, budget),
				"take less, or give a larger mix.budget")
		}
	}
}

// sharesHint says what shares above 1 may have been meant to be.
func sharesHint(r *Recipe, sum float64) string {
	var meant []string
	for _, s := range r.Sources {
		if s.amount().By == "" {
			if sum <= 100 && s.Share > 1 {
				meant = append(meant, fmt.Sprintf("sources.%s.share=%v for %v %%", s.Name, s.Share/100, s.Share))
			} else if s.Share == 1 {
				meant = append(meant, fmt.Sprintf("a share below 1 for %s, which says none or all of it", s.Name))
			}
		}
	}
	if len(meant) == 0 {
		return "write fractions that sum to less than 1"
	}
	return "write " + strings.Join(meant, ", ")
}

// checkAmount finds a source that says two amounts, or one that the sampler
// does not read.
func checkAmount(s *Source, it *node, path string, r *Recipe, faults *Faults) {
	var said []string
	for _, key := range amountKeys {
		if it.get(key) != nil && (key != "share" || s.Share != 1) { // which resolved recipes say of every source
			said = append(said, key)
		}
	}
	sampler := sample.Samplers[r.Mix.Sampler]
	by := s.amount().By
	switch {
	case len(said) > 1:
		faults.add(place(it, said[1], it), path, "has "+strings.Join(said, " and ")+", want one", "how much is taken of a source is said in one way")
	case by != "" && !sampler.TakesAmounts():
		faults.add(place(it, string(by), it), dotted(path, string(by)), "the sampler "+r.Mix.Sampler+" takes the same fraction of every source", "choose mix.sampler: shares or all")
	case s.Most > 0 && !sampler.TakesAmounts():
		faults.add(place(it, "most", it), dotted(path, "most"), "the sampler "+r.Mix.Sampler+" takes the same fraction of every source", "choose mix.sampler: shares or all")
	case by == sample.ByRest && sampler.TakesAll:
		faults.add(place(it, "rest", it), dotted(path, "rest"), "the sampler "+r.Mix.Sampler+" divides no budget", "choose mix.sampler: shares")
	case s.Epochs > float64(repeats(r)):
		faults.add(place(it, "epochs", it), dotted(path, "epochs"), fmt.Sprintf("%v passes, and a row may stand %d times", s.Epochs, repeats(r)), fmt.Sprintf("raise mix.repeat.max to %v", s.Epochs))
	}
}

// repeats is how often a row may stand in the mix.
func repeats(r *Recipe) int {
	if r.Mix.Repeat.Max > 0 {
		return r.Mix.Repeat.Max
	}
	return sample.DefaultRepeat
}

// checkVerbs finds names that no source has, and what no sampler makes of them.
func checkVerbs(r *Recipe, root *node, faults *Faults) {
	mix := root.get("mix")
	var sources []string
	for _, s := range r.Sources {
		sources = append(sources, s.Name)
	}
	verbs := map[string][]string{"drop": r.Mix.Drop, "only": r.Mix.Only, "scale": names(r.Mix.Scale)}
	for _, verb := range []string{"drop", "only", "scale"} {
		at := place(mix, verb, root)
		for _, name := range verbs[verb] {
			if !slices.Contains(sources, name) {
				faults.add(at, "mix."+verb, "no source is named "+seen(name), choose(name, sources))
			}
		}
		if len(verbs[verb]) > 0 && !sample.Samplers[r.Mix.Sampler].TakesAmounts() {
			faults.add(at, "mix."+verb, "the sampler "+r.Mix.Sampler+" gives no source a part of its own", "choose mix.sampler: shares or all")
		}
	}
	if short := sample.Short(r.Mix.Short); short != sample.Tell && short != "" && !sample.Samplers[r.Mix.Sampler].TakesAmounts() {
		faults.add(place(mix, "short", root), "mix.short", "under the sampler "+r.Mix.Sampler+" no source is short: it takes the same fraction of each", "leave it out, or choose mix.sampler: shares")
	}
	if len(r.Mix.Drop) > 0 && len(r.Mix.Only) > 0 {
		faults.add(place(mix, "drop", root), "mix.drop", "stands beside only, which says what is left", "leave one of them out")
	}
	if r.Mix.Sampler == "temperature" && r.Mix.Temperature == 0 {
		faults.add(place(mix, "sampler", root), "mix.sampler", "temperature asked for, and none is given", "add mix.temperature: 2, or the like")
	}
}
