package task

import (
	"cmp"
	"time"
)

// Facts are what is known of an attempt's place, price and checkpoints. A zero
// field is not known.
type Facts struct {
	GPU  string `json:"gpu,omitempty"`  // kind, such as h100
	GPUs int    `json:"gpus,omitempty"` // over all machines
	// Price is in US dollars an hour for the whole attempt, all its machines; nil
	// is not known, as on one's own machine.
	Price *float64 `json:"price_per_hour,omitempty"`
	// Limit is the longest that the trainer may run; the attempt is ended then.
	Limit time.Duration `json:"limit_ns,omitempty"`
	// AskedAt is when a place was asked for: from then on it may be paid.
	AskedAt time.Time `json:"asked_at,omitzero"`
	// ReadyAt is when the place was there and the trainer could start.
	ReadyAt time.Time `json:"ready_at,omitzero"`
	// SavedStep is the step of the newest whole checkpoint; nil where none is known.
	SavedStep *int64 `json:"saved_step,omitempty"`
	// ResumedFrom is the checkpoint that the attempt goes on from, and ResumedStep
	// its step; empty and nil where it begins at the beginning.
	ResumedFrom string `json:"resumed_from,omitempty"`
	ResumedStep *int64 `json:"resumed_step,omitempty"`
	// Cost in US dollars is what the provider's bill says; nil is not known. What an
	// attempt comes to by its price is launch.Attempt.Dollars.
	Cost *float64 `json:"cost"`
	// Environment is the hash of the lock that the trainer's Python environment was made
	// of; empty where the backend makes none.
	Environment string `json:"environment,omitempty"`
}

// Over lays what is known over what the job says.
func (f Facts) Over(said Facts) Facts {
	f.GPUs, f.Limit = cmp.Or(f.GPUs, said.GPUs), cmp.Or(f.Limit, said.Limit)
	if f.Price == nil {
		f.Price = said.Price
	}
	return f
}

// News reports whether f says something that known does not.
func (f Facts) News(known Facts) bool {
	other := func(a, b *float64) bool { return a != nil && (b == nil || *a != *b) }
	steps := func(a, b *int64) bool { return a != nil && (b == nil || *a != *b) }
	at := func(a, b time.Time) bool { return !a.IsZero() && a.UnixMilli() != b.UnixMilli() }
	return f.GPU != "" && f.GPU != known.GPU || f.Environment != "" && f.Environment != known.Environment || f.GPUs != 0 && f.GPUs != known.GPUs || f.Limit.Milliseconds() != 0 && f.Limit.Milliseconds() != known.Limit.Milliseconds() ||
		f.ResumedFrom != "" && f.ResumedFrom != known.ResumedFrom || other(f.Price, known.Price) || other(f.Cost, known.Cost) ||
		at(f.AskedAt, known.AskedAt) || at(f.ReadyAt, known.ReadyAt) || steps(f.SavedStep, known.SavedStep) || steps(f.ResumedStep, known.ResumedStep)
}

// WorstCase is the most that an attempt can cost in US dollars, price by limit;
// nil where one of them is not known.
func (f Facts) WorstCase() *float64 {
	if f.Price == nil || f.Limit == 0 {
		return nil
	}
	dollars := *f.Price * f.Limit.Hours()
	return &dollars
}
