package attempt

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trainyard/launch/files"
	"trainyard/launch/redact"
	"trainyard/launch/task"
)

// Status implements Machine. The order matters: a supervisor writes the
// exit record while it lives, so a look that finds it dead finds the record too, or
// there never will be one.
func (m here) Status(_ context.Context, dir string, h task.Handle) (task.Status, error) {
	var supervisor identity
	dir = m.path(dir)
	if err := json.Unmarshal([]byte(h), &supervisor); err != nil {
		return task.Status{}, fmt.Errorf("handle %q: %w", h, err)
	}
	alive := supervisor.alive()
	var exit Exit // a supervisor may live on behind it, until what is here is collected
	found, err := files.ReadJSON(dir, exitName, &exit)
	if found && err == nil && !exit.Ended.IsZero() {
		return exit.status(), nil
	}
	if alive {
		return supervised(dir, supervisor), nil
	}
	s := unsupervised(dir, supervisor, recordFault(dir))
	if s.StartedAt.IsZero() {
		s.StartedAt = begun(dir)
	}
	return s, nil
}

// begun is when the trainer was started, as the files tell it: a machine that died
// before any look at the attempt has told it to no one, and it was paid from then on.
// The log is made just before the trainer runs and its record just after: of one that
// died between them the claim is the nearest that is known.
func begun(dir string) time.Time {
	at := writtenAt(dir, trainerName)
	if at.IsZero() && !writtenAt(dir, task.LogName).IsZero() {
		return writtenAt(dir, supervisorName)
	}
	return at
}

// writtenAt is zero where there is no such file.
func writtenAt(dir, name string) time.Time {
	info, err := os.Lstat(filepath.Join(dir, name))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// supervised is an attempt whose supervisor lives.
func supervised(dir string, supervisor identity) task.Status {
	if s, waits := queued(dir); waits {
		return s
	}
	s := running(cmp.Or(goneWords(dir), Warning(dir)))
	s.StartedAt = startedAt(supervisor.StartTime)
	var trainer identity
	switch _, err := files.ReadJSON(dir, trainerName, &trainer); {
	case stopped(supervisor.PID):
		s.Stall = fmt.Sprintf("its supervisor (pid %d) is stopped by a signal: `kill -CONT %d` lets it go on", supervisor.PID, supervisor.PID)
	case err == nil && trainer.alive() && stopped(trainer.PID):
		s.Stall = fmt.Sprintf("its trainer (pid %d) is stopped by a signal: `kill -CONT %d` lets it go on", trainer.PID, trainer.PID)
	default:
		s.Stall = stoppedWords(dir)
	}
	return s
}

// queued is an attempt that waits for GPUs.
func queued(dir string) (task.Status, bool) {
	var w waiting
	found, err := files.ReadJSON(dir, queueName, &w)
	return task.Status{State: task.Queued, Reason: w.Reason, Code: -1}, found && err == nil
}

// recordFault tells of an exit record that says nothing: a machine that lost its
// power may leave an empty one.
func recordFault(dir string) string {
	info, err := os.Lstat(filepath.Join(dir, exitName))
	if err != nil {
		return ""
	}
	return fmt.Sprintf("its exit record is damaged (%d bytes)", info.Size())
}

// unsupervised judges an attempt whose supervisor is not here and has left no
// record.
func unsupervised(dir string, supervisor identity, fault string) task.Status {
	where := supervisor.where()
	if where.elsewhere != "" {
		return unseen(dir, where.elsewhere)
	}
	if where.restarted != "" && !gone(dir) {
		return lostAt(dir, where.restarted+" was restarted while the run went on")
	}
	trainer, workers := survivors(dir)
	if trainer != 0 {
		return running(fmt.Sprintf(
			"the supervisor (pid %d) is gone, the trainer (pid %d) still runs: it can be stopped, but how it ends will not be known", supervisor.PID, trainer))
	}
	if gone(dir) {
		return lostAt(dir, "its directory is gone, and with it the record of how it ended: "+dir+leftWords(workers))
	}
	if found, err := files.ReadJSON(dir, stopName, &stopRequest{}); err == nil && found && len(workers) == 0 {
		return task.Status{State: task.Cancelled, Code: -1, EndedAt: lastSign(dir), Reason: "stopped on request; its supervisor was gone, so its exit code is not known"}
	}
	return lostAt(dir, vanished(dir, supervisor, fault)+leftWords(workers))
}

func vanished(dir string, supervisor identity, fault string) string {
	reason := fmt.Sprintf("the supervisor (pid %d) vanished without an exit record, killed from outside or for want of memory; the trainer is gone too, and how it ended is not known", supervisor.PID)
	if fault != "" {
		reason = fault + "; its processes are gone, and how it ended is not known"
	}
	words := redact.Here(lastLines(filepath.Join(dir, supervisorLogName), 4000))
	if words = strings.TrimSpace(words); words != "" {
		reason += "; it said: " + clip(words, 400)
	}
	return reason
}

// unseen is an attempt of a place that cannot be looked into from here. Of another
// container of this machine, the supervisor's lock tells whether it lives.
func unseen(dir, elsewhere string) task.Status {
	holds, known := lockHeld(dir)
	if known && !holds && strings.Contains(elsewhere, "container") {
		return lostAt(dir, "it was started "+elsewhere+", which is gone, and left no exit record")
	}
	s := running("last known: it was started " + elsewhere + ", look there for news")
	s.LastKnown = true
	return s
}

// leftWords name the processes that a vanished attempt left.
func leftWords(workers []int) string {
	if len(workers) == 0 {
		return ""
	}
	var names []string
	for _, pid := range workers {
		names = append(names, fmt.Sprintf("%d (%s)", pid, programName(pid)))
	}
	return fmt.Sprintf("; still alive of it: %s; `trainyard runs stop` ends what is left", strings.Join(names, ", "))
}

// goneWords are for a trainer that runs on without its directory; it may hold
// its files open and notice nothing.
func goneWords(dir string) string {
	if !gone(dir) {
		return ""
	}
	return "its directory is gone (" + dir + "); it still runs and can be stopped, but its log is lost, and how it ends will not be known"
}

func running(reason string) task.Status {
	return task.Status{State: task.Running, Reason: reason, Code: -1}
}

// lostAt is lost since the last sign of life: the time of the look says nothing.
func lostAt(dir, reason string) task.Status {
	return task.Status{State: task.Lost, Reason: reason, Code: -1, EndedAt: lastSign(dir)}
}

// lastSign is when a file of the attempt was last written; zero where there is
// none.
func lastSign(dir string) (last time.Time) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.Count(strings.TrimPrefix(path, dir), string(filepath.Separator)) > 2 {
			return fs.SkipDir
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() && d.Name() != stopName && info.ModTime().After(last) {
			last = info.ModTime()
		}
		return nil
	})
	return last
}

// survivors are the living processes of an attempt: its trainer, 0 where that has
// ended, and the others. Of a trainer that was never written down, all that is
// known is that it may be among those that carry the attempt's mark.
func survivors(dir string) (trainer int, workers []int) {
	var id identity
	found, err := files.ReadJSON(dir, trainerName, &id)
	workers = left(dir)
	switch {
	case err == nil && found && id.alive():
		return id.PID, slices.DeleteFunc(workers, func(pid int) bool { return pid == id.PID })
	case (err != nil || !found) && len(workers) > 0:
		return workers[0], workers[1:]
	}
	return 0, workers
}
