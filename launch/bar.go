package launch

import (
	"bytes"
	"regexp"
	"strconv"

	"trainyard/launch/cause"
)

// A bar is what transformers tells on standard output where it keeps no log of
// its own: a progress bar, whose lines end with \r, and a dict of figures now and
// then. The dict does not hold its step; the bar does.
type bar struct {
	Step  int64 `json:"step,omitempty"` // of the training bar
	Total int64 `json:"total,omitempty"`
	// Seen is the newest bar, which may be that of an evaluation: the one before
	// a training loss is the training's.
	Seen      int64 `json:"seen,omitempty"`
	SeenTotal int64 `json:"seen_total,omitempty"`
	Logged    int64 `json:"logged,omitempty"` // step of the newest training loss
	// Cleared says that the bar was wiped off the line before: tqdm's own write
	// does so, and draws the bar again behind what it wrote.
	Cleared bool `json:"cleared,omitempty"`
	// Waiting are figures whose step the next bar tells: because it is drawn
	// again for them (Redrawn), or because the bar before had not moved on, as
	// tqdm draws ten times a second at most.
	Waiting *Metric `json:"waiting,omitempty"`
	Redrawn bool    `json:"redrawn,omitempty"`
}

// barForm is a bar without a description: those with one load a model or read
// a dataset.
var barForm = regexp.MustCompile(`^\s*\d{1,3}%\|[^|]*\|\s*(\d{1,15})/(\d{1,15})\b`)

// read takes one line of a trainer's output. unread counts losses whose step
// stays unknown.
func (b *bar) read(metrics []Metric, line []byte) (all []Metric, unread bool) {
	cleared := b.Cleared
	b.Cleared = len(line) == 0
	if bytes.HasPrefix(line, []byte("[")) {
		line = cause.RankForm.ReplaceAll(line, nil) // torchrun's
	}
	if bytes.Contains(line, []byte("%|")) {
		if m := barForm.FindSubmatch(line); m != nil {
			metrics = b.moved(metrics, toInt(m[1]), toInt(m[2]))
		}
	}
	at := bytes.IndexByte(line, '{')
	if at < 0 {
		return metrics, false
	}
	var r reading
	if _, whole := scanObject(line[at:], r.take); !whole || !r.logged() {
		return metrics, false
	}
	r.finish()
	if r.hasStep {
		return append(metrics, r.Metric), false
	}
	if cleared && b.Waiting == nil {
		b.Waiting, b.Redrawn = &r.Metric, true
		return metrics, false
	}
	return b.place(metrics, r.Metric)
}

// logged reports whether a dict is one of the Trainer's: it holds a loss, or the
// epoch, which Trainer.log puts into each, with something else.
func (r *reading) logged() bool { return r.loss || r.Epoch != nil && len(r.Figures) > 1 }

// trains reports whether the figures are those of a training step.
func (m Metric) trains() bool { return m.Loss != nil || m.Diverged && m.EvalLoss == nil }

func (b *bar) moved(metrics []Metric, step, total int64) []Metric {
	b.Seen, b.SeenTotal = step, total
	if b.Redrawn && b.Waiting != nil {
		b.Total = total
	}
	if total != b.Total {
		return metrics
	}
	b.Step = step
	if b.Waiting != nil && (b.Redrawn || step > b.Logged) {
		metrics = append(metrics, b.at(*b.Waiting))
		b.Waiting, b.Redrawn = nil, false
	}
	return metrics
}

// end gives what waits for a bar that will not come the step of the last one.
func (b *bar) end(metrics []Metric) (all []Metric, unread bool) {
	waiting, known := b.Waiting, b.Redrawn && b.Total > 0 && (b.Step > b.Logged || b.Waiting != nil && !b.Waiting.trains())
	if b.Waiting, b.Redrawn = nil, false; waiting == nil || !known {
		return metrics, waiting != nil && waiting.trains()
	}
	return append(metrics, b.at(*waiting)), false
}

// place gives a dict of figures its step.
func (b *bar) place(metrics []Metric, m Metric) (all []Metric, unread bool) {
	if !m.trains() || m.EvalLoss != nil || b.SeenTotal == 0 {
		if b.Total == 0 {
			return metrics, m.Loss != nil || m.EvalLoss != nil || m.Diverged
		}
		m.Step, m.TotalSteps = b.Step, b.Total
		return append(metrics, m), false
	}
	b.Step, b.Total = b.Seen, b.SeenTotal
	if b.Step <= b.Logged {
		unread = b.Waiting != nil
		b.Waiting = &m
		return metrics, unread
	}
	return append(metrics, b.at(m)), false
}

func (b *bar) at(m Metric) Metric {
	if m.trains() {
		b.Logged = b.Step
	}
	m.Step, m.TotalSteps = b.Step, b.Total
	return m
}

func toInt(digits []byte) int64 {
	n, _ := strconv.ParseInt(string(digits), 10, 64) // at most 15 digits
	return n
}
