package launch

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"
)

func cellJob(cell string) Job {
	job := goodJob()
	job.Cell, job.Sweep = cell, "s"
	return job
}

func intend(t *testing.T, l *Ledger, id string, job Job, room Room) error {
	t.Helper()
	_, err := l.Intend(t.Context(), Intent{ID: id, Job: job, Room: room})
	return err
}

func TestOfManyWhoAskForACellOneGetsIt(t *testing.T) {
	l := openLedger(t)
	const racers = 16
	faults := make([]error, racers)
	var racing sync.WaitGroup
	for i := range racers {
		racing.Go(func() {
			_, faults[i] = l.Intend(t.Context(), Intent{ID: fmt.Sprintf("0199aa%02d", i), Job: cellJob("c")})
		})
	}
	racing.Wait()
	got := 0
	for _, err := range faults {
		switch {
		case err == nil:
			got++
		case !errors.Is(err, ErrCell):
			t.Error(err)
		}
	}
	runs, err := l.Runs(t.Context(), 0)
	if got != 1 || len(runs) != 1 || err != nil {
		t.Errorf("%d got it, %d runs, %v", got, len(runs), err)
	}
}

func TestACellIsFreeAgainWhenItsRunFailed(t *testing.T) {
	for end, free := range map[State]bool{Failed: true, Cancelled: true, Preempted: true, Succeeded: false, Lost: false} {
		l := openLedger(t)
		run, err := l.Intend(t.Context(), Intent{ID: "0199aaaa", Job: cellJob("c")})
		if err != nil {
			t.Fatal(err)
		}
		advance(t, l, run, Starting, Running)
		if end == Cancelled {
			advance(t, l, run, Stopping)
		}
		advance(t, l, run, end)
		err = intend(t, l, "0199bbbb", cellJob("c"), Room{})
		var taken *CellError
		if free != (err == nil) || !free && (!errors.As(err, &taken) || taken.Run != run.ID || taken.State != end) {
			t.Errorf("after %s: %v", end, err)
		}
		if _, err := l.Run(t.Context(), "0199bbbb"); free == errors.Is(err, ErrNoRun) {
			t.Errorf("after %s: %v", end, err)
		}
		if free { // two attempts of two runs would be paid for
			if _, err := l.Again(t.Context(), run.ID, 1, "again", Next{}); !errors.Is(err, ErrCell) {
				t.Errorf("another run of the cell goes on: %v", err)
			}
		}
	}
}

func TestACellThatIsAskedForAnewIsGiven(t *testing.T) {
	l := openLedger(t)
	job := cellJob("c")
	anew := job
	anew.Anew = true
	if err := errors.Join(intend(t, l, "0199aaaa", job, Room{}), intend(t, l, "0199bbbb", anew, Room{}), intend(t, l, "0199cccc", cellJob(""), Room{}), intend(t, l, "0199dddd", cellJob(""), Room{})); err != nil {
		t.Error(err)
	}
	found, err := l.Cells(t.Context(), []string{"c", "d"})
	if err != nil || len(found["c"]) != 2 || found["c"][0].ID != "0199bbbb" || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestASweepHasNoMoreRoomThanItWasGiven(t *testing.T) {
	job := cellJob("")
	job.GPUs, job.GPUHour, job.Deadline = 4, ptr(2.5), time.Hour // 10 dollars
	for name, c := range map[string]struct {
		room Room
		fit  int
	}{"runs": {Room{Runs: 2}, 2}, "gpus": {Room{GPUs: 11}, 2}, "dollars": {Room{Dollars: 35}, 3}} {
		l := openLedger(t)
		for i := range c.fit {
			if err := intend(t, l, fmt.Sprintf("0199aaa%d", i), job, c.room); err != nil {
				t.Errorf("%s: run %d: %v", name, i, err)
			}
		}
		if err := intend(t, l, "0199bbbb", job, c.room); !errors.Is(err, ErrRoom) {
			t.Errorf("%s: %v", name, err)
		}
		other := job
		other.Sweep = "another"
		if err := intend(t, l, "0199cccc", other, c.room); err != nil {
			t.Errorf("%s: another sweep: %v", name, err)
		}
	}
}

func TestASweepThatWasStoppedHasNoRoomUntilItBegins(t *testing.T) {
	l := openLedger(t)
	if err := l.StopSweep(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	if err := intend(t, l, "0199aaaa", cellJob("c"), Room{Runs: 9}); !errors.Is(err, ErrStopped) {
		t.Error(err)
	}
	if err := l.BeginSweep(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	if err := intend(t, l, "0199aaaa", cellJob("c"), Room{Runs: 9}); err != nil {
		t.Error(err)
	}
	if runs, err := l.SweepRuns(t.Context(), "s"); err != nil || len(runs) != 1 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}

func TestABoundThatBoundsNothingIsRefused(t *testing.T) {
	for _, r := range []Room{{Runs: -1}, {GPUs: -1}, {Dollars: -5}, {Dollars: math.NaN()}} {
		if r.Check() == nil {
			t.Errorf("%+v is taken", r)
		}
	}
	if err := (Room{Runs: 1, GPUs: 8, Dollars: 0.5}).Check(); err != nil {
		t.Error(err)
	}
}
