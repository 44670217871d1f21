package yard

import (
	"encoding/json"
	"slices"
	"strings"

	"trainyard/launch"
	"trainyard/recipes"
)

// An IdleAxis is a key that a sweep varies and that the trainer is not told: cells which
// differ by it alone train alike.
type IdleAxis struct {
	Key     string `json:"key"`
	Trainer string `json:"trainer"`
}

// commandTrainer starts what a person wrote, which may read the job that lies beside it.
const commandTrainer = "command"

// findIdle renders the cells as their trainers would be started, and names the axes that
// change nothing of that.
func (y *Yard) findIdle(p *SweepPlan) {
	rendered := map[int]string{}
	for _, key := range keysOnAxes(p.Cells) {
		first := map[string]int{} // of cells that are alike but for the key
		pairs, differ, trainer := 0, false, ""
		for i, c := range p.Cells {
			if c.manifest == nil || c.Same != "" || c.Recipe.Train.Trainer == commandTrainer {
				continue
			}
			like := alikeBut(c, key)
			k, known := first[like]
			if !known {
				first[like] = i
				continue
			}
			a, b := y.renderOnce(p, k, rendered), y.renderOnce(p, i, rendered)
			pairs++
			if trainer = c.Recipe.Train.Trainer; a == "" || a != b {
				differ = true
				break
			}
		}
		if pairs > 0 && !differ {
			p.Idle = append(p.Idle, IdleAxis{Key: key, Trainer: trainer})
		}
	}
}

// keysOnAxes are the keys that the sweep varies, but for those of evaluations.
func keysOnAxes(cells []SweepCell) (keys []string) {
	for _, c := range cells {
		for _, a := range c.Axes {
			if !slices.Contains(keys, a.Key) && !strings.HasPrefix(a.Key, "eval.") {
				keys = append(keys, a.Key)
			}
		}
	}
	return keys
}

// alikeBut is one text for cells of one dataset that differ by the key alone.
func alikeBut(c SweepCell, key string) string {
	axes := slices.DeleteFunc(slices.Clone(c.Axes), func(a recipes.Axis) bool { return a.Key == key })
	text, err := json.Marshal([]any{c.data, axes, c.Repeat})
	if err != nil {
		panic("yard: " + err.Error()) // strings and numbers
	}
	return string(text)
}

func (y *Yard) renderOnce(p *SweepPlan, i int, known map[int]string) string {
	text, is := known[i]
	if !is {
		text = y.renderCell(p.Cells[i])
		known[i] = text
	}
	return text
}

// renderCell is all that the cell's trainer is told; empty where that is not known.
func (y *Yard) renderCell(c SweepCell) string {
	trainer, known := y.launcher(nil).Trainers[c.Recipe.Train.Trainer]
	plan, err := newPlan(c.Recipe, LaunchRequest{GPUs: 1, Nodes: 1})
	if !known || err != nil {
		return ""
	}
	plan.Job.Dataset = planned(&Prepared{Out: c.Dataset, Manifest: c.manifest})
	command, err := trainer.Render(plan.Job, launch.Site{Dir: "/RUN", Self: "trainyard"})
	if err != nil {
		return ""
	}
	text, err := json.Marshal(command)
	if err != nil {
		return ""
	}
	return string(text)
}
