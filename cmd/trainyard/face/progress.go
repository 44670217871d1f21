package face

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"trainyard/mix"
)

// A ProgressLine shows a prepare's stage, rate and time left on a terminal,
// and nothing anywhere else. schollz/progressbar draws it: small, maintained,
// and it knows terminals.
type ProgressLine struct {
	t     *Terminal
	on    bool
	mu    sync.Mutex
	stage string
	bar   *progressbar.ProgressBar
	begun time.Time
	waits bool // it was told that another prepare holds the dataset
}

// NewProgressLine is silent where quiet, but for what must be told.
func NewProgressLine(t *Terminal, quiet bool) *ProgressLine {
	return &ProgressLine{t: t, on: t.ErrTTY && !quiet}
}

var stageVerbs = map[string]string{"wait": "waiting for another prepare of this dataset", "hash": "hashing", "read": "reading", "write": "writing", "export": "exporting"}

// Update shows how far the prepare is. That it waits for another is told where
// no line is shown as well, once.
func (l *ProgressLine) Update(p mix.Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.Stage == "wait" && !l.waits {
		l.finishBar()
		l.waits = true
		l.t.Say("waiting: another prepare is making this dataset and holds %s (Ctrl-C gives up and leaves the other alone)", p.Lock)
	}
	if !l.on {
		return
	}
	if p.Stage != l.stage {
		l.begin(p)
	}
	l.bar.Describe(l.describe(p))
	_ = l.bar.Set64(min(p.Done, p.Total))
}

func (l *ProgressLine) begin(p mix.Progress) {
	l.finishBar()
	l.stage, l.begun = p.Stage, time.Now()
	l.bar = progressbar.NewOptions64(p.Total,
		progressbar.OptionSetWriter(raw(l.t.Err)),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetWidth(max(0, min(20, l.t.err.width-70))),
	)
}

func (l *ProgressLine) describe(p mix.Progress) string {
	if p.Stage == "wait" {
		return stageVerbs[p.Stage]
	}
	rate := float64(p.Tokens) / max(time.Since(l.begun).Seconds(), 0.001)
	text := fmt.Sprintf("%s %s records", stageVerbs[p.Stage], Thousands(p.Records))
	if l.t.err.width >= 60 {
		text += fmt.Sprintf(", %.1fM tokens/s", rate/1e6)
	}
	return text
}

// Finish takes the line away.
func (l *ProgressLine) Finish() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.finishBar()
}

func (l *ProgressLine) finishBar() {
	if l.bar != nil {
		_ = l.bar.Clear()
	}
	l.bar = nil
}
