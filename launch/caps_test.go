package launch

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/launch/database"
)

// paid is a job of eight GPUs that may cost 40 dollars: 20 an hour for two hours.
func paid() Job {
	job := goodJob()
	job.GPUs, job.GPUHour, job.Deadline, job.Sweep = 8, ptr(2.5), 2*time.Hour, "s"
	return job
}

// soon is a job that may cost as much within two minutes: hours of it may be tomorrow's.
func soon() Job {
	job := paid()
	job.GPUHour, job.Deadline = ptr(150.), 2*time.Minute
	return job
}

// withinTheDay waits for tomorrow where today is as good as over.
func withinTheDay(t *testing.T) {
	t.Helper()
	if left := time.Until(time.Now().Truncate(24 * time.Hour).Add(24 * time.Hour)); left < 4*time.Minute {
		t.Logf("the day ends in %v", left)
		time.Sleep(left)
	}
}

func TestALaunchThatMayPassACapIsRefusedWithTheFigures(t *testing.T) {
	withinTheDay(t)
	for name, caps := range map[string]Caps{"day": {Day: 100}, "month": {Month: 100}, "sweep s": {Sweep: 100}} {
		l := openLedger(t)
		for i := range 2 {
			if _, err := l.Intend(t.Context(), Intent{ID: fmt.Sprintf("0199aaa%d", i), Job: soon(), Caps: caps}); err != nil {
				t.Fatalf("%s: run %d: %v", name, i, err)
			}
		}
		_, err := l.Intend(t.Context(), Intent{ID: "0199bbbb", Job: soon(), Caps: caps})
		var refused *CapError
		if !errors.As(err, &refused) || !errors.Is(err, ErrCap) || !strings.Contains(refused.Of, name) || refused.Cap != 100 || *refused.Asked > 40 {
			t.Fatalf("%s: %v", name, err)
		}
		if near := refused.Spend.Committed; near > 80 || near < 79 && name == "sweep s" {
			t.Errorf("%s: %+v", name, refused.Spend)
		}
		if _, err := l.Run(t.Context(), "0199bbbb"); !errors.Is(err, ErrNoRun) {
			t.Errorf("%s: what was refused is in the ledger, %v", name, err)
		}
	}
}

func TestTheCapOfARunCountsItsEarlierAttempts(t *testing.T) {
	l := openLedger(t)
	run, err := l.Intend(t.Context(), Intent{ID: "0199aaaa", Job: paid(), Caps: Caps{Run: 50}})
	if err != nil {
		t.Fatal(err)
	}
	advance(t, l, run, Starting, Running)
	start := time.Now().Add(-time.Hour)
	if err := l.Learn(t.Context(), run.ID, 1, Facts{AskedAt: start}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Advance(t.Context(), run.ID, 1, Change{To: Failed, EndedAt: start.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Again(t.Context(), run.ID, 1, "again", Next{Caps: Caps{Run: 50}}); !errors.Is(err, ErrCap) || !strings.Contains(err.Error(), "spent $20.00") {
		t.Errorf("20 spent and 40 asked of 50: %v", err)
	}
	if _, err := l.Again(t.Context(), run.ID, 1, "again", Next{Caps: Caps{Run: 61}}); err != nil {
		t.Errorf("20 spent and 40 asked of 61: %v", err)
	}
}

func TestUnderACapAnAttemptNeedsAnEndAndAFreeOneNeedsNone(t *testing.T) {
	l := openLedger(t)
	caps := Caps{Day: 1000}
	endless := paid()
	endless.Deadline = 0
	if _, err := l.Intend(t.Context(), Intent{ID: "0199aaaa", Job: endless, Caps: caps}); !errors.Is(err, ErrCap) || !strings.Contains(err.Error(), "no deadline") {
		t.Errorf("%v", err)
	}
	for id, price := range map[string]*float64{"0199bbbb": nil, "0199cccc": ptr(0.0)} {
		endless.GPUHour = price
		if _, err := l.Intend(t.Context(), Intent{ID: id, Job: endless, Caps: Caps{Day: 1}}); err != nil {
			t.Errorf("%v", err)
		}
	}
}

func TestLaunchesThatRaceDoNotPassACapTogether(t *testing.T) {
	l := openLedger(t)
	var racing sync.WaitGroup
	started := make(chan string, 8)
	for i := range 8 {
		other := reopen(t, l)
		racing.Go(func() {
			id := fmt.Sprintf("0199aaa%d", i)
			_, err := other.Intend(t.Context(), Intent{ID: id, Job: paid(), Caps: Caps{Sweep: 130}})
			if err == nil {
				started <- id
			} else if !errors.Is(err, ErrCap) {
				t.Error(err)
			}
		})
	}
	racing.Wait()
	if len(started) != 3 {
		t.Errorf("%d of 8 at 40 dollars each were started under a cap of 130", len(started))
	}
}

func TestSpendIsSummedByRunUserSweepAndTime(t *testing.T) {
	l := openLedger(t)
	noon := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	add := func(id, user, sweep string, a Attempt) {
		t.Helper()
		job := goodJob()
		job.Sweep = sweep
		if _, err := l.Intend(t.Context(), Intent{ID: id, Job: job, User: user, Facts: a.Facts}); err != nil {
			t.Fatal(err)
		}
		err := l.update(t.Context(), func(tx *database.Tx) error {
			_, err := tx.Exec(`UPDATE attempts SET state = ?, started_ms = ?, ended_ms = ? WHERE run = ?`, a.State, toMilli(a.StartedAt), toMilli(a.EndedAt), id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	// 24 hours at 10 dollars, half of them in April.
	add("0199aaaa", "ada", "s", Attempt{State: Succeeded, StartedAt: noon, EndedAt: noon.Add(24 * time.Hour), Facts: Facts{GPUs: 8, Price: ptr(10.0)}})
	// A bill of 100 for 10 hours of March.
	add("0199bbbb", "bob", "s", Attempt{State: Failed, StartedAt: noon, EndedAt: noon.Add(10 * time.Hour), Facts: Facts{GPUs: 1, Price: ptr(1.0), Cost: ptr(100.0)}})
	// On a machine of one's own.
	add("0199cccc", "ada", "", Attempt{State: Succeeded, StartedAt: noon, EndedAt: noon.Add(time.Hour)})
	// Never started.
	add("0199dddd", "ada", "", Attempt{State: Failed, Facts: Facts{Price: ptr(5.0)}})
	april, may := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		query SpendQuery
		want  Spend
	}{
		"all":   {SpendQuery{}, Spend{Attempts: 3, Dollars: 340, GPUHours: 202, Unpriced: 1, Uncounted: 1}},
		"run":   {SpendQuery{Run: "0199aaaa"}, Spend{Attempts: 1, Dollars: 240, GPUHours: 192}},
		"user":  {SpendQuery{User: "ada"}, Spend{Attempts: 2, Dollars: 240, GPUHours: 192, Unpriced: 1, Uncounted: 1}},
		"sweep": {SpendQuery{Sweep: "s"}, Spend{Attempts: 2, Dollars: 340, GPUHours: 202}},
		"March": {SpendQuery{Until: april}, Spend{Attempts: 3, Dollars: 220, GPUHours: 106, Unpriced: 1, Uncounted: 1}},
		"April": {SpendQuery{From: april, Until: may}, Spend{Attempts: 1, Dollars: 120, GPUHours: 96}},
		"May":   {SpendQuery{From: may}, Spend{}},
	} {
		if got, err := l.Spend(t.Context(), c.query); err != nil || got != c.want {
			t.Errorf("%s: %+v, want %+v, %v", name, got, c.want, err)
		}
	}
}
