package yard

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"trainyard/launch/stats"
)

// seedKeys are what runs of one recipe may differ by.
var seedKeys = []string{"train.seed", "mix.seed", "mix.validation_seed"}

// pooledRecipes warns of sides whose runs are of different recipes: what their interval
// is wide for is then not seeds alone. Where and how a run was started is no recipe, nor
// is what it is judged on.
func pooledRecipes(sides []Side, said map[string]map[string]string) (warnings []stats.Warning) {
	for _, s := range sides {
		keys := map[string]bool{}
		for _, r := range s.Runs[1:] {
			for key := range keysApart(said[s.Runs[0].ID], said[r.ID]) {
				keys[key] = true
			}
		}
		if len(keys) > 0 {
			warnings = append(warnings, stats.Warning{Doubt: stats.OtherRecipes, Words: fmt.Sprintf(
				"%s pools runs of different recipes as if they were seeds: they differ by %s", s.Name, fewOf(slices.Sorted(maps.Keys(keys)), ", "))})
		}
	}
	return warnings
}

// keysApart are the keys of two recipes that make them different ones.
func keysApart(a, b map[string]string) map[string]bool {
	keys := map[string]bool{}
	for _, said := range []map[string]string{a, b} {
		for key := range said {
			if a[key] != b[key] && !slices.Contains(seedKeys, key) && !strings.HasPrefix(key, "--") && !strings.HasPrefix(key, "eval.") {
				keys[key] = true
			}
		}
	}
	return keys
}

// fewWords is how many names a sentence holds.
const fewWords = 6

// fewOf joins names, of many the first ones.
func fewOf(names []string, by string) string {
	if more := len(names) - fewWords; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:fewWords], by), more)
	}
	return strings.Join(names, by)
}
