package yard

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/mix"
	"trainyard/recipes"
)

// A Difference is one key of a recipe that not all runs of it share, with what
// it says in one of them.
type Difference struct {
	Key   string `json:"key"` // as an override spells it
	Value string `json:"value"`
}

// differences gives for every run what tells it from the other runs of its
// recipe: keys that all of them share are no difference.
func differences(runs []launch.Run) map[string][]Difference {
	byRecipe := map[string][]launch.Run{}
	for _, r := range runs {
		byRecipe[r.Job.Recipe] = append(byRecipe[r.Job.Recipe], r)
	}
	out := map[string][]Difference{}
	for _, group := range byRecipe {
		differ(group, out)
	}
	return out
}

func differ(group []launch.Run, out map[string][]Difference) {
	said := make([]map[string]string, len(group))
	data := dataSaid(group)
	for i, r := range group {
		said[i] = jobSaid(r.Job)
		maps.Copy(said[i], data[r.Job.Dataset.Dir])
	}
	for _, key := range slices.Sorted(maps.Keys(union(said))) {
		if values := distinct(said, key); len(values) < 2 {
			continue
		}
		for i, r := range group {
			out[r.ID] = append(out[r.ID], Difference{key, said[i][key]})
		}
	}
}

func union(said []map[string]string) map[string]bool {
	all := map[string]bool{}
	for _, s := range said {
		for key := range s {
			all[key] = true
		}
	}
	return all
}

func distinct(said []map[string]string, key string) map[string]bool {
	values := map[string]bool{}
	for _, s := range said {
		values[s[key]] = true
	}
	return values
}

// jobSaid is a job in the words of a recipe.
func jobSaid(j launch.Job) map[string]string {
	said := map[string]string{
		"model.base": j.Model, "model.template": j.Template, "train.trainer": j.Trainer, "train.method": j.Method,
		"train.epochs": words(j.Epochs), "train.batch": words(j.Batch), "train.lr": words(j.LR),
		"train.schedule": j.Schedule, "train.warmup": words(j.Warmup),
		"--backend": j.Backend, "--gpus": words(j.Devices()), "dataset": filepath.Base(j.Dataset.Dir),
	}
	flatten("train.params", map[string]any(j.Params), said)
	return said
}

// dataSaid reads what made the datasets of the runs, where they read more than
// one: in the words of the recipe that lies beside each. A dataset that is gone
// is told by its directory alone.
func dataSaid(group []launch.Run) map[string]map[string]string {
	said := map[string]map[string]string{}
	for _, r := range group {
		said[r.Job.Dataset.Dir] = nil
	}
	if len(said) < 2 {
		return said
	}
	for dir := range said {
		said[dir] = recipeSaid(filepath.Join(dir, mix.RecipeFile))
	}
	return said
}

// recipeSaid is the part of a recipe that makes a dataset, a word for each key.
func recipeSaid(file string) map[string]string {
	r, err := recipes.Load(file, nil)
	if err != nil {
		return nil
	}
	said := map[string]string{}
	for _, s := range r.Settings() {
		if s.Identity == recipes.OfDataset {
			said[s.Key] = s.Text()
		}
	}
	return said
}

func flatten(path string, v any, said map[string]string) {
	if m, ok := v.(map[string]any); ok {
		for key, value := range m {
			flatten(path+"."+key, value, said)
		}
		return
	}
	said[path] = words(v)
}

// words writes a value as an override would.
func words(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return strings.Trim(string(text), `"`)
}
