package attempt

import (
	"fmt"
	"time"
)

// processStart is when this process began, by the clock that goes on evenly.
var processStart = time.Now()

// A deadline is when a trainer is ended, and why. It lives in its supervisor alone: on a
// disk it would outlast the box, and stop a later attempt there at once. It goes by the
// time since the boot, in which a box that slept is older too, as its bill is.
type deadline struct {
	at     time.Duration // since boot; 0 is never
	why    ender
	reason string
}

// passed reports whether the time has come.
func (d deadline) passed() bool { return d.at > 0 && sinceBoot() >= d.at }

// deadlines are those of an attempt whose trainer starts now.
func (s *supervisor) deadlines() (all []deadline) {
	now := sinceBoot()
	if s.spec.Deadline > 0 {
		all = append(all, deadline{at: now + s.spec.Deadline, why: byDeadline, reason: fmt.Sprintf("its deadline of %v has passed", s.spec.Deadline)})
	}
	if s.spec.Budget > 0 && s.spec.PricePerHour > 0 {
		all = append(all, deadline{at: max(1, s.took+s.spec.affordable()), why: byBudget, reason: fmt.Sprintf("more time would cost more than its budget of %.2f, at %.2f an hour", s.spec.Budget, s.spec.PricePerHour)})
	}
	return all
}

// affordable is how long a supervisor may let its trainer run for what is left of the
// budget, so that saving and collecting are still paid for. It may be negative.
func (s spec) affordable() time.Duration {
	const longest = 20 * 365 * 24 * time.Hour
	hours := (s.Budget - s.Spent) / s.PricePerHour
	return time.Duration(min(hours, longest.Hours())*float64(time.Hour)) - s.grace() - s.Collect
}

// grace is how long a trainer may take to save that another than its caller ends.
func (s spec) grace() time.Duration {
	if s.Grace > 0 {
		return s.Grace
	}
	return outsideGrace
}

// An ender is what ended a trainer that was neither stopped nor stalled.
type ender string

const (
	byDeadline   ender = "deadline"
	byBudget     ender = "budget"
	byPreemption ender = "preemption"
)
