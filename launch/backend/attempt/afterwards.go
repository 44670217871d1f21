package attempt

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"trainyard/launch/files"
)

// destroyName tells how the destruction of the box goes; the box usually takes it along.
const destroyName = "destroy.json"

// A destruction is what destroy.json says.
type destruction struct {
	At    time.Time `json:"at"`
	Tries int       `json:"tries"`
	Last  string    `json:"last"` // the last answer, or why there was none
	Gone  bool      `json:"gone"`
}

// afterwards is what follows the exit record where the box is to destroy itself: its
// caller may collect, then the request is sent until the provider says that the box is
// gone. That the box is gone ends this process too, nearly always.
func (s *supervisor) afterwards(signals <-chan os.Signal) error {
	if s.spec.Destroy == nil {
		return nil
	}
	s.awaitCollection(signals)
	destroy, look := s.spec.Destroy.requests(os.Getenv)
	var d destruction
	for wait := firstBackoff; ; wait = min(2*wait, lastBackoff) {
		d.Tries++
		d.Gone, d.Last = attemptDestroy(destroy, look)
		d.At = time.Now()
		if err := files.WriteJSON(s.dir, destroyName, d); err != nil {
			fmt.Fprintln(os.Stderr, "record the destruction:", err) // the disk may be full, and it goes on
		}
		if d.Gone {
			return nil
		}
		time.Sleep(wait)
	}
}

const (
	firstBackoff = time.Second
	// lastBackoff is short enough that an outage of the provider costs little more.
	lastBackoff = 2 * time.Minute
)

// attemptDestroy asks once, and looks. An answer that it is done is not believed before
// the provider does not know the box any more.
func attemptDestroy(destroy, look httpRequest) (isGone bool, last string) {
	status, err := send(context.Background(), destroy)
	if err != nil {
		return false, err.Error()
	}
	if status == 404 || status == 410 {
		return true, fmt.Sprintf("%d: there is no such box", status)
	}
	last = fmt.Sprintf("%s answered %d", destroy.Method, status)
	if look.Method == destroy.Method && look.URL == destroy.URL || status >= 300 {
		return false, last
	}
	status, err = send(context.Background(), look)
	if err != nil {
		return false, last + "; a look: " + err.Error()
	}
	return status == 404 || status == 410, fmt.Sprintf("%s; a look answered %d", last, status)
}

// awaitCollection returns when the caller has collected, when the time for it is over,
// or at a signal: then the machine goes down anyway.
func (s *supervisor) awaitCollection(signals <-chan os.Signal) {
	until := sinceBoot() + s.spec.Collect
	tick := time.NewTicker(queueInterval)
	defer tick.Stop()
	for sinceBoot() < until {
		if _, err := os.Stat(filepath.Join(s.dir, collectedName)); err == nil || gone(s.dir) {
			return
		}
		select {
		case sig := <-signals:
			if sig != syscall.SIGUSR1 {
				return
			}
		case <-tick.C:
		}
	}
}
