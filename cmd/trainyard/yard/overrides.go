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
	sources := sourceNames(recipe)
	key, _, valued := strings.Cut(typed, "=")
	var all []Listed
	for _, k := range listKeys() {
		if k.Name == "extends" || k.Name == "sweep" {
			continue // a recipe's parents are not overridden
		}
		for _, name := range spelled(k.Name, sources) {
			switch {
			case valued && name == key:
				all = append(all, wordsOf(k, name)...)
			case !valued && k.Name != "sources.NAME.name" && strings.HasPrefix(name, typed):
				all = append(all, Listed{Name: name + "=", Summary: k.Summary})
			}
		}
	}
	return all
}

// spelled puts the names of sources in the place of NAME.
func spelled(key string, sources []string) []string {
	before, after, named := strings.Cut(key, ".NAME.")
	if !named {
		return []string{key}
	}
	var all []string
	for _, name := range sources {
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

func sourceNames(recipe string) (names []string) {
	r, err := recipes.Load(recipe, nil)
	if err != nil {
		return nil
	}
	for _, s := range r.Sources {
		names = append(names, s.Name)
	}
	return names
}
