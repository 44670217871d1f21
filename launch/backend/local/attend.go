package local

import (
	"os"
	"syscall"
	"time"
)

// attend passes signals on until the trainer has ended, then sees to it that
// nothing of the attempt is left.
func (s *supervisor) attend(pid int, signals <-chan os.Signal, exited <-chan struct{}) {
	var kill <-chan time.Time
	for {
		select {
		case sig := <-signals:
			if ended(exited) {
				continue // by itself, before the signal: its own word counts
			}
			kill = time.After(s.asked(sig))
			s.signalAll(pid, syscall.SIGTERM)
		case <-kill:
			s.signalAll(pid, syscall.SIGKILL)
		case <-exited:
			s.sweep(pid)
			return
		}
	}
}

func ended(exited <-chan struct{}) bool {
	select {
	case <-exited:
		return true
	default:
		return false
	}
}

// asked notes who wants the end, and gives the time left for it.
func (s *supervisor) asked(sig os.Signal) time.Duration {
	var request stopRequest
	if found, err := readJSON(s.dir, stopName, &request); err == nil && found {
		s.stop = request
		return time.Until(request.deadline())
	}
	s.outside = sig
	return outsideGrace
}

// outsideGrace is for a TERM that did not come from a stop of ours: most often
// the machine goes down, and systemd kills 90 s after its TERM.
const outsideGrace = 60 * time.Second

// sweep ends what the trainer left behind. After a stop, processes that are
// still saving may use up the grace: a wrapper script dies of the TERM at once,
// while the trainer it started writes its checkpoint. The leader is not reaped
// yet, so the name of its group is still ours.
func (s *supervisor) sweep(pid int) {
	for time.Now().Before(s.stop.deadline()) && len(marked(s.dir)) > 0 {
		pause()
	}
	s.signalAll(pid, syscall.SIGKILL)
	for range 50 { // new processes may appear while old ones are killed
		if len(marked(s.dir)) == 0 {
			return
		}
		pause()
		s.signalAll(pid, syscall.SIGKILL)
	}
}

func (s *supervisor) signalAll(pid int, sig syscall.Signal) {
	_ = syscall.Kill(-pid, sig) // an empty group is what we want
	for _, other := range marked(s.dir) {
		if other != pid {
			_ = syscall.Kill(other, sig)
		}
	}
}
