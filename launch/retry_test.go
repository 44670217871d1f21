package launch_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/cause"
)

// fallen is a run whose first attempt died and left a whole checkpoint and half of one.
func fallen(t *testing.T, p place) launch.Run {
	t.Helper()
	run, err := p.Start(t.Context(), job(p.dataset, "fall", p.mark, "{output}", "{resume}"))
	if err != nil {
		t.Fatal(err)
	}
	return ended(t, p, run)
}

func ended(t *testing.T, p place, run launch.Run) launch.Run {
	t.Helper()
	run, err := p.Watch(t.Context(), run, func(launch.Update) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestARunGoesOnFromItsNewestWholeCheckpoint(t *testing.T) {
	p := newPlace(t)
	run := fallen(t, p)
	saved, err := p.Checkpoints(t.Context(), run)
	if err != nil || len(saved) != 2 || saved[0].Step != 3 || saved[0].Whole || saved[1].Step != 2 || !saved[1].Whole {
		t.Fatalf("%+v, %v", saved, err)
	}
	again, err := p.Retry(t.Context(), run, launch.Retry{Reason: "a rank was lost"})
	if err != nil || again.N != 2 || again.ResumedStep == nil || *again.ResumedStep != 2 {
		t.Fatalf("%+v, %v", again.Attempt, err)
	}
	if again = ended(t, p, again); again.State != launch.Succeeded {
		t.Errorf("%s: %s", again.State, again.Reason)
	}
	log, err := os.ReadFile(filepath.Join(p.Dir(again), launch.LogName))
	if want := filepath.Join(p.Dir(run), "out", "checkpoint-2"); err != nil || !strings.Contains(string(log), "resumed from "+want) {
		t.Errorf("%s, %v", log, err)
	}
	if _, err := p.Retry(t.Context(), run, launch.Retry{}); err == nil {
		t.Error("the first attempt was followed twice")
	}
}

func TestAFreshStartAndADemandedCheckpoint(t *testing.T) {
	p := newPlace(t)
	run := fallen(t, p)
	if _, err := p.Retry(t.Context(), run, launch.Retry{Resume: true, From: 3}); !errors.Is(err, launch.ErrNoCheckpoint) || !strings.Contains(err.Error(), "written last") {
		t.Errorf("half a checkpoint: %v", err)
	}
	again, err := p.Retry(t.Context(), run, launch.Retry{Fresh: true})
	if err != nil || again.ResumedFrom != "" {
		t.Fatalf("%+v, %v", again.Attempt, err)
	}
	if again = ended(t, p, again); again.State != launch.Failed {
		t.Errorf("%s", again.State)
	}
}

func TestProcessesThatRetryARunStartItOnce(t *testing.T) {
	p := newPlace(t)
	run := fallen(t, p)
	var racing sync.WaitGroup
	won := make(chan launch.Run, 8)
	for range 8 {
		racing.Go(func() {
			if again, err := p.Retry(t.Context(), run, launch.Retry{}); err == nil {
				won <- again
			}
		})
	}
	racing.Wait()
	if len(won) != 1 {
		t.Fatalf("%d retries", len(won))
	}
	ended(t, p, <-won)
	if starts, err := os.ReadFile(p.mark); err != nil || strings.Count(string(starts), "\n") != 3 { // fall, fall again, train
		t.Errorf("%q, %v", starts, err)
	}
}

func TestTheEndOfAnAttemptIsDiagnosed(t *testing.T) {
	p := newPlace(t)
	run := fallen(t, p)
	d, err := p.Diagnose(t.Context(), run)
	if err != nil || d.Class != cause.Collective || !d.Again || len(d.Lines) != 1 || !strings.Contains(d.Lines[0], "SeqNum=7") {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestARunThatLostARankIsTendedToItsEnd(t *testing.T) {
	p := newPlace(t)
	j := job(p.dataset, "fall", p.mark, "{output}", "{resume}")
	j.Attempts = 3
	run, err := p.Start(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	run = tended(t, p, ended(t, p, run))
	if run.N != 2 || run.State != launch.Succeeded {
		t.Errorf("attempt %d is %s: %s", run.N, run.State, run.Reason)
	}
	if open, err := p.Unfinished(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("%d runs are left to tend, %v", len(open), err)
	}
}

func TestARunThatFailsOfItselfIsNotTriedAgain(t *testing.T) {
	p := newPlace(t)
	j := job(p.dataset, "nothing-of-that-name", p.mark)
	j.Attempts = 3
	run, err := p.Start(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	if run = tended(t, p, ended(t, p, run)); run.N != 1 || run.State != launch.Failed {
		t.Errorf("attempt %d is %s", run.N, run.State)
	}
}

// tended looks after a run until nothing is left to do.
func tended(t *testing.T, p place, run launch.Run) launch.Run {
	t.Helper()
	for quiet := 0; quiet < 5; {
		now, deeds, err := p.Tend(t.Context(), run)
		for _, d := range deeds {
			if d.Err != nil {
				t.Fatal(d.Err)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if run = now; len(deeds) == 0 {
			quiet++
			time.Sleep(p.Poll) // the pause before another attempt is as long, see restartPause
		}
		if !run.State.Ended() {
			run, quiet = ended(t, p, run), 0
		}
	}
	return run
}
