package recipes

import (
	"time"

	"trainyard/launch"
)

// Job is the recipe's training as the launch package takes it. Of the dataset
// it says what a recipe can, the output; the rest of it, the backend and the
// devices are the caller's to add.
func (r *Recipe) Job() launch.Job {
	stallAfter, _ := time.ParseDuration(r.Train.StallAfter) // its rule has read it; none is never
	return launch.Job{
		Recipe: r.Name, Fingerprint: r.Fingerprint(), RecipeText: string(r.YAML()),
		Dataset: launch.Dataset{Output: r.Mix.Output},
		Model:   r.Model.Base, Template: r.Model.Template, Window: r.Mix.Window,
		Trainer: r.Train.Trainer,
		Method:  r.Train.Method, Epochs: float64(r.Train.Epochs), Batch: r.Train.Batch,
		LR: r.Train.LR, Schedule: r.Train.Schedule, Warmup: r.Train.Warmup,
		Seed: r.Train.Seed, Params: r.Train.Params, StallAfter: stallAfter,
	}
}
