package price

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// A Plan is what a launch may take at most.
type Plan struct {
	Rate     float64       `json:"rate"` // dollars for one box and one hour
	Boxes    int           `json:"boxes"`
	Deadline time.Duration `json:"deadline_ns"` // of one attempt, from the start of the bill to its end
	Attempts int           `json:"attempts"`
	// Source says where the rate comes from: offer, recipe, flag, or a file's name.
	Source string `json:"source"`
}

// longest is more than any attempt takes, so that products stay numbers.
const longest = 366 * 24 * time.Hour

// Check refuses a plan that has no worst case.
func (p Plan) Check() error {
	var faults []error
	bad := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf("worst case: "+format, args...))
		}
	}
	bad(number(p.Rate), "a rate of %v: give dollars for one box and one hour", p.Rate)
	bad(p.Boxes >= 1 && p.Boxes <= 1<<16, "%d boxes: give 1 or more", p.Boxes)
	bad(p.Attempts >= 1 && p.Attempts <= 1<<16, "%d attempts: give 1 or more", p.Attempts)
	bad(p.Deadline > 0 && p.Deadline <= longest, "a deadline of %v: without one there is no worst case", p.Deadline)
	return errors.Join(faults...)
}

func number(dollars float64) bool {
	return dollars >= 0 && !math.IsNaN(dollars) && !math.IsInf(dollars, 0)
}

// Worst is rate x deadline x attempts x boxes, in dollars, rounded up to the cent.
func (p Plan) Worst() (float64, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	dollars := p.Rate * p.Deadline.Hours() * float64(p.Attempts) * float64(p.Boxes)
	// A product of floats may stand a hair above its cent.
	return math.Ceil(dollars*100-1e-6) / 100, nil
}

// Words is the calculation as people read it.
func (p Plan) Words() string {
	text := fmt.Sprintf("$%.2f an hour (%s) x %s", p.Rate, p.Source, hours(p.Deadline))
	if p.Attempts > 1 {
		text += fmt.Sprintf(" x %d attempts", p.Attempts)
	}
	if p.Boxes > 1 {
		text += fmt.Sprintf(" x %d boxes", p.Boxes)
	}
	return text
}

func hours(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%.2f h", d.Hours())
}
