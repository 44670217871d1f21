package recipes

import (
	"time"

	"trainyard/launch"
)

// Job is the recipe's training as the launch package takes it. Of the dataset
// it says what a recipe can, the output; the rest of it, the backend, the devices and
// the variables of evaluations are the caller's to add.
func (r *Recipe) Job() launch.Job {
	stallAfter, _ := time.ParseDuration(r.Train.StallAfter) // its rule has read it; none is never
	return launch.Job{
		Recipe: r.Name, Fingerprint: r.Fingerprint(), RecipeText: string(r.YAML()),
		Dataset: launch.Dataset{Output: r.Mix.Output},
		Model:   r.Model.Base, Template: r.Model.Template, Window: r.Mix.Window,
		Trainer: r.Train.Trainer,
		Method:  r.Train.Method, Epochs: r.Train.Epochs, Batch: r.Train.Batch,
		LR: r.Train.LR, Schedule: r.Train.Schedule, Warmup: r.Train.Warmup,
		Seed: r.Train.Seed, Params: r.Train.Params, StallAfter: stallAfter,
		Tuning: r.Train.tuning(), Evals: r.Evaluations(),
	}
}

// tuning leaves the defaults out, so that a job that says no more than before
// looks as it did.
func (t *Train) tuning() launch.Tuning {
	usual := defaults().Train
	return launch.Tuning{
		MaxSteps: t.MaxSteps, MicroBatch: unless(t.MicroBatch, usual.MicroBatch), Precision: unless(t.Precision, usual.Precision),
		Packing: t.Packing, SequenceParallel: unless(t.SequenceParallel, usual.SequenceParallel),
		NoGradientCheckpointing: !t.GradientCheckpointing,
		SaveEvery:               unless(t.SaveEvery, usual.SaveEvery), EvalEvery: unless(t.EvalEvery, usual.EvalEvery),
		KeepCheckpoints: unless(t.KeepCheckpoints, usual.KeepCheckpoints),
		WeightDecay:     t.WeightDecay, MaxGradNorm: unless(t.MaxGradNorm, usual.MaxGradNorm),
		LoRA: launch.LoRA{Rank: t.LoRA.Rank, Alpha: t.LoRA.Alpha, Dropout: t.LoRA.Dropout, Targets: t.LoRA.Targets},
	}
}

// unless is v, or the zero value where v is the usual one.
func unless[T comparable](v, usual T) T {
	if v == usual {
		var none T
		return none
	}
	return v
}
