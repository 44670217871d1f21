package listed

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry"
	"trainyard/launch/files"
)

// Status implements launch.Backend.
func (b *Backend) Status(ctx context.Context, dir string, text launch.Handle) (launch.Status, error) {
	name, err := b.read(text)
	if err != nil {
		return launch.Status{}, err
	}
	var end launch.Status
	if found, err := files.ReadJSON(dir, endName, &end); found || err != nil {
		return end, err
	}
	jobs, err := b.list(ctx)
	if err != nil {
		return lastKnown(err.Error()), nil
	}
	ours := named(jobs, name)
	if len(ours) == 0 {
		return b.vanished(dir), nil
	}
	seen(dir)
	s := launch.Status{State: ours[0].State, Reason: clean(ours[0].Reason), Code: -1, StartedAt: ours[0].Started, EndedAt: ours[0].Ended}
	if len(ours) > 1 {
		s.Reason = fmt.Sprintf("%d jobs have its name; the fence lets one of them train; %s", len(ours), s.Reason)
	}
	for _, j := range ours {
		if !j.State.Ended() && s.State.Ended() {
			s.State, s.EndedAt = j.State, time.Time{}
		}
	}
	if !s.State.Ended() {
		s.Reason = b.outlived(dir, s.Reason)
		return s, nil
	}
	return b.finish(ctx, dir, ours[0], s), nil
}

// outlived adds to the reason that the trainer has ended where its job has not: a
// service may lose sight of a machine, and it is paid until the service ends it.
func (b *Backend) outlived(dir, reason string) string {
	r, ok := b.left(dir)
	if !ok {
		return reason
	}
	return strings.TrimSuffix(fmt.Sprintf("the trainer has ended with code %d, its job has not: its machine may still be paid; %s", r.Code, reason), "; ")
}

func lastKnown(why string) launch.Status {
	return launch.Status{State: launch.Running, Code: -1, LastKnown: true, Reason: "last known: " + why}
}

// vanished is an attempt that a list does not show. What it left in its directory
// tells how it ended all the same.
func (b *Backend) vanished(dir string) launch.Status {
	if !b.unseenTwice(dir) {
		return lastKnown("its job was not in the list; the next look tells")
	}
	reason := fmt.Sprintf("its job is not in the list any more, in looks at least %v apart", apart)
	b.mask(dir)
	r, ok := b.left(dir)
	if !ok {
		return launch.Status{State: launch.Lost, Code: -1, Reason: reason}
	}
	s := told(launch.Status{State: launch.Failed, Reason: reason}, r, exists(dir, stopName), b.cause(dir))
	if err := files.WriteJSON(dir, endName, s); err == nil {
		_, _ = files.ReadJSON(dir, endName, &s)
	}
	return s
}

// finish adds what the job itself left: its record in the log, or in the fence where
// that is seen here. It is kept once the log is here.
func (b *Backend) finish(ctx context.Context, dir string, j Job, s launch.Status) launch.Status {
	fetched := b.fetch(ctx, dir, j)
	b.mask(dir)
	r, ok := b.record(dir)
	stopped := exists(dir, stopName)
	if ok {
		s = told(s, r, stopped, b.cause(dir))
	}
	if stopped && s.State != launch.Succeeded {
		s.State = launch.Cancelled
	}
	if s.EndedAt.IsZero() {
		s.EndedAt = b.now().UTC().Truncate(time.Second)
	}
	if fetched != nil {
		return s // the log may come at the next look
	}
	if err := files.WriteJSON(dir, endName, s); err == nil {
		_, _ = files.ReadJSON(dir, endName, &s) // as the next look will have it
	}
	return s
}

