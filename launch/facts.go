package launch

import (
	"cmp"
	"context"
	"database/sql"
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
	// attempt comes to by its price is [Attempt.Dollars].
	Cost *float64 `json:"cost"`
}

// Learn adds facts to an attempt. Zero fields leave the ledger as it is.
func (l *Ledger) Learn(ctx context.Context, run string, n int, f Facts) error {
	return l.update(ctx, func(tx *sql.Tx) error {
		if _, err := stateOf(tx, run, n); err != nil {
			return err
		}
		return learn(tx, run, n, f)
	})
}

func learn(tx *sql.Tx, run string, n int, f Facts) error {
	_, err := tx.Exec(`
UPDATE attempts SET gpu = CASE WHEN ? <> '' THEN ? ELSE gpu END, gpus = CASE WHEN ? > 0 THEN ? ELSE gpus END,
	price = coalesce(?, price), limit_ms = CASE WHEN ? > 0 THEN ? ELSE limit_ms END,
	asked_ms = coalesce(?, asked_ms), ready_ms = coalesce(?, ready_ms), saved_step = coalesce(?, saved_step),
	resumed_from = CASE WHEN ? <> '' THEN ? ELSE resumed_from END, resumed_step = coalesce(?, resumed_step), cost = coalesce(?, cost)
WHERE run = ? AND n = ?`,
		f.GPU, f.GPU, f.GPUs, f.GPUs, nullable(f.Price), f.Limit.Milliseconds(), f.Limit.Milliseconds(),
		toMilli(f.AskedAt), toMilli(f.ReadyAt), nullableInt(f.SavedStep),
		f.ResumedFrom, f.ResumedFrom, nullableInt(f.ResumedStep), nullable(f.Cost), run, n)
	return err
}

func nullableInt(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}

// PaidFrom is when an attempt began to be paid; zero where it is not known to
// have begun.
func (a Attempt) PaidFrom() time.Time {
	if !a.AskedAt.IsZero() {
		return a.AskedAt
	}
	return a.StartedAt
}

// Paid is how long the place of an attempt was paid for, up to now while it goes
// on. known is false where it never began, or where its end was not seen.
func (a Attempt) Paid(now time.Time) (d time.Duration, known bool) {
	from, until := a.PaidFrom(), now
	if a.State.Ended() {
		until = a.EndedAt
	}
	if from.IsZero() || a.State == Lost || a.State.Ended() && a.EndedAt.IsZero() {
		return 0, false
	}
	return max(0, until.Sub(from)), true
}

// Dollars is what the attempt has cost so far: the provider's bill, or price by
// time; nil where neither is known.
func (a Attempt) Dollars(now time.Time) *float64 {
	if a.Cost != nil {
		return a.Cost
	}
	paid, known := a.Paid(now)
	if a.Price == nil || !known {
		return nil
	}
	dollars := *a.Price * paid.Hours()
	return &dollars
}

// GPUHours is how long its GPUs were held, together; nil where their number or
// the time is not known.
func (a Attempt) GPUHours(now time.Time) *float64 {
	paid, known := a.Paid(now)
	if a.GPUs == 0 || !known {
		return nil
	}
	hours := float64(a.GPUs) * paid.Hours()
	return &hours
}

// facts are what a job says of each of its attempts.
func (j Job) facts() Facts {
	f := Facts{GPUs: j.GPUs * j.Machines(), Limit: j.Deadline}
	if j.GPUHour != nil {
		price := *j.GPUHour * float64(j.Devices())
		f.Price = &price
	}
	return f
}

// over lays what is known over what the job says.
func (f Facts) over(said Facts) Facts {
	f.GPUs, f.Limit = cmp.Or(f.GPUs, said.GPUs), cmp.Or(f.Limit, said.Limit)
	if f.Price == nil {
		f.Price = said.Price
	}
	return f
}

// news reports whether f says something that known does not.
func (f Facts) news(known Facts) bool {
	other := func(a, b *float64) bool { return a != nil && (b == nil || *a != *b) }
	steps := func(a, b *int64) bool { return a != nil && (b == nil || *a != *b) }
	at := func(a, b time.Time) bool { return !a.IsZero() && a.UnixMilli() != b.UnixMilli() }
	return f.GPU != "" && f.GPU != known.GPU || f.GPUs != 0 && f.GPUs != known.GPUs || f.Limit.Milliseconds() != 0 && f.Limit.Milliseconds() != known.Limit.Milliseconds() ||
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
