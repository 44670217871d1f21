package yard

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"trainyard/launch"
	"trainyard/mix"
	"trainyard/recipes"
)

// A Difference is one key of a recipe that not all runs of it share, with what
// it says in one of them.
type Difference struct {
	Key   string `json:"key"`   // as an override spells it
	Value string `json:"value"` // empty where the run says none
	// Usual says that more than half of the runs say the same.
	Usual bool `json:"usual,omitempty"`
}

// A differing compares runs of one recipe.
type differing struct {
	kept func(id string) string // the file of the recipe that a run keeps
	read int                    // recipes that were read
	out  map[string][]Difference
}

// differences gives for every run what tells it from the other runs of its
// recipe: keys that all of them share are no difference.
func (y *Yard) differences(runs []launch.Run) map[string][]Difference {
	kept := func(id string) string { return filepath.Join(y.Home, "runs", id, launch.RecipeCopy) }
	d := &differing{kept: kept, out: map[string][]Difference{}}
	byRecipe := map[string][]launch.Run{}
	for _, r := range runs {
		if r.Job.Evaluates == nil {
			byRecipe[r.Job.Recipe] = append(byRecipe[r.Job.Recipe], r)
		}
	}
	for _, recipe := range slices.Sorted(maps.Keys(byRecipe)) {
		d.differ(byRecipe[recipe])
	}
	return d.out
}

func (d *differing) differ(group []launch.Run) {
	said := make([]map[string]string, len(group))
	data := d.dataSaid(group)
	for i, r := range group {
		said[i] = jobSaid(r.Job)
		maps.Copy(said[i], data[r.Job.Dataset.Dir])
	}
	ofData := union(slices.Collect(maps.Values(data)))
	explained := false // that the datasets are not one
	for _, key := range datasetLast(union(said)) {
		values := counted(said, key)
		if len(values) < 2 || key == datasetKey && explained {
			continue
		}
		explained = explained || ofData[key]
		for i, r := range group {
			value := said[i][key]
			d.out[r.ID] = append(d.out[r.ID], Difference{key, value, 2*values[value] > len(group)})
		}
	}
}

// datasetKey is the directory of the dataset, which is told where no key of
// the recipe says how datasets differ.
const datasetKey = "dataset"

func datasetLast(keys map[string]bool) []string {
	delete(keys, datasetKey)
	return append(slices.Sorted(maps.Keys(keys)), datasetKey)
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

// counted are the values of key, each with the number of runs that say it.
func counted(said []map[string]string, key string) map[string]int {
	values := map[string]int{}
	for _, s := range said {
		values[s[key]]++
	}
	return values
}

// jobSaid is a job in the words of a recipe.
func jobSaid(j launch.Job) map[string]string {
	said := map[string]string{
		"model.base": j.Model, "model.template": j.Template, "train.trainer": j.Trainer, "train.method": j.Method,
		"train.epochs": words(j.Epochs), "train.batch": words(j.Batch), "train.lr": words(j.LR),
		"train.schedule": j.Schedule, "train.warmup": words(j.Warmup), "train.seed": words(j.Seed),
		"--nodes":   words(j.NodeCount()),
		"--backend": j.Backend, "--gpus": words(j.Devices()), datasetKey: filepath.Base(j.Dataset.Dir),
	}
	flatten("train.params", map[string]any(j.Params), said)
	tuningSaid(j.Tuning, said)
	return said
}

// tuningSaid adds what a job says beyond the least, defaults filled in: a run that
// says the default is no other than one that says nothing.
func tuningSaid(t launch.Tuning, said map[string]string) {
	save, eval, keep := t.Steps()
	rank, alpha := t.LoRA.Size()
	for key, v := range map[string]any{
		"max_steps": t.MaxSteps, "micro_batch": t.Rows(), "precision": t.Float(), "packing": t.Packing, "sequence_parallel": t.Share(),
		"gradient_checkpointing": !t.NoGradientCheckpointing, "save_every": save, "eval_every": eval, "keep_checkpoints": keep,
		"weight_decay": t.WeightDecay, "max_grad_norm": t.Clip(),
		"lora.rank": rank, "lora.alpha": alpha, "lora.dropout": t.LoRA.Dropout, "lora.targets": t.LoRA.Targets,
	} {
		said["train."+key] = words(v)
	}
}

// mostDatasets bounds the recipes that one list reads. Beyond them a dataset is
// told by its directory alone: a list is looked at often.
const mostDatasets = 64

// dataSaid reads what made the datasets of the runs, where they read more than
// one: in the words of the recipe that each run keeps, or that lies beside its
// dataset.
func (d *differing) dataSaid(group []launch.Run) map[string]map[string]string {
	said := map[string]map[string]string{}
	for _, r := range group {
		said[r.Job.Dataset.Dir] = nil
	}
	if len(said) < 2 {
		return said
	}
	for _, r := range group {
		if dir := r.Job.Dataset.Dir; said[dir] == nil && d.read < mostDatasets {
			d.read++
			if said[dir] = recipeSaid(d.kept(r.ID)); said[dir] == nil {
				said[dir] = recipeSaid(filepath.Join(dir, mix.RecipeFile))
			}
		}
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
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return strings.Trim(string(text), `"`)
}
