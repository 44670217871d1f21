package yard

import (
	"strings"

	"trainyard/recipes"
)

// Overrides are the beginnings of overrides that a recipe takes, for a shell
// to offer: "mix.seed=" and the like, the sources by their names; and once the
// key is typed, the words that it can say. A recipe with faults offers the
// keys that every recipe has.
func Overrides(recipe, typed string) []Listed {
	sources, evals := namesIn(recipe)
	key, _, valued := strings.Cut(typed, "=")
	var all []Listed
	for _, k := range listKeys() {
		if k.Name == "extends" || k.Name == "sweep" {
			continue // a recipe's parents are not overridden
		}
		items := sources
		if strings.HasPrefix(k.Name, "eval.") {
			items = evals
		}
		for _, name := range spelled(k.Name, items) {
			switch {
			case valued && name == key:
				all = append(all, wordsOf(k, name)...)
			case !valued && !strings.HasSuffix(k.Name, ".NAME.name") && strings.HasPrefix(name, typed):
				all = append(all, Listed{Name: name + "=", Summary: k.Summary})
			}
		}
	}
	return all
}

// spelled puts the names of sources, or of evaluations, in the place of NAME.
func spelled(key string, items []string) []string {
	before, after, named := strings.Cut(key, ".NAME.")
	if !named {
		return []string{key}
	}
	var all []string
	for _, name := range items {
		all = append(all, before+"."+name+"."+after)
	}
	return all
}

func wordsOf(k Listed, name string) (all []Listed) {
	for _, w := range k.Words {
		all = append(all, Listed{Name: name + "=" + w, Summary: k.Summary})
	}
	return all
}

// namesIn are the names of the recipe's sources and evaluations.
func namesIn(recipe string) (sources, evals []string) {
	r, err := recipes.Load(recipe, nil)
	if err != nil {
		return nil, nil
	}
	for _, s := range r.Sources {
		sources = append(sources, s.Name)
	}
	for _, e := range r.Eval {
		evals = append(evals, e.Name)
	}
	return sources, evals
}
