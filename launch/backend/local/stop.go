package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"trainyard/launch"
)

// Stop implements launch.Backend. The request is a file first and a signal
// second, so that the supervisor knows our TERM from anybody else's, and finds
// the request also if it was not there yet to hear the signal. What has ended
// gets no request: it did not end by it. A directory that was removed is made
// again for the request: without it, nobody would know the grace.
func (b Local) Stop(ctx context.Context, dir string, h launch.Handle, grace time.Duration) error {
	var supervisor identity
	if err := json.Unmarshal([]byte(h), &supervisor); err != nil {
		return fmt.Errorf("local: handle %q: %w", h, err)
	}
	if _, elsewhere := supervisor.boot(); elsewhere != "" {
		return fmt.Errorf("local: it was started %s: stop it there", elsewhere)
	}
	if s, err := b.Status(ctx, dir, h); err != nil || s.State.Ended() {
		return err
	}
	request := stopRequest{At: time.Now(), Grace: grace}
	if err := errors.Join(os.MkdirAll(dir, 0o700), writeJSON(dir, stopName, request)); err != nil {
		return fmt.Errorf("local: request stop: %w", err)
	}
	err := supervisor.signal(syscall.SIGTERM)
	if errors.Is(err, os.ErrProcessDone) {
		return stopUnsupervised(ctx, dir, request)
	}
	return err
}

// stopUnsupervised does the work of a supervisor that is gone.
func stopUnsupervised(ctx context.Context, dir string, request stopRequest) error {
	signalAll(dir, syscall.SIGTERM)
	for len(survivors(dir)) > 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if time.Now().After(request.deadline()) {
			signalAll(dir, syscall.SIGKILL)
		}
		pause()
	}
	return nil
}

// signalAll reaches the trainer's process group and whatever left it.
func signalAll(dir string, sig syscall.Signal) {
	var trainer identity
	if found, err := readJSON(dir, trainerName, &trainer); err == nil && found && trainer.alive() {
		_ = syscall.Kill(-trainer.PID, sig) // its members may end at any moment
	}
	for _, pid := range marked(dir) {
		_ = syscall.Kill(pid, sig)
	}
}

// pause is the interval in which processes are looked at that are not our
// children and cannot be waited for.
func pause() { time.Sleep(20 * time.Millisecond) }
