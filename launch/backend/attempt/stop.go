package attempt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"trainyard/launch/files"
	"trainyard/launch/task"
)

// Stop implements Machine. The request is a file first and a signal
// second, so that the supervisor knows our TERM from any other, and finds
// the request also if it was not there yet to hear the signal. Where a full disk
// has no room for the file, another signal says that it is a request. What has
// ended gets none: it did not end by it. A directory that was removed is made
// again for the request: without it, the grace would not be known. Whatever a
// signal has stopped is let go on, so that it can end.
func (m here) Stop(ctx context.Context, dir string, h task.Handle, grace time.Duration) error {
	dir = m.path(dir)
	var supervisor identity
	if err := json.Unmarshal([]byte(h), &supervisor); err != nil {
		return fmt.Errorf("handle %q: %w", h, err)
	}
	if where := supervisor.where(); where.elsewhere != "" {
		return fmt.Errorf("it was started %s: stop it there", where.elsewhere)
	}
	s, err := m.Status(ctx, dir, h)
	if err != nil {
		return err
	}
	request := stopRequest{At: time.Now(), Grace: grace}
	if s.State.Ended() {
		return endLeft(ctx, dir, s, request)
	}
	sig, err := placeRequest(dir, request)
	if err != nil {
		return fmt.Errorf("request stop: %w", err)
	}
	switch err = supervisor.signal(sig); {
	case errors.Is(err, os.ErrProcessDone):
		return stopUnsupervised(ctx, dir, request)
	case err != nil:
		return err
	}
	if err := goOn(supervisor); err != nil {
		return err
	}
	// A supervisor that is being killed takes a signal and does not act on it.
	for dying(supervisor.PID) && supervisor.alive() {
		pause()
	}
	if !supervisor.alive() {
		return stopUnsupervised(ctx, dir, request)
	}
	return nil
}

// Signal passes a signal of a platform to the supervisor of a handle here: it is no stop
// of ours. One that has ended gives os.ErrProcessDone.
func Signal(h task.Handle, sig os.Signal) error {
	var supervisor identity
	if err := json.Unmarshal([]byte(h), &supervisor); err != nil {
		return fmt.Errorf("handle %q: %w", h, err)
	}
	return supervisor.signal(sig)
}

// goOn lets a process go on that a signal stopped. It may have ended by now, of
// the signal before this one: that is no fault.
func goOn(id identity) error {
	if err := id.signal(syscall.SIGCONT); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// endLeft ends what a lost attempt has left behind. Other ends leave nothing.
func endLeft(ctx context.Context, dir string, s task.Status, request stopRequest) error {
	if _, workers := survivors(dir); s.State != task.Lost || len(workers) == 0 {
		return nil
	}
	return stopUnsupervised(ctx, dir, request)
}

// noRoom is the signal of a request that found no room on the disk. Supervisors of an
// earlier trainyard know another one, which is a platform's warning now.
const (
	noRoom      = syscall.SIGUSR2
	noRoomOfOld = syscall.SIGUSR1
)

// placeRequest writes the request, and gives the signal that tells of it.
func placeRequest(dir string, request stopRequest) (syscall.Signal, error) {
	err := errors.Join(os.MkdirAll(dir, 0o700), files.WriteJSON(dir, stopName, request))
	if errors.Is(err, syscall.ENOSPC) {
		var s spec
		if found, err := files.ReadJSON(dir, specName, &s); err == nil && found && s.Protocol == 0 {
			return noRoomOfOld, nil
		}
		return noRoom, nil
	}
	return syscall.SIGTERM, err
}

// stopUnsupervised does the work of a supervisor that is gone.
func stopUnsupervised(ctx context.Context, dir string, request stopRequest) error {
	signalAll(dir, syscall.SIGTERM)
	for {
		if trainer, workers := survivors(dir); trainer == 0 && len(workers) == 0 {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if time.Now().After(request.deadline()) {
			signalAll(dir, syscall.SIGKILL)
		}
		pause()
	}
}

// signalAll reaches the trainer's process group and whatever left it.
func signalAll(dir string, sig syscall.Signal) {
	var trainer identity
	if found, err := files.ReadJSON(dir, trainerName, &trainer); err == nil && found && trainer.alive() {
		signalGroup(trainer.PID, sig)
	}
	for _, pid := range left(dir) {
		signalOne(pid, sig)
	}
}

// signalGroup and signalOne let go on what is stopped: it hears no signal but
// KILL otherwise. What they reach may end at any moment.
func signalGroup(group int, sig syscall.Signal) {
	_ = syscall.Kill(-group, sig)
	_ = syscall.Kill(-group, syscall.SIGCONT)
}

func signalOne(pid int, sig syscall.Signal) {
	_ = syscall.Kill(pid, sig)
	_ = syscall.Kill(pid, syscall.SIGCONT)
}

// pause is the interval in which processes are looked at that are not our
// children and cannot be waited for.
func pause() { time.Sleep(20 * time.Millisecond) }