// told is the status by the job's own record. A service may call a job failed that
// ended in another way, and calls one succeeded that its fence stopped.
func told(s launch.Status, r record, stopped bool, cause launch.Cause) launch.Status {
	service := s.Reason
	s.Code, s.Signal = r.Code, carry.Signal(r.Code)
	if !r.Ended.IsZero() {
		s.StartedAt, s.EndedAt = r.Started, r.Ended
	}
	what := fmt.Sprintf("exited with code %d", r.Code)
	if s.Signal != 0 {
		what = fmt.Sprintf("killed by signal %d%s", s.Signal, launch.SignalHint(s.Signal))
	}
	switch {
	case r.Why == "fenced":
		s.State, s.Code, s.Reason = launch.Preempted, -1, "the service lost its machine and started it again; the fence kept it from training twice: "+r.Words
	case stopped || r.Why == "stopped":
		s.State, s.Reason = launch.Cancelled, "stopped on request; "+what
	case r.Why == "deadline":
		s.State, s.Reason = launch.Failed, "ended at its deadline; "+what
	case r.Why == "stalled":
		s.State, s.Reason = launch.Failed, "ended because it told nothing for as long as the recipe allows; "+what
	case r.Why == "unready":
		s.State, s.Reason = launch.Failed, "the trainer could not be started: "+clean(r.Words)
	case r.Why == "ended" && s.State != launch.Succeeded:
		s.State, s.Reason = launch.Preempted, "its machine was taken away; "+what
	case r.Code == 0:
		s.State, s.Reason = launch.Succeeded, what
	default:
		s.State, s.Reason = launch.Failed, what+addCause(cause, r.Code)
	}
	if r.Code == 0 && cause.Own {
		s.Error, s.ErrorLast = cause.Text, cause.Last
	}
	if service != "" && s.State != launch.Succeeded {
		s.Reason += "; the service says: " + service
	}
	return s
}

// left is the record in the directory there, where that is seen here.
func (b *Backend) left(dir string) (record, bool) {
	here, ok := b.Volumes.Here(path.Join(b.there(dir), "done"))
	if !ok {
		return record{}, false
	}
	text, err := files.ReadRegular(here, 1<<16)
	if err != nil {
		return record{}, false
	}
	return readRecord(string(text))
}

// record is what run.sh left, in the directory there or in the log.
func (b *Backend) record(dir string) (record, bool) {
	if r, ok := b.left(dir); ok {
		return r, true
	}
	var r record
	found, err := files.ReadJSON(dir, recordName, &r)
	return r, found && err == nil
}

// cause reads the log where it is whole.
func (b *Backend) cause(dir string) launch.Cause {
	if here, ok := b.Volumes.Here(path.Join(b.there(dir), launch.LogName)); ok {
		if c, err := findCause(here); err == nil {
			return c
		}
	}
	c, err := findCause(filepath.Join(dir, launch.LogName))
	if err != nil {
		return launch.Cause{}
	}
	return c
}

// mask takes secrets out of what the trainer wrote in the directory there, where that is
// seen here: no supervisor of ours does it. On a bucket nothing can be written in place,
// and what is shown is masked all the same.
func (b *Backend) mask(dir string) {
	here, ok := b.Volumes.Here(b.there(dir))
	if !ok {
		return
	}
	var task launch.Task
	_, _ = files.ReadJSON(dir, specName, &task) // without it the logs are masked
	entries, _ := os.ReadDir(here)
	for _, e := range entries {
		if e.Name() == launch.LogName || strings.HasPrefix(e.Name(), launch.LogName+"-node-") {
			_ = launch.MaskFile(filepath.Join(here, e.Name()))
		}
	}
	if progress := task.Command.Progress; progress != "" {
		_ = launch.MaskFile(filepath.Join(here, filepath.FromSlash(progress)))
	}
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// fetch copies the log here, as the service has it now.
func (b *Backend) fetch(ctx context.Context, dir string, j Job) error {
	if _, err := os.Stat(dir); err != nil {
		return nil
	}
	text, err := b.Service.Log(ctx, j)
	if err != nil {
		return err
	}
	text, r, ok := splitLog(text)
	launch.Mask(text)
	if ok {
		if err := files.WriteJSON(dir, recordName, r); err != nil {
			return err
		}
	}
	old, err := os.Stat(filepath.Join(dir, launch.LogName))
	if err == nil && old.Size() > int64(len(text)) {
		return nil // a service that shows less than it did: what was read stays
	}
	return files.Write(dir, launch.LogName, text)
}
