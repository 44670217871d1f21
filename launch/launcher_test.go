package launch_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
)

func TestARunThatSucceedsIsRemembered(t *testing.T) {
	p := newPlace(t)
	run, err := p.Start(t.Context(), job(p.dataset, "train", p.mark, "{output}"))
	if err != nil || run.State != launch.Running || run.Handle == "" {
		t.Fatalf("%+v, %v", run.Attempt, err)
	}
	run = p.end(t, run)
	if run.State != launch.Succeeded || *run.ExitCode != 0 || run.Step != 3 || run.TotalSteps != 3 || *run.Loss != 1.5 || *run.EvalLoss != 1.75 {
		t.Errorf("%+v", run.Attempt)
	}
	if run.Cost != nil {
		t.Errorf("a cost was made up: %v", *run.Cost)
	}
	var log bytes.Buffer
	if err := p.Logs(t.Context(), run, &log, 0, false); err != nil || log.String() != "trained\n" {
		t.Errorf("log %q, %v", log.String(), err)
	}
	states := history(t, p, run)
	if got := strings.Join(states, " "); got != "pending starting running succeeded" {
		t.Errorf("history %s", got)
	}
}

func history(t *testing.T, p place, run launch.Run) (states []string) {
	t.Helper()
	events, err := p.Ledger.Events(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		states = append(states, string(e.State))
	}
	return states
}

func TestAFaultyJobLeavesNothingBehind(t *testing.T) {
	p := newPlace(t)
	for want, change := range map[string]func(*launch.Job){
		`unknown trainer "axolotI": there are axolotl, command, `: func(j *launch.Job) { j.Trainer = "axolotI" },
		`unknown backend "moon": there are local`:                 func(j *launch.Job) { j.Backend = "moon" },
		"epochs is 0":                  func(j *launch.Job) { j.Epochs = 0 },
		"unknown placeholder {datset}": func(j *launch.Job) { j.Params["argv"] = []any{"true", "{datset}"} },
		"is not found":                 func(j *launch.Job) { j.Params["argv"] = []any{"no-such-program"} },
	} {
		j := job(p.dataset, "train", p.mark)
		change(&j)
		if run, err := p.Start(t.Context(), j); err == nil || !strings.Contains(err.Error(), want) || run.ID != "" {
			t.Errorf("run %q, error %v, want words %q", run.ID, err, want)
		}
	}
	if runs, err := p.Ledger.Runs(t.Context(), 0); err != nil || len(runs) != 0 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
	if entries, err := os.ReadDir(filepath.Join(p.Home, "runs")); err == nil && len(entries) > 0 {
		t.Errorf("directories were left: %v", entries)
	}
}

func TestARunThatCouldNotBeStartedHasFailedWithTheReason(t *testing.T) {
	p := newPlace(t)
	p.DieAt(func(point string) {
		if point != "starting" {
			return
		}
		// What a full or read-only disk does to the start.
		dirs, err := filepath.Glob(filepath.Join(p.Home, "runs", "*"))
		if err != nil || len(dirs) != 1 {
			t.Errorf("%v, %v", dirs, err)
		}
		if err := os.WriteFile(filepath.Join(dirs[0], "attempt-1"), nil, 0o600); err != nil {
			t.Error(err)
		}
	})
	run, err := p.Start(t.Context(), job(p.dataset, "train", p.mark))
	if err == nil || run.ID == "" || run.Handle != "" {
		t.Fatalf("%+v, %v", run.Attempt, err)
	}
	if err := os.Remove(filepath.Join(p.Home, "runs", run.ID, "attempt-1")); err != nil {
		t.Fatal(err)
	}
	if run, err = p.Refresh(t.Context(), run); err != nil || run.State != launch.Failed || !strings.Contains(run.Reason, "never started") {
		t.Errorf("%+v, %v", run.Attempt, err)
	}
}

func TestStoppingARunCancelsIt(t *testing.T) {
	p := newPlace(t)
	run, err := p.Start(t.Context(), job(p.dataset, "hold", p.mark))
	if err != nil {
		t.Fatal(err)
	}
	p.awaitStart(t)
	if run, err = p.Stop(t.Context(), run); err != nil || run.State != launch.Cancelled || !strings.Contains(run.Reason, "stopped on request") {
		t.Errorf("%+v, %v", run.Attempt, err)
	}
	again, err := p.Stop(t.Context(), run)
	if err != nil || again.State != launch.Cancelled || !again.EndedAt.Equal(run.EndedAt) {
		t.Errorf("a second stop: %+v, %v", again.Attempt, err)
	}
}

func TestFollowingTheLogEndsWithTheRun(t *testing.T) {
	p := newPlace(t)
	run, err := p.Start(t.Context(), job(p.dataset, "train", p.mark, "{output}"))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	if err := p.Logs(t.Context(), run, &log, 0, true); err != nil || log.String() != "trained\n" {
		t.Errorf("log %q, %v", log.String(), err)
	}
}

func TestASecretReachesTheTrainerAndNoFileOfTheStateDirectory(t *testing.T) {
	const secret = "correct-horse-battery"
	p := newPlace(t)
	j := job(p.dataset, "train", p.mark, "{output}")
	j.Params["argv"] = []any{"sh", "-c", fmt.Sprintf("test ${{#MY_TOKEN}} = %d", len(secret))}
	j.Env = []launch.Env{{Name: "MY_TOKEN", Value: secret}}
	run, err := p.Start(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	if run = p.end(t, run); run.State != launch.Succeeded {
		t.Errorf("the trainer did not see it: %s", run.Reason)
	}
	err = filepath.WalkDir(p.Home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(secret)) {
			t.Errorf("%s has it", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRenderingStartsNothing(t *testing.T) {
	p := newPlace(t)
	cmd, _, err := p.Rehearse(job(p.dataset, "train", p.mark, "{output}"))
	if err != nil || cmd.Argv[3] != filepath.Join(p.Home, "runs", "RUN", "attempt-1", "out") {
		t.Errorf("%q, %v", cmd.Argv, err)
	}
	if runs, err := p.Ledger.Runs(t.Context(), 0); err != nil || len(runs) != 0 || p.starts(t) != 0 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}
