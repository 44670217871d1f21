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
	Squares float64   // sum of the squares of the rows' lengths; 0: all rows are as long as the mean
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

// A Site is what it is to run on.
type Site struct {
	GPU   string // of [GPUs]
	Count int
	Price float64 // dollars for one GPU and one hour; 0: the list prices
}

// An Estimate is what a training comes to at a site.
type Estimate struct {
	GPU      string `json:"gpu"`
	Count    int    `json:"count"`
	Fits     bool   `json:"fits"`
	Strategy string `json:"strategy"` // the first that fits, or the one that needs least
	Memory   Memory `json:"memory"`   // of one GPU under it

	Balance Range   `json:"balance"` // share of the time in which a GPU does not wait for a longer row
	Filled  float64 `json:"filled"`  // share of the GPUs that the batch keeps busy
	MFU     Range   `json:"mfu"`
	Speed   Range   `json:"tokens_per_second_per_gpu"`
	Price   Range   `json:"price"` // dollars for one GPU and one hour

	// Hours and what follows are nil where nothing fits.
	Hours    *Range `json:"hours,omitempty"`
	GPUHours *Range `json:"gpu_hours,omitempty"`
	Cost     *Range `json:"cost,omitempty"` // dollars

	Remedies []Remedy `json:"remedies,omitempty"` // what would fit, where this does not
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

// Check refuses GPUs that are not known, numbers of them that no machines have,
// and prices that are none.
func (s Site) Check() error {
	switch {
	case GPUs[s.GPU].Peak == 0:
		return fmt.Errorf("no GPU %q is known: there are %s", s.GPU, strings.Join(GPUNames(), ", "))
	case s.Count < 1 || s.Count > node && s.Count%node != 0:
		return fmt.Errorf("%d GPUs: give 1 to %d, or whole machines of %d", s.Count, node, node)
	case s.Price < 0 || math.IsNaN(s.Price) || math.IsInf(s.Price, 0):
		return fmt.Errorf("a price of %v: give dollars for one GPU and one hour", s.Price)
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

// At estimates the training at a site.
func (t *Training) At(site Site) (*Estimate, error) {
	w, err := t.Work()
	if err != nil {
		return nil, err
	}
	if err := site.Check(); err != nil {
		return nil, err
	}
	gpu := GPUs[site.GPU]
	strategy, need, fits := t.choose(site)
	e := &Estimate{
		GPU: site.GPU, Count: site.Count, Fits: fits, Strategy: strategy.Name, Memory: need,
		Balance: t.balance(site.Count), Filled: t.filled(site.Count), MFU: strategy.mfu(site.Count), Price: gpu.Price,
	}
	if site.Price > 0 {
		e.Price = exactly(site.Price)
	}
	e.Speed = e.MFU.times(e.Balance).times(exactly(e.Filled * gpu.Peak / w.FLOPsPerToken))
	if !fits {
		e.Remedies = t.remedies(site)
		return e, nil
	}
	gpuHours := e.Speed.under(w.Padded / 3600)
	hours, cost := gpuHours.times(exactly(1/float64(site.Count))), gpuHours.times(e.Price)
	e.Hours, e.GPUHours, e.Cost = &hours, &gpuHours, &cost
	return e, nil
}

// choose finds the first strategy under which a GPU and its machine hold what they
// must, or else the one that asks least beyond what they have.
func (t *Training) choose(site Site) (best Strategy, need Memory, fits bool) {
	gpu := GPUs[site.GPU]
	for _, s := range Strategies {
		m := t.need(s, site.Count)
		if m.excess(gpu) <= 1 {
			return s, m, true
		}
		if best.Name == "" || m.excess(gpu) < need.excess(gpu) {
			best, need = s, m
		}
	}
	return best, need, false
}
