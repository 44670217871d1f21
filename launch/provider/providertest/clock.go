package providertest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A Clock stands still until a caller sleeps: then it jumps.
type Clock struct {
	mu    sync.Mutex
	now   time.Time
	slept time.Duration
}

// NewClock begins at a fixed day, so that tests are the same each time.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)} }

// Now is where the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep moves the clock by d at once.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.slept = c.now.Add(d), c.slept+d
	return nil
}

// Slept is the sum of all sleeps.
func (c *Clock) Slept() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.slept
}

// Haste is the machine's clock for programs that a test runs: a sleep takes a
// thousandth of its time, and the clock tells afterwards that it took all of it.
type Haste struct{ skipped atomic.Int64 }

// Now is the machine's time and what was skipped.
func (h *Haste) Now() time.Time { return time.Now().Add(time.Duration(h.skipped.Load())) }

// Sleep waits for a thousandth of d.
func (h *Haste) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d / 1000)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		h.skipped.Add(int64(d - d/1000))
		return nil
	}
}

// Quick is a clock for a fake and for the programs that a test runs: since Began its time
// goes Times as fast as the machine's, in all of them alike.
type Quick struct {
	Began time.Time
	Times int64
}

// Now is how late it is by this clock.
func (q Quick) Now() time.Time { return q.Began.Add(time.Since(q.Began) * time.Duration(q.Times)) }

// Sleep waits until the clock has gone on by d.
func (q Quick) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d / time.Duration(q.Times))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// Text and ReadQuick carry the clock to another program.
func (q Quick) Text() string { return fmt.Sprintf("%d %d", q.Began.UnixNano(), q.Times) }

// ReadQuick reads what Text wrote; false where it is something else.
func ReadQuick(text string) (Quick, bool) {
	var began int64
	var q Quick
	n, err := fmt.Sscanf(text, "%d %d", &began, &q.Times)
	q.Began = time.Unix(0, began)
	return q, err == nil && n == 2 && q.Times > 0
}
