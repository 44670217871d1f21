package yard

import (
	"context"

	"trainyard/launch"
)

// learnSides adds what runs have cost and what they have trained on.
func learnSides(ctx context.Context, ledger *launch.Ledger, all []Side) error {
	for i := range all {
		if err := learnSide(ctx, ledger, &all[i]); err != nil {
			return err
		}
	}
	return nil
}

func learnSide(ctx context.Context, ledger *launch.Ledger, s *Side) error {
	hours, dollars := 0.0, 0.0
	s.Total = Total{&hours, &dollars}
	var trained []*int64
	for k := range s.Runs {
		r := &s.Runs[k]
		if err := r.learn(ctx, ledger); err != nil {
			return err
		}
		s.GPUHours, s.Dollars = sumOf(s.GPUHours, r.GPUHours), sumOf(s.Dollars, r.Dollars)
		trained = append(trained, r.Trained)
	}
	s.Trained = meanOf(trained)
	return nil
}

func (r *SideRun) learn(ctx context.Context, ledger *launch.Ledger) error {
	attempts, err := attemptsOf(ctx, ledger, r.run)
	if err != nil {
		return err
	}
	r.Total, r.Trained = totalOf(attempts), trainedBy(r.run)
	if err := r.addEvaluations(ctx, ledger); err != nil {
		return err
	}
	tokens := int64(0)
	r.Tokens = &tokens
	for _, a := range attempts {
		if a.Tokens == nil {
			r.Tokens = nil
			break
		}
		tokens += *a.Tokens
	}
	return nil
}

// addEvaluations adds what the evaluations of a run have cost.
func (r *SideRun) addEvaluations(ctx context.Context, ledger *launch.Ledger) error {
	if len(r.run.Job.Evals) == 0 {
		return nil
	}
	runs, err := ledger.Evaluations(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, e := range runs {
		attempts, err := attemptsOf(ctx, ledger, e)
		if err != nil {
			return err
		}
		cost := totalOf(attempts)
		r.GPUHours, r.Dollars = sumOf(r.GPUHours, cost.GPUHours), sumOf(r.Dollars, cost.Dollars)
	}
	return nil
}

// trainedBy is how many tokens inside the loss a run has seen: those of its dataset, by
// the passes over it and the part of the steps that is done, which of a run that has
// succeeded is all. It is not known where the dataset does not tell, and of other runs
// before the trainer has told its steps.
func trainedBy(r launch.Run) *int64 {
	split, done := r.Job.Dataset.Train, 1.0
	if r.State != launch.Succeeded {
		done = float64(r.Step) / float64(r.TotalSteps)
	}
	if split.TrainedTokens == 0 || split.Rows == 0 || r.TotalSteps == 0 && r.State != launch.Succeeded {
		return nil
	}
	passes := r.Job.Epochs
	if r.Job.MaxSteps > 0 {
		passes = min(passes, float64(r.Job.MaxSteps)*float64(r.Job.Batch)/float64(split.Rows))
	}
	n := int64(float64(split.TrainedTokens) * passes * done)
	return &n
}

// meanOf is nil where one is not known.
func meanOf(all []*int64) *int64 {
	var sum int64
	for _, n := range all {
		if n == nil {
			return nil
		}
		sum += *n
	}
	if len(all) == 0 {
		return nil
	}
	mean := sum / int64(len(all))
	return &mean
}
