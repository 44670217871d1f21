package face

import (
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// A BytesLine shows on a terminal how many bytes have come or gone, and nothing
// anywhere else.
type BytesLine struct {
	t    *Terminal
	on   bool
	verb string
	mu   sync.Mutex
	bar  *progressbar.ProgressBar
}

// NewBytesLine is silent where quiet.
func NewBytesLine(t *Terminal, quiet bool, verb string) *BytesLine {
	return &BytesLine{t: t, on: t.ErrTTY && !quiet, verb: verb}
}

// Update shows how many of how many bytes are there.
func (l *BytesLine) Update(done, total int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.on {
		return
	}
	if l.bar == nil {
		l.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(raw(l.t.Err)),
			progressbar.OptionSetDescription(l.verb),
			progressbar.OptionShowBytes(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetWidth(max(0, min(20, l.t.err.width-60))),
		)
	}
	_ = l.bar.Set64(min(done, total))
}

// Finish takes the line away.
func (l *BytesLine) Finish() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bar != nil {
		_ = l.bar.Clear()
		l.bar = nil
	}
}
