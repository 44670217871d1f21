package launch

import (
	"fmt"
	"math"
	"time"
)

const (
	// minIdle is how long a trainer may be silent whatever its steps take: it
	// may evaluate or write a checkpoint.
	minIdle = 2 * time.Minute
	// idleSteps is as how many steps of silence are too long.
	idleSteps = 20
)

// stall says that the trainer has told no step for far longer than its steps
// take; empty where it is not so.
func (r Run) stall(now time.Time) string {
	if r.State != Running || r.Step == 0 || r.ToldAt.IsZero() {
		return ""
	}
	idle, step := now.Sub(r.ToldAt), r.stepTime()
	if idle < max(minIdle, idleSteps*step) {
		return ""
	}
	if r.Step >= r.TotalSteps && r.TotalSteps > 0 {
		return fmt.Sprintf("all steps have been done for %s, and it has not ended", roughly(idle))
	}
	return fmt.Sprintf("no step for %s; steps took %s", roughly(idle), roughly(step))
}

// stepTime is what a step took: by the trainer's own estimate of the time left, by
// its clock, or by ours, in which loading the model counts too.
func (r Run) stepTime() time.Duration {
	switch {
	case r.Left > 0 && r.TotalSteps > r.Step:
		return r.Left / time.Duration(r.TotalSteps-r.Step)
	case r.Elapsed > 0:
		return r.Elapsed / time.Duration(r.Step)
	case r.StartedAt.IsZero():
		return 0
	}
	return max(0, r.ToldAt.Sub(r.StartedAt)) / time.Duration(r.Step)
}

// roughly writes a duration with one unit: 4 minutes, 1 s.
func roughly(d time.Duration) string {
	switch {
	case d < time.Second:
		return "less than 1 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f minutes", math.Floor(d.Minutes()))
	}
	return fmt.Sprintf("%.0f hours", math.Floor(d.Hours()))
}
