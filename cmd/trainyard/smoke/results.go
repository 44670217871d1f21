package smoke

import (
	"errors"
	"maps"
	"path/filepath"
)

// finish writes the model and, last, the results: train_results.json is what
// says that a run is complete. Keys are LLaMA-Factory's (transformers,
// Trainer.log_metrics); its total_flos would be a guess here and is left out.
func (r *run) finish() error {
	out := r.cfg.OutputDir
	err := errors.Join(
		r.writeModel(out),
		writeJSON(filepath.Join(out, "trainer_state.json"), r.trainerState()))
	if err != nil {
		return err
	}
	train, eval := r.trainResults(), r.evalResults()
	all := maps.Clone(train)
	maps.Copy(all, eval)
	if len(eval) > 0 {
		err = writeJSON(filepath.Join(out, "eval_results.json"), eval)
	}
	err = errors.Join(err, writeJSON(filepath.Join(out, "all_results.json"), all))
	if err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(out, "train_results.json"), train); err != nil {
		return err
	}
	r.sayDone()
	return nil
}

func (r *run) trainResults() map[string]float64 {
	seconds := max(r.elapsed().Seconds(), 1e-9)
	rows := float64(len(r.data.train.rows)) * r.plan.epoch(r.plan.steps)
	return map[string]float64{
		"epoch":                    r.plan.epoch(r.plan.steps),
		"num_input_tokens_seen":    float64(r.at.Tokens),
		"train_loss":               r.at.LossSum / float64(r.at.Trained),
		"train_runtime":            rounded(seconds, 4),
		"train_samples_per_second": rounded(rows/seconds, 3),
		"train_steps_per_second":   rounded(float64(r.plan.steps)/seconds, 3),
	}
}

// evalResults is empty where there is no validation row.
func (r *run) evalResults() map[string]float64 {
	_, last := r.validationLosses()
	if last == nil {
		return nil
	}
	seconds := max(*last.EvalRuntime, 1e-9)
	return map[string]float64{
		"epoch":                   last.Epoch,
		"eval_loss":               *last.EvalLoss,
		"eval_runtime":            *last.EvalRuntime,
		"eval_samples_per_second": rounded(float64(len(r.data.validation.rows))/seconds, 3),
	}
}

// validationLosses finds the validation loss before the first step and after
// the last.
func (r *run) validationLosses() (first, last *event) {
	for i := range r.at.History {
		if e := &r.at.History[i]; e.EvalLoss != nil {
			if first == nil {
				first = e
			}
			last = e
		}
	}
	return first, last
}

func (r *run) sayDone() {
	r.say("done: %s steps, %s tokens (%s trained) in %s, mean loss %.4f",
		grouped(int64(r.plan.steps)), grouped(r.at.Tokens), grouped(r.at.Trained), clock(r.elapsed()), r.at.LossSum/float64(r.at.Trained))
	if first, last := r.validationLosses(); last != nil {
		r.say("validation loss %.4f before, %.4f after", *first.EvalLoss, *last.EvalLoss)
	}
	r.say("model in %s", filepath.Join(r.cfg.OutputDir, "model.safetensors"))
}
