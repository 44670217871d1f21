package alert

import (
	"fmt"
	"math"
	"slices"
	"time"

	"trainyard/launch"
)

// A Kind is what an alert is about.
type Kind string

const (
	NotFinite Kind = "nan"    // a loss or a gradient that is no number
	Stall     Kind = "stall"  // it tells nothing any more
	Spike     Kind = "spike"  // a loss far above those before
	Budget    Kind = "budget" // four fifths of the money are spent
	End       Kind = "end"    // it ended, however
)

// Kinds are all there are.
var Kinds = []Kind{NotFinite, Stall, Spike, Budget, End}

// An Alert is one message.
type Alert struct {
	Kind    Kind      `json:"kind"`
	Run     string    `json:"run"`
	Attempt int       `json:"attempt"`
	Recipe  string    `json:"recipe"`
	State   string    `json:"state"`
	Step    int64     `json:"step"`
	Text    string    `json:"text"` // one sentence for people; Slack's and Discord's webhooks show it
	Content string    `json:"content"`
	At      time.Time `json:"at"`
}

// Of gives the alerts that a run's state asks for. losses are the newest training
// losses, oldest first; budget is its cap in dollars, 0 for none, spent what it cost.
func Of(run launch.Run, losses []float64, spent, budget float64, now time.Time) []Alert {
	var alerts []Alert
	add := func(kind Kind, format string, args ...any) {
		text := fmt.Sprintf("%s (run %s, attempt %d): ", run.Job.Recipe, run.ID[:min(8, len(run.ID))], run.N) + fmt.Sprintf(format, args...)
		alerts = append(alerts, Alert{
			Kind: kind, Run: run.ID, Attempt: run.N, Recipe: run.Job.Recipe, State: string(run.State), Step: run.Step, Text: text, Content: text, At: now,
		})
	}
	if run.Diverged {
		add(NotFinite, "its loss is no finite number%s", atStep(run.DivergedStep))
	}
	if run.Stalled != "" {
		add(Stall, "%s", run.Stalled)
	}
	if high, usual, ok := spike(losses); ok {
		add(Spike, "its loss rose to %.3f, from about %.3f", high, usual)
	}
	if budget > 0 && spent >= 0.8*budget && !run.State.Ended() {
		add(Budget, "it has cost $%.2f of $%.2f", spent, budget)
	}
	if run.State.Ended() {
		add(End, "%s: %s", run.State, run.Reason)
	}
	return alerts
}

func atStep(step *int64) string {
	if step == nil {
		return ""
	}
	return fmt.Sprintf(" since step %d", *step)
}

// spikeWindow is how many losses before the newest are its measure.
const spikeWindow = 50

// spike reports whether the newest of the losses lies far above those before: by more
// than 6 times their median deviation from the median, and by a tenth. A loss of
// one-row batches scatters by a few deviations.
func spike(losses []float64) (high, usual float64, ok bool) {
	n := len(losses)
	if n < spikeWindow/2 {
		return 0, 0, false
	}
	high = losses[n-1]
	before := losses[max(0, n-1-spikeWindow) : n-1]
	usual = median(before)
	scatter := make([]float64, len(before))
	for i, v := range before {
		scatter[i] = math.Abs(v - usual)
	}
	return high, usual, high > usual+6*1.4826*median(scatter) && high > 1.1*usual
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
