package launch

import (
	"errors"
	"fmt"
	"time"

	"trainyard/launch/database"
)

// Caps bound what attempts may cost, in US dollars, those that have not ended with
// their worst case; 0 is no cap. Days and months are those of UTC. An attempt whose
// price is not known is not bound by them: one's own machine has none.
type Caps struct {
	Run   float64 // all attempts of one run
	Sweep float64 // all runs of one sweep
	Day   float64
	Month float64
}

// ErrCap is what a [CapError] is.
var ErrCap = errors.New("over the cap")

// A CapError refuses an attempt that may cost more than a cap leaves.
type CapError struct {
	Of    string   // run, sweep, day or month, with which
	Cap   float64  // US dollars
	Spend Spend    // without the attempt that was refused
	Asked *float64 // its worst case in that time; nil: it has no end
}

func (e *CapError) Error() string {
	asked := "this attempt has no deadline, so its worst case has no end (set one)"
	if e.Asked != nil {
		asked = fmt.Sprintf("this attempt may cost $%.2f", *e.Asked)
	}
	words := fmt.Sprintf("%v of the %s, $%.2f: spent $%.2f, committed $%.2f, and %s", ErrCap, e.Of, e.Cap, e.Spend.Dollars, e.Spend.Committed, asked)
	if e.Spend.Unlimited > 0 {
		words += fmt.Sprintf("; %d attempts that go on have no deadline and count as they stand", e.Spend.Unlimited)
	}
	return words
}

// Is reports whether target is ErrCap.
func (e *CapError) Is(target error) bool { return target == ErrCap }

// allow refuses an attempt of a run that may pass a cap. It stands in the
// transaction that writes the intent, so that attempts which race to be written
// count each other.
func (c Caps) allow(tx *database.Tx, run string, f Facts, now time.Time) error {
	if c == (Caps{}) || f.Price == nil || *f.Price == 0 {
		return nil
	}
	var sweep string
	if err := tx.QueryRow(`SELECT coalesce(sweep, '') FROM runs WHERE id = ?`, run).Scan(&sweep); err != nil {
		return err
	}
	asked := Attempt{State: Pending, Facts: f}
	faults := []error{c.forever(tx, "run", run, c.Run, SpendQuery{Run: run}, asked, now)}
	if sweep != "" {
		faults = append(faults, c.forever(tx, "sweep", sweep, c.Sweep, SpendQuery{Sweep: sweep}, asked, now))
	}
	faults = append(faults, c.each(tx, "day", time.DateOnly, c.Day, dayOf, asked, now), c.each(tx, "month", "2006-01", c.Month, monthOf, asked, now))
	return errors.Join(faults...)
}

// forever looks at a cap on all time.
func (Caps) forever(tx *database.Tx, kind, name string, limit float64, q SpendQuery, asked Attempt, now time.Time) error {
	if limit == 0 {
		return nil
	}
	bills, err := readBills(tx.Query, q)
	if err != nil {
		return err
	}
	return fits(kind+" "+name, limit, sum(bills, time.Time{}, time.Time{}, now), asked.WorstCase())
}

// each looks at a cap on each day or month that the attempt may reach into.
func (Caps) each(tx *database.Tx, kind, layout string, limit float64, window func(time.Time) (from, until time.Time), asked Attempt, now time.Time) error {
	if limit == 0 {
		return nil
	}
	bills, err := readBills(tx.Query, SpendQuery{})
	if err != nil {
		return err
	}
	for from, until := window(now); !from.After(now.Add(asked.Limit)); from, until = window(until) {
		var worst *float64
		if asked.Limit > 0 {
			dollars := *asked.Price * overlap(now, now.Add(asked.Limit), from, until).Hours()
			worst = &dollars
		}
		if err := fits(kind+" "+from.Format(layout), limit, sum(bills, from, until, now), worst); err != nil {
			return err
		}
	}
	return nil
}

func fits(of string, limit float64, spend Spend, worst *float64) error {
	if worst != nil && spend.Dollars+spend.Committed+*worst <= limit {
		return nil
	}
	return &CapError{Of: of, Cap: limit, Spend: spend, Asked: worst}
}

// dayOf is the day, in UTC, that holds t.
func dayOf(t time.Time) (from, until time.Time) {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC), time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
}

// monthOf is the month, in UTC, that holds t.
func monthOf(t time.Time) (from, until time.Time) {
	y, m, _ := t.UTC().Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC), time.Date(y, m+1, 1, 0, 0, 0, 0, time.UTC)
}
