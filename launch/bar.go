package launch

import (
	"bytes"
	"regexp"
	"strconv"
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
	// Waiting is a loss that came before the bar had moved on: tqdm draws ten
	// times a second at most. The next bar tells its step.
	Waiting *Metric `json:"waiting,omitempty"`
}

// barForm is a bar without a description: those with one load a model or read
// a dataset.
var barForm = regexp.MustCompile(`^\s*\d{1,3}%\|[^|]*\|\s*(\d{1,15})/(\d{1,15})\b`)

// read takes one line of a trainer's output. unread counts losses whose step
// stays unknown.
func (b *bar) read(metrics []Metric, line []byte) (all []Metric, unread bool) {
	if bytes.HasPrefix(line, []byte("[")) {
		line = rankForm.ReplaceAll(line, nil) // torchrun's
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
	if _, whole := scanObject(line[at:], r.take); !whole || !r.loss {
		return metrics, false
	}
	r.finish()
	if r.hasStep {
		return append(metrics, r.Metric), false
	}
	return b.place(metrics, r.Metric)
}

func (b *bar) moved(metrics []Metric, step, total int64) []Metric {
	b.Seen, b.SeenTotal = step, total
	if total != b.Total {
		return metrics
	}
	b.Step = step
	if b.Waiting != nil && step > b.Logged {
		metrics = append(metrics, b.at(*b.Waiting))
		b.Waiting = nil
	}
	return metrics
}

// place gives a dict of figures its step.
func (b *bar) place(metrics []Metric, m Metric) (all []Metric, unread bool) {
	if m.EvalLoss != nil || b.SeenTotal == 0 {
		if b.Total == 0 {
			return metrics, true
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
	b.Logged = b.Step
	m.Step, m.TotalSteps = b.Step, b.Total
	return m
}

func toInt(digits []byte) int64 {
	n, _ := strconv.ParseInt(string(digits), 10, 64) // at most 15 digits
	return n
}
