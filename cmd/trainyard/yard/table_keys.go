package yard

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trainyard/recipes"
)

// isNamed says that a key is called so, whole or by its last parts.
func isNamed(key, name string) bool { return key == name || strings.HasSuffix(key, "."+name) }

// keyNamed is the key that a name means: that of an axis, else one of the recipes, which
// arms may differ by, or the same in all cells.
func (k *knownSweep) keyNamed(name string, axes []string) (string, error) {
	if i := slices.IndexFunc(axes, func(key string) bool { return isNamed(key, name) }); i >= 0 {
		return axes[i], nil
	}
	keys := k.settings()
	found := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !isNamed(key, name) })
	switch {
	case slices.Contains(found, name):
		return name, nil
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("by %q: it may be %s", name, strings.Join(found, ", "))
	}
	hint := "it varies " + strings.Join(axes, ", ")
	if near := recipes.Closest(name, append(slices.Clone(axes), keys...)); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return "", fmt.Errorf("by %q: the sweep %s has no such key; %s", name, k.name, hint)
}

// settings are the keys that recipes of cells have; none where the ledger alone knows the
// sweep.
func (k *knownSweep) settings() (keys []string) {
	met := map[string]bool{}
	for i := range k.cells {
		for _, s := range k.cells[i].settingsOf() {
			if !met[s.Key] {
				met[s.Key] = true
				keys = append(keys, s.Key)
			}
		}
	}
	return keys
}

func (c *knownCell) settingsOf() []recipes.Setting {
	if c.Recipe == nil {
		return nil
	}
	return c.Recipe.Settings()
}

// valuesOf are what the cell has for keys: what its axes say, else its recipe.
func (c *knownCell) valuesOf(keys []string) []string {
	values := make([]string, len(keys))
	var settings []recipes.Setting
	for i, key := range keys {
		if at := slices.IndexFunc(c.Axes, func(a recipes.Axis) bool { return a.Key == key }); at >= 0 {
			values[i] = c.Axes[at].Value
			continue
		}
		if settings == nil {
			settings = c.settingsOf()
		}
		if at := slices.IndexFunc(settings, func(s recipes.Setting) bool { return s.Key == key }); at >= 0 {
			values[i] = settings[at].Text()
		}
	}
	return values
}

// byKey sorts rows by the values of one of their keys: numbers by size and before words.
func byKey(i int) func(a, b TableRow) int {
	return func(a, b TableRow) int {
		x, notX := strconv.ParseFloat(a.Values[i], 64)
		y, notY := strconv.ParseFloat(b.Values[i], 64)
		if notX != nil || notY != nil {
			return cmp.Or(cmp.Compare(one(notX != nil), one(notY != nil)), strings.Compare(a.Values[i], b.Values[i]))
		}
		return cmp.Compare(x, y)
	}
}
