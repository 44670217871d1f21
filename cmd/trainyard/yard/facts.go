package yard

import (
	"cmp"
	"context"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/estimate"
)

// AttemptFacts are what follows from what an attempt told, did and cost. A figure
// that something is missing for is nil.
type AttemptFacts struct {
	Attempt int          `json:"attempt"`
	State   launch.State `json:"state"`

	Tokens          *int64   `json:"tokens"` // trained on by this attempt
	TokensPerSecond *float64 `json:"tokens_per_second"`
	// MFU is the share of the GPUs' peak that the model's operations took; known
	// where the model's shape and the kind and number of GPUs are.
	MFU      *float64 `json:"mfu"`
	GPUHours *float64 `json:"gpu_hours"`
	Dollars  *float64 `json:"dollars"`

	// What was paid for and brought nothing.
	Provisioning *float64 `json:"provisioning_seconds"` // from asking for a place until the trainer started
	LostSteps    *int64   `json:"lost_steps"`           // done after the checkpoint that the run went on from, or could
}

// A Total is what all attempts of a run have cost.
type Total struct {
	GPUHours *float64 `json:"gpu_hours"` // nil: not known of all of them
	Dollars  *float64 `json:"dollars"`   // likewise
}

// facts derives the facts of all attempts of a run. attempts are in order.
func facts(ctx context.Context, ledger *launch.Ledger, run launch.Run, attempts []launch.Attempt) ([]AttemptFacts, error) {
	now, perToken := time.Now(), flopsPerToken(run.Job)
	all := make([]AttemptFacts, len(attempts))
	for i, a := range attempts {
		f := AttemptFacts{Attempt: a.N, State: a.State, GPUHours: a.GPUHours(now), Dollars: a.Dollars(now), Provisioning: provisioning(a)}
		var err error
		if f.Tokens, err = ledger.TokensTrained(ctx, run.ID, a); err != nil {
			return nil, err
		}
		f.TokensPerSecond = speed(a, f.Tokens)
		f.MFU = mfu(a, f.TokensPerSecond, perToken)
		var next *launch.Attempt
		if i+1 < len(attempts) {
			next = &attempts[i+1]
		}
		f.LostSteps = lostSteps(a, next)
		all[i] = f
	}
	return all, nil
}

func totalOf(all []AttemptFacts) (t Total) {
	hours, dollars := 0.0, 0.0
	t = Total{&hours, &dollars}
	for _, f := range all {
		t.GPUHours, t.Dollars = sumOf(t.GPUHours, f.GPUHours), sumOf(t.Dollars, f.Dollars)
	}
	return t
}

// sumOf is nil where one of both is not known.
func sumOf(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	sum := *a + *b
	return &sum
}

// speed is tokens by the trainer's own clock, or what it tells itself, unless that
// may count tokens of attempts before.
func speed(a launch.Attempt, tokens *int64) *float64 {
	switch {
	case tokens != nil && a.Elapsed > 0:
		v := float64(*tokens) / a.Elapsed.Seconds()
		return &v
	case a.TokensPerSecond > 0 && a.ResumedStep == nil:
		return &a.TokensPerSecond
	}
	return nil
}

func mfu(a launch.Attempt, speed *float64, perToken float64) *float64 {
	gpu, known := estimate.GPUs[strings.ToLower(a.GPU)]
	if speed == nil || perToken == 0 || !known || a.GPUs == 0 {
		return nil
	}
	v := *speed * perToken / (gpu.Peak * float64(a.GPUs))
	return &v
}

// flopsPerToken is 0 where the model's shape is not known.
func flopsPerToken(j launch.Job) float64 {
	shape, _, err := shapeOf(j.Model)
	if err != nil {
		return 0
	}
	method := cmp.Or(j.Method, "full")
	if method == "qlora" {
		method = "lora" // the same weights learn
	}
	t := estimate.Training{
		Model: shape, Method: method, Rows: j.Dataset.Train.Rows, Tokens: j.Dataset.Train.Tokens, Longest: int64(j.Window), Epochs: j.Epochs, Batch: j.Batch,
	}
	work, err := t.Work()
	if err != nil {
		return 0
	}
	return work.FLOPsPerToken
}

// provisioning is known where a place was asked for and the trainer has started.
func provisioning(a launch.Attempt) *float64 {
	if a.AskedAt.IsZero() || a.StartedAt.Before(a.AskedAt) {
		return nil
	}
	seconds := a.StartedAt.Sub(a.AskedAt).Seconds()
	return &seconds
}

// lostSteps counts from what the next attempt went on from, or else from the newest
// checkpoint. An attempt that goes on has lost nothing yet, one that succeeded
// nothing at all.
func lostSteps(a launch.Attempt, next *launch.Attempt) *int64 {
	var kept int64
	switch {
	case !a.State.Ended():
		return nil
	case a.State == launch.Succeeded:
		kept = a.Step
	case next != nil && next.ResumedStep != nil:
		kept = *next.ResumedStep
	case next != nil: // from the beginning
	case a.SavedStep != nil:
		kept = *a.SavedStep
	default:
		return nil
	}
	lost := max(0, a.Step-kept)
	return &lost
}
