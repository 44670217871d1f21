package yard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trainyard/launch"
	"trainyard/launch/provider"
)

// A Standing is what the ledger says of a box.
type Standing string

const (
	BoxInUse   Standing = "in use"  // its attempt goes on
	BoxOrphan  Standing = "orphan"  // its attempt has ended
	BoxUnknown Standing = "unknown" // this ledger cannot tell
)

// A Marked is a box that bears our mark.
type Marked struct {
	provider.Box
	Run      string       `json:"run,omitempty"` // id
	Attempt  int          `json:"attempt,omitempty"`
	RunState launch.State `json:"run_state,omitempty"` // of that attempt
	Standing Standing     `json:"standing"`
	Why      string       `json:"why"`
	Age      float64      `json:"age_s"` // since its creation, in seconds; 0: not told
	// Ended says that it was destroyed, and that two listings show it no more.
	Ended bool `json:"ended"`
}

// An Unmarked counts the boxes of an account that are not ours to touch.
type Unmarked struct {
	Provider     string  `json:"provider"`
	Boxes        int     `json:"boxes"`
	PricePerHour float64 `json:"price_per_hour"`
}

// Orphans are the boxes of all accounts.
type Orphans struct {
	Boxes    []Marked        `json:"boxes"`
	Unmarked []Unmarked      `json:"unmarked"`
	Unset    []Unset         `json:"not_configured"`
	Failed   []ProviderFault `json:"failed"` // what they have is not known
}

// PerHour sums what the boxes of a standing cost.
func (o *Orphans) PerHour(standing Standing) (boxes int, dollars float64) {
	for _, m := range o.Boxes {
		if m.Standing == standing && !m.Ended {
			boxes, dollars = boxes+1, dollars+m.PricePerHour
		}
	}
	return boxes, dollars
}

// Orphans lists what bears our mark in every account whose key is set, and what the
// ledger says of each. It changes nothing.
func (y *Yard) Orphans(ctx context.Context, only string) (*Orphans, error) {
	open, unset, err := y.Providers(only)
	if len(open) == 0 {
		return nil, err
	}
	answers, failed := each(open, func(p provider.Provider) ([]provider.Box, error) { return p.List(ctx) })
	found := &Orphans{Boxes: []Marked{}, Unmarked: []Unmarked{}, Unset: append([]Unset{}, unset...), Failed: append([]ProviderFault{}, failed...)}
	if err != nil {
		found.Failed = append(found.Failed, ProviderFault{"configuration", err.Error()})
	}
	for i, boxes := range answers {
		others := Unmarked{Provider: open[i].Name()}
		for _, b := range boxes {
			switch {
			case !b.Live():
			case b.Nonce == "":
				others.Boxes++
				others.PricePerHour += b.PricePerHour
			default:
				found.Boxes = append(found.Boxes, y.standing(ctx, b))
			}
		}
		if others.Boxes > 0 {
			found.Unmarked = append(found.Unmarked, others)
		}
	}
	return found, nil
}

// standing asks the ledger about the attempt that a box was rented for.
func (y *Yard) standing(ctx context.Context, b provider.Box) Marked {
	m := Marked{Box: b, Standing: BoxUnknown}
	if !b.CreatedAt.IsZero() {
		m.Age = max(0, y.now().Sub(b.CreatedAt).Seconds())
	}
	var ok bool
	if m.Run, m.Attempt, ok = y.owner(b); !ok {
		m.Why = "its name tells no run"
		return m
	}
	attempt, err := y.attempt(ctx, m.Run, m.Attempt)
	switch {
	case errors.Is(err, launch.ErrNoRun):
		m.Why = "the ledger in " + y.Home + " does not know the run: it may be another machine's"
		return m
	case err != nil:
		m.Why = "the ledger could not be asked: " + err.Error()
		return m
	}
	m.RunState = attempt.State
	switch {
	case attempt.State == launch.Lost:
		m.Why = "its attempt is lost: it may be running still"
	case attempt.State.Ended():
		m.Standing, m.Why = BoxOrphan, fmt.Sprintf("its attempt ended: %s", attempt.State)
	default:
		m.Standing, m.Why = BoxInUse, fmt.Sprintf("its attempt is %s", attempt.State)
	}
	return m
}

// owner reads the attempt from the box's name, or, where that was cut or changed,
// from the journal.
func (y *Yard) owner(b provider.Box) (run string, attempt int, ok bool) {
	if run, attempt, ok = provider.ReadOwner(b.Name); ok {
		return run, attempt, true
	}
	r, found, err := provider.JournalIn(y.Home).Load(b.Nonce)
	if err != nil || !found {
		return "", 0, false
	}
	return provider.ReadOwner(r.Name)
}

func (y *Yard) attempt(ctx context.Context, run string, n int) (launch.Attempt, error) {
	if !y.hasLedger() {
		return launch.Attempt{}, launch.ErrNoRun
	}
	l, err := y.Launcher()
	if err != nil {
		return launch.Attempt{}, err
	}
	attempts, err := l.Ledger.Attempts(ctx, run)
	for _, a := range attempts {
		if a.N == n {
			return a, nil
		}
	}
	if err == nil {
		err = launch.ErrNoRun
	}
	return launch.Attempt{}, err
}

// EndOrphans destroys the orphans of a list, and those that are unknown as well where
// the caller says so, until two listings show them no more. What is in use it leaves
// alone. It marks in the list what is gone.
func (y *Yard) EndOrphans(ctx context.Context, found *Orphans, unknown bool) error {
	open, _, err := y.Providers("")
	if len(open) == 0 {
		return err
	}
	var faults []error
	for _, p := range open {
		var boxes []provider.Box
		var at []int
		for i, m := range found.Boxes {
			if m.Provider == p.Name() && (m.Standing == BoxOrphan || unknown && m.Standing == BoxUnknown) {
				boxes, at = append(boxes, m.Box), append(at, i)
			}
		}
		if len(boxes) == 0 {
			continue
		}
		if err := y.Desk().Sweep(ctx, p, boxes); err != nil {
			faults = append(faults, err)
			continue
		}
		for _, i := range at {
			found.Boxes[i].Ended = true
		}
	}
	return errors.Join(faults...)
}

// Since is the age of a box.
func (m Marked) Since() time.Duration { return time.Duration(m.Age * float64(time.Second)) }
