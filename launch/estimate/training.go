package estimate

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Training is what is to be learnt, whatever it runs on.
type Training struct {
	Model   Shape
	Method  string    // full or lora
	Rows    int64     // of one epoch
	Tokens  int64     // likewise
	Squares float64   // sum of the squares of the lengths of rows, or of the sequences in packed ones; 0: all are as long as the mean
	Longest int64     // tokens of the longest row
	Lengths Quantiles // of the rows; nil: not known
	Epochs  float64
	Batch   int // rows a step, over all GPUs
	// PerDevice is how many rows are computed side by side on one GPU; 0 is 1.
	PerDevice int
	// FusedLoss says that the output layer and the loss are computed in parts, so
	// that no logits are kept: Liger, Cut Cross Entropy, chunked.
	FusedLoss bool
}

// Work is what a training takes, whatever it runs on.
type Work struct {
	Parameters    float64 `json:"parameters"`
	Trained       float64 `json:"trained_parameters"`
	Steps         int64   `json:"steps"`
	TokensPerStep float64 `json:"tokens_per_step"` // on average, without padding
	Tokens        float64 `json:"tokens"`          // of all epochs
	Padded        float64 `json:"padded_tokens"`   // the same with padding
	FLOPsPerToken float64 `json:"flops_per_token"`
	FLOPs         float64 `json:"flops"`
}

func (t *Training) lora() bool { return t.Method == "lora" }

// check refuses what no arithmetic makes sense of, all of it at once.
func (t *Training) check() error {
	var faults []string
	bad := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	bad(t.Model.Layers > 0, "the model has no shape")
	bad(slices.Contains([]string{"full", "lora"}, t.Method), "method is %q: give full or lora", t.Method)
	bad(t.Rows > 0 && t.Tokens > 0, "%d rows with %d tokens: nothing to train on", t.Rows, t.Tokens)
	bad(t.Longest > 0, "the longest row has %d tokens", t.Longest)
	bad(t.Epochs > 0 && !math.IsInf(t.Epochs, 0), "epochs is %v: give a number above 0", t.Epochs)
	bad(t.Batch > 0, "batch is %d: give the rows of a step", t.Batch)
	bad(slices.IsSorted(t.Lengths), "the lengths are not ascending")
	if len(faults) > 0 {
		return fmt.Errorf("estimate: %s", strings.Join(faults, "; "))
	}
	return nil
}

// Work counts steps and operations.
func (t *Training) Work() (Work, error) {
	if err := t.check(); err != nil {
		return Work{}, err
	}
	perEpoch := (t.Rows + int64(t.Batch) - 1) / int64(t.Batch)
	w := Work{
		Parameters: t.Model.Parameters(), Trained: t.trained(),
		Steps:         max(1, int64(math.Ceil(float64(perEpoch)*t.Epochs-1e-9))), // as trainers round
		TokensPerStep: float64(t.Tokens) / float64(perEpoch),
		Tokens:        float64(t.Tokens) * t.Epochs,
		FLOPsPerToken: t.flopsPerToken(),
	}
	w.Padded = w.Tokens * t.padding()
	w.FLOPs = w.Padded * w.FLOPsPerToken
	return w, nil
}

// flopsPerToken counts a multiplication and an addition as two operations. A
// weight that a token meets costs two of them forward, two for the gradient of
// its input, and two for its own, which frozen weights have none of. Attention
// costs twelve for each unit of the heads and each token attended to; causal
// masks halve it. A token attends within its row, so that the mean length counts
// rows by their tokens. Operations of recomputation are not counted: MFU is
// defined without them.
func (t *Training) flopsPerToken() float64 {
	perWeight := 6.0
	if t.lora() {
		perWeight = 4
	}
	mean := float64(t.Tokens) / float64(t.Rows)
	if t.Squares > 0 {
		mean = t.Squares / float64(t.Tokens)
	}
	s := t.Model
	return perWeight*s.Multiplied() + 6*float64(s.Layers*s.Heads*s.HeadDim)*mean
}
