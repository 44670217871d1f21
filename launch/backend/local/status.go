package local

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"trainyard/launch"
)

// Status implements launch.Backend. The order matters: a supervisor writes the
// exit record while it lives, so whoever finds it dead finds the record too, or
// there never will be one.
func (Local) Status(_ context.Context, dir string, h launch.Handle) (launch.Status, error) {
	var supervisor identity
	if err := json.Unmarshal([]byte(h), &supervisor); err != nil {
		return launch.Status{}, fmt.Errorf("local: handle %q: %w", h, err)
	}
	if supervisor.alive() {
		return running(goneWords(dir)), nil
	}
	var exit Exit
	found, err := readJSON(dir, exitName, &exit)
	if err != nil {
		return launch.Status{}, fmt.Errorf("local: %w", err)
	}
	if found {
		return exit.status(), nil
	}
	return unsupervised(dir, supervisor), nil
}

// unsupervised judges an attempt whose supervisor is not here and has left no
// record.
func unsupervised(dir string, supervisor identity) launch.Status {
	same, elsewhere := supervisor.boot()
	if elsewhere != "" {
		s := running("last known: it was started " + elsewhere + ", look there for news")
		s.LastKnown = true
		return s
	}
	if !same && !gone(dir) {
		return lost("the machine was restarted while the run went on")
	}
	if pids := survivors(dir); len(pids) > 0 {
		return running(fmt.Sprintf(
			"the supervisor (pid %d) is gone, the trainer (pid %d) still runs: it can be stopped, but how it ends will not be known", supervisor.PID, pids[0]))
	}
	if gone(dir) {
		return lost("its directory is gone, and with it the record of how it ended: " + dir)
	}
	if found, err := readJSON(dir, stopName, &stopRequest{}); err == nil && found {
		return launch.Status{State: launch.Cancelled, Code: -1, Reason: "stopped on request; its supervisor was gone, so its exit code is not known"}
	}
	reason := fmt.Sprintf("the supervisor (pid %d) vanished without an exit record, killed from outside or for want of memory; the trainer is gone too, and how it ended is not known", supervisor.PID)
	if words := strings.TrimSpace(lastLines(filepath.Join(dir, supervisorLogName), 400)); words != "" {
		reason += "; it said: " + words
	}
	return lost(reason)
}

// goneWords are for a trainer that runs on without its directory; it may hold
// its files open and notice nothing.
func goneWords(dir string) string {
	if !gone(dir) {
		return ""
	}
	return "its directory is gone (" + dir + "); it still runs and can be stopped, but its log is lost, and how it ends will not be known"
}

func running(reason string) launch.Status {
	return launch.Status{State: launch.Running, Reason: reason, Code: -1}
}

func lost(reason string) launch.Status {
	return launch.Status{State: launch.Lost, Reason: reason, Code: -1}
}

// survivors are the living processes of an attempt, its trainer first.
func survivors(dir string) []int {
	var trainer identity
	if found, err := readJSON(dir, trainerName, &trainer); err != nil || !found || !trainer.alive() {
		return marked(dir)
	}
	return append([]int{trainer.PID}, marked(dir)...)
}
