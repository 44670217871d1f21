package launch

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Run is one job that was asked for, with its newest attempt.
type Run struct {
	ID        string    `json:"id"` // random UUID
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by,omitempty"` // user name; empty: not known
	// Home is the machine and the state directory that the run's directory lies in,
	// as host:directory; empty: not known.
	Home string `json:"home,omitempty"`
	Job  Job    `json:"job"`
	Attempt
}

// An Attempt is one try at a run. Figures that were not reported are nil or
// zero, never guessed.
type Attempt struct {
	N      int    `json:"attempt"` // from 1
	State  State  `json:"state"`
	Reason string `json:"reason,omitempty"` // why it stands there, for people
	Handle Handle `json:"handle,omitempty"`
	// Progress is Command.Progress of this attempt.
	Progress string `json:"progress_file,omitempty"`
	// Output is Command.Output of this attempt.
	Output string `json:"output_dir,omitempty"`

	// NeverStarted says that it failed because the process that was to start it died
	// before it could, which is no fault of its own.
	NeverStarted bool `json:"never_started,omitempty"`
	// Verdict is that of the rule of a sweep that ended it, or is about to; empty: none.
	Verdict string `json:"verdict,omitempty"`

	StartedAt time.Time `json:"started_at,omitzero"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	ExitCode  *int      `json:"exit_code,omitempty"` // nil: none known
	Signal    int       `json:"signal,omitempty"`    // that ended the trainer

	Step            int64         `json:"step"`        // optimizer steps done
	TotalSteps      int64         `json:"total_steps"` // 0: not yet known
	Loss            *float64      `json:"loss"`        // newest reported
	EvalLoss        *float64      `json:"eval_loss"`   // newest reported
	TokensPerSecond float64       `json:"tokens_per_second"`
	Tokens          int64         `json:"tokens,omitempty"`     // trained on, as the trainer counts them; 0: not told
	Elapsed         time.Duration `json:"elapsed_ns,omitempty"` // of the newest line, as the trainer counts it
	Left            time.Duration `json:"left_ns"`              // the trainer's own estimate; 0: none
	// Diverged says that a loss was not a finite number, whatever came after;
	// DivergedStep is the first such step.
	Diverged     bool   `json:"diverged,omitempty"`
	DivergedStep *int64 `json:"diverged_step,omitempty"`
	// ToldAt is when the trainer told its newest step or evaluation, as far as the time of
	// its log shows.
	ToldAt time.Time `json:"told_at,omitzero"`
	// Segment is how often the trainer's log was deleted and begun anew.
	Segment int `json:"segment,omitempty"`
	// Unread counts the lines of the trainer's log that were not understood;
	// UnreadExample is the first of them.
	Unread        int64  `json:"unread_lines,omitempty"`
	UnreadExample string `json:"unread_example,omitempty"`
	// Trouble is what could not be read of the attempt, and why. The state does
	// not depend on it.
	Trouble string `json:"trouble,omitempty"`
	// Stalled says why a running trainer seems not to go on; empty where it
	// does. It is found out at each look and kept nowhere.
	Stalled string `json:"stalled,omitempty"`
	Facts

	heard bool // it ended, and all that its trainer told is read
}

// Duration is the time from start to end, or to now while it goes on; 0 for
// an attempt that has not started or whose end was not seen, and where the clock
// was set back in between.
func (a Attempt) Duration(now time.Time) time.Duration {
	switch {
	case a.StartedAt.IsZero(), a.State.Ended() && a.EndedAt.IsZero():
		return 0
	case a.State.Ended():
		return max(0, a.EndedAt.Sub(a.StartedAt))
	}
	return max(0, now.Sub(a.StartedAt))
}

// settled reports whether no backend needs to be asked about the run any more:
// it ended, and was not merely lost sight of.
func (r Run) settled() bool {
	return r.State.Ended() && (r.State != Lost || r.Handle == "")
}

// Heard reports whether the attempt has ended and all that its trainer told is in the
// ledger.
func (r Run) Heard() bool { return r.heard }

// NeverStarted is the status of an attempt whose launcher died before it could start it.
func NeverStarted() Status {
	return Status{State: Failed, NeverStarted: true, Code: -1, EndedAt: time.Now(), Reason: "never started: the trainyard that was starting it died before it could"}
}

// An Event is one line of a run's history.
type Event struct {
	At      time.Time `json:"at"`
	Attempt int       `json:"attempt"`
	State   State     `json:"state"` // after the event
	Text    string    `json:"text,omitempty"`
}

// minShort is the shortest id shown; see newID for how seldom it is not enough.
const minShort = 8

// ShortIDs gives for every run the shortest prefix, of at least 8 characters,
// that no other of these runs shares.
func ShortIDs(runs []Run) map[string]string {
	ids := make([]string, len(runs))
	for i, r := range runs {
		ids[i] = r.ID
	}
	slices.Sort(ids)
	short := make(map[string]string, len(ids))
	for i, id := range ids {
		n := minShort
		if i > 0 {
			n = max(n, common(id, ids[i-1])+1)
		}
		if i+1 < len(ids) {
			n = max(n, common(id, ids[i+1])+1)
		}
		short[id] = id[:min(n, len(id))]
	}
	return short
}

func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// An AmbiguousError lists the runs that share a prefix.
type AmbiguousError struct {
	Prefix string
	IDs    []string // newest first
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q fits %d runs: %s; give more characters", e.Prefix, len(e.IDs), strings.Join(e.IDs, ", "))
}
