package attempt

import (
	"os"
	"path/filepath"
	"time"

	"trainyard/launch/task"
)

// A stallWatch finds a trainer that has told nothing for long: neither its
// progress file nor, where it has none, its log has changed. It goes by our own
// clock, which goes on evenly when that of the machine is set.
type stallWatch struct {
	files []string
	after time.Duration
	seen  mark
	since time.Time
}

// A mark changes when a file is written.
type mark struct {
	size int64
	at   time.Time
}

func newStallWatch(dir string, spec spec) *stallWatch {
	w := &stallWatch{after: spec.StallAfter, since: time.Now()}
	if spec.Progress != "" {
		w.files = append(w.files, filepath.Join(dir, filepath.FromSlash(spec.Progress)))
	}
	w.files = append(w.files, filepath.Join(dir, task.LogName))
	return w
}

func (w *stallWatch) stalled() bool {
	if w.after <= 0 {
		return false
	}
	if now := w.look(); now != w.seen {
		w.seen, w.since = now, time.Now()
	}
	return time.Since(w.since) >= w.after
}

// look marks the first of the files that is there.
func (w *stallWatch) look() mark {
	for _, file := range w.files {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return mark{info.Size(), info.ModTime()}
		}
	}
	return mark{}
}
