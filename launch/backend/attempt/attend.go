package attempt

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"trainyard/launch/files"
)

// attend passes signals on until the trainer has ended, then sees to it that
// nothing of the attempt is left.
func (s *supervisor) attend(pid int, signals <-chan os.Signal, exited <-chan struct{}, mask *logMask) {
	var kill <-chan time.Time
	tick := time.NewTicker(attendInterval)
	defer tick.Stop()
	watch, disk, deadlines := newStallWatch(s.dir, s.spec), newDiskWatch(s.dir, s.spec.MinFree), s.deadlines()
	disk.look()
	kin := familyWatch{dir: s.dir}
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	defer signal.Stop(children)
	for {
		select {
		case sig := <-signals:
			if ended(exited) {
				continue // by itself, before the signal: its own word counts
			}
			if sig == syscall.SIGUSR1 {
				s.warn(pid)
				continue
			}
			kill = time.After(s.asked(sig))
			s.signalAll(pid, syscall.SIGTERM)
		case <-tick.C:
			if ended(children) {
				reapOrphans(pid)
			}
			disk.look()
			kin.look(descendants)
			mask.look(false)
			if kill == nil && (s.late(deadlines) || s.silent(watch)) {
				kill = time.After(s.allow(s.spec.grace()))
				s.signalAll(pid, syscall.SIGTERM)
			}
		case <-kill:
			s.signalAll(pid, syscall.SIGKILL)
		case <-exited:
			s.sweep(pid)
			kin.close()
			return
		}
	}
}

// attendInterval is how often a supervisor looks around.
const attendInterval = time.Second

// ended reports whether there is news, and takes it.
func ended[T any](exited <-chan T) bool {
	select {
	case <-exited:
		return true
	default:
		return false
	}
}

// asked notes where a wish for the end comes from, and gives the time left for it.
func (s *supervisor) asked(sig os.Signal) time.Duration {
	var request stopRequest
	if found, err := files.ReadJSON(s.dir, stopName, &request); err == nil && found {
		s.stop = request
		// What the clock says since the request may be anything, if it was set.
		return s.allow(min(max(time.Until(request.deadline()), 0), request.Grace))
	}
	if sig == noRoom {
		s.stop = stopRequest{At: time.Now(), Grace: noRoomGrace}
		return s.allow(noRoomGrace)
	}
	s.outside = sig
	if !s.warned.IsZero() {
		s.by, s.byWords = byPreemption, "its platform gave warning and then ended it"
	}
	return s.allow(s.spec.grace())
}

// allow notes until when the trainer, and what it left, may still save.
func (s *supervisor) allow(grace time.Duration) time.Duration {
	s.stopBy = time.Now().Add(grace)
	return grace
}

// late reports whether a deadline has passed, and notes which.
func (s *supervisor) late(deadlines []deadline) bool {
	for _, d := range deadlines {
		if d.passed() {
			s.by, s.byWords = d.why, d.reason
			return true
		}
	}
	return false
}

func (s *supervisor) silent(watch *stallWatch) bool {
	s.stalled = watch.stalled()
	return s.stalled
}

// warn passes a platform's warning on to those processes that listen for it: it would
// end the others. What the warning is worth shows when TERM follows.
func (s *supervisor) warn(pid int) {
	s.warned = time.Now()
	for _, p := range append(s.others(pid), pid) {
		if catches(p, syscall.SIGUSR1) {
			_ = syscall.Kill(p, syscall.SIGUSR1) // it may have ended by now
		}
	}
}

const (
	// outsideGrace is for a TERM that did not come from a stop of ours: most
	// often the machine goes down, and systemd kills 90 s after its TERM.
	outsideGrace = 60 * time.Second
	// noRoomGrace is that of a request which could not be written down.
	noRoomGrace = 30 * time.Second
)

// sweep ends what the trainer left behind. After a stop, processes that are
// still saving may use up the grace: a wrapper script dies of the TERM at once,
// while the trainer it started writes its checkpoint. The leader is not reaped
// yet, so the name of its group is still ours.
func (s *supervisor) sweep(pid int) {
	for time.Now().Before(s.stopBy) && len(s.others(pid)) > 0 {
		pause()
		reapOrphans(pid)
	}
	s.signalAll(pid, syscall.SIGKILL)
	for range 50 { // new processes may appear while old ones are killed
		reapOrphans(pid)
		if s.left = s.others(pid); len(s.left) == 0 {
			return
		}
		pause()
		s.signalAll(pid, syscall.SIGKILL)
	}
}

// others are the living processes of the attempt besides the trainer: those that
// carry its mark, and those below us whatever they carry.
func (s *supervisor) others(trainer int) []int {
	all := append(marked(s.dir), descendants()...)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(pid int) bool { return pid == trainer })
}

func (s *supervisor) signalAll(pid int, sig syscall.Signal) {
	signalGroup(pid, sig)
	for _, other := range s.others(pid) {
		signalOne(other, sig)
	}
}
