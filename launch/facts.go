package launch

import (
	"context"
	"time"

	"trainyard/launch/database"
	"trainyard/launch/task"
)

// Facts is task.Facts.
type Facts = task.Facts

// Learn adds facts to an attempt. Zero fields leave the ledger as it is.
func (l *Ledger) Learn(ctx context.Context, run string, n int, f Facts) error {
	return l.update(ctx, func(tx *database.Tx) error {
		if _, err := stateOf(tx, run, n); err != nil {
			return err
		}
		return learn(tx, run, n, f)
	})
}

func learn(tx *database.Tx, run string, n int, f Facts) error {
	_, err := tx.Exec(`
UPDATE attempts SET gpu = CASE WHEN ? <> '' THEN ? ELSE gpu END, gpus = CASE WHEN CAST(? AS BIGINT) > 0 THEN ? ELSE gpus END,
	price = coalesce(?, price), limit_ms = CASE WHEN CAST(? AS BIGINT) > 0 THEN ? ELSE limit_ms END,
	asked_ms = coalesce(?, asked_ms), ready_ms = coalesce(?, ready_ms), saved_step = coalesce(?, saved_step),
	resumed_from = CASE WHEN ? <> '' THEN ? ELSE resumed_from END, resumed_step = coalesce(?, resumed_step), cost = coalesce(?, cost),
	environment = CASE WHEN ? <> '' THEN ? ELSE environment END
WHERE run = ? AND n = ?`,
		f.GPU, f.GPU, f.GPUs, f.GPUs, nullable(f.Price), f.Limit.Milliseconds(), f.Limit.Milliseconds(),
		toMilli(f.AskedAt), toMilli(f.ReadyAt), nullableInt(f.SavedStep),
		f.ResumedFrom, f.ResumedFrom, nullableInt(f.ResumedStep), nullable(f.Cost), f.Environment, f.Environment, run, n)
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
	f := Facts{GPUs: j.GPUs * j.NodeCount(), Limit: j.Deadline}
	if f.GPUs == 1 && j.GPUHour == nil {
		f.GPUs = 0 // one device without a price may be a processor
	}
	if j.GPUHour != nil {
		price := *j.GPUHour * float64(j.World())
		f.Price = &price
	}
	return f
}
