package face

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"trainyard/mix"
)

// A progressLine shows a prepare's stage, rate and time left on a terminal,
// and nothing anywhere else. schollz/progressbar draws it: small, maintained,
// and it knows terminals.
type progressLine struct {
	t     *Terminal
	on    bool
	mu    sync.Mutex
	stage string
	bar   *progressbar.ProgressBar
	begun time.Time
}

func NewProgressLine(t *Terminal, quiet bool) *progressLine {
	return &progressLine{t: t, on: t.ErrTTY && !quiet}
}

var stageVerbs = map[string]string{"wait": "waiting for another prepare of this dataset", "hash": "hashing", "read": "reading", "write": "writing"}

func (l *progressLine) Update(p mix.Progress) {
	if !l.on {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.Stage != l.stage {
		l.begin(p)
	}
	l.bar.Describe(l.describe(p))
	_ = l.bar.Set64(min(p.Done, p.Total))
}

func (l *progressLine) begin(p mix.Progress) {
	l.finishBar()
	l.stage, l.begun = p.Stage, time.Now()
	l.bar = progressbar.NewOptions64(p.Total,
		progressbar.OptionSetWriter(l.t.Err),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetWidth(max(0, min(20, l.t.width-70))),
	)
}

func (l *progressLine) describe(p mix.Progress) string {
	if p.Stage == "wait" {
		return stageVerbs[p.Stage]
	}
	rate := float64(p.Tokens) / max(time.Since(l.begun).Seconds(), 0.001)
	text := fmt.Sprintf("%s %s records", stageVerbs[p.Stage], Thousands(p.Records))
	if l.t.width >= 60 {
		text += fmt.Sprintf(", %.1fM tokens/s", rate/1e6)
	}
	return text
}

func (l *progressLine) Finish() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.finishBar()
}

func (l *progressLine) finishBar() {
	if l.bar != nil {
		_ = l.bar.Clear()
	}
	l.bar = nil
}
