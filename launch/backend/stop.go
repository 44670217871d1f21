package backend

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
// the request also if it was not there yet to hear the signal.
func (Local) Stop(ctx context.Context, dir string, h launch.Handle, grace time.Duration) error {
	var supervisor identity
	if err := json.Unmarshal([]byte(h), &supervisor); err != nil {
		return fmt.Errorf("local: handle %q: %w", h, err)
	}
	request := stopRequest{At: time.Now(), Grace: grace}
	if err := writeJSON(dir, stopName, request); err != nil {
		return fmt.Errorf("local: request stop: %w", err)
	}
	err := supervisor.signal(syscall.SIGTERM)
	if errors.Is(err, os.ErrProcessDone) {
		return stopUnsupervised(ctx, dir, request)
	}
	return err
}

// stopUnsupervised does the work of a supervisor that is gone. Where nothing
// is left to stop it writes nothing: nobody knows how that ended.
func stopUnsupervised(ctx context.Context, dir string, request stopRequest) error {
	if found, err := readJSON(dir, exitName, &Exit{}); found || err != nil {
		return err
	}
	if len(survivors(dir)) == 0 {
		return nil
	}
	signalAll(dir, syscall.SIGTERM)
	for len(survivors(dir)) > 0 && ctx.Err() == nil {
		if time.Now().After(request.deadline()) {
			signalAll(dir, syscall.SIGKILL)
		}
		pause()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return writeJSON(dir, exitName, Exit{
		Code: -1, Stopped: true, Ended: time.Now(), Reason: "stopped on request; its supervisor was gone, so its exit code is not known",
	})
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
