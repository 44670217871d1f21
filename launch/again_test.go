package launch

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

func ptr[V any](v V) *V { return &v }

func TestAnotherAttemptFollowsOnlyOneThatHasEnded(t *testing.T) {
	l := openLedger(t)
	for _, state := range everyState {
		run := create(t, l, "0199aaaa-"+string(state))
		for _, s := range wayTo(state) {
			advance(t, l, run, s)
		}
		next, err := l.Again(t.Context(), run.ID, 1, "because", Next{})
		var refused *FenceError
		if mayFollow := state.Ended() && state != Lost; mayFollow != (err == nil) || !mayFollow && !errors.As(err, &refused) {
			t.Errorf("after %s: %+v, %v", state, next.Attempt, err)
		}
		if err == nil && (next.N != 2 || next.State != Pending) {
			t.Errorf("after %s: %+v", state, next.Attempt)
		}
	}
	if _, err := l.Again(t.Context(), "0199ffff", 1, "", Next{}); !errors.Is(err, ErrNoRun) {
		t.Errorf("of no run: %v", err)
	}
}

// wayTo is a way of the state machine from pending to a state.
func wayTo(s State) []State {
	switch s {
	case Pending:
		return nil
	case Starting, Failed, Cancelled:
		return []State{s}
	}
	return []State{Starting, s}
}

func TestALostAttemptIsFollowedByOneThatWasMadeSureOfAndDoesNotComeBack(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	advance(t, l, run, Starting, Running, Lost)
	if _, err := l.Again(t.Context(), run.ID, 1, "its box is gone", Next{AfterLost: true}); err != nil {
		t.Fatal(err)
	}
	var refused *FenceError
	if _, err := l.Advance(t.Context(), run.ID, 1, Change{To: Running}); !errors.As(err, &refused) || refused.Newest != 2 {
		t.Errorf("the first one came back: %v", err)
	}
	advance(t, l, run, Failed)
	if now, err := l.Run(t.Context(), run.ID); err != nil || now.N != 2 || now.State != Pending {
		t.Errorf("%+v, %v", now.Attempt, err)
	}
}

func TestProcessesThatRaceForTheNextAttemptMakeOne(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	advance(t, l, run, Failed)
	var racing sync.WaitGroup
	won := make(chan int, 8)
	for range 8 {
		other := reopen(t, l)
		racing.Go(func() {
			next, err := other.Again(t.Context(), run.ID, 1, "retry", Next{})
			var refused *FenceError
			if err == nil {
				won <- next.N
			} else if !errors.As(err, &refused) || refused.Newest != 2 {
				t.Error(err)
			}
		})
	}
	racing.Wait()
	close(won)
	if attempts, err := l.Attempts(t.Context(), run.ID); err != nil || len(attempts) != 2 || len(won) != 1 {
		t.Errorf("%d won, %d attempts, %v", len(won), len(attempts), err)
	}
}

// reopen opens the same ledger a second time, as another process does.
func reopen(t *testing.T, l *Ledger) *Ledger {
	t.Helper()
	place := l.Place()
	if IsURL(place) { // its tables have their own schema in it already
		other, err := OpenLedger(place)
		return closing(t, other, err)
	}
	other, err := OpenForTest(place)
	return closing(t, other, err)
}

func closing(t *testing.T, other *Ledger, err error) *Ledger {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	return other
}

func TestFactsOfAnAttemptComeBackAndStayUntilTheyAreSaidAnew(t *testing.T) {
	l := openLedger(t)
	job := goodJob()
	job.GPUs, job.Nodes, job.GPUHour, job.Deadline = 8, 2, ptr(2.5), 3*time.Hour
	run, err := l.Create(t.Context(), "0199aaaa", job, Command{})
	if err != nil || run.GPUs != 16 || *run.Price != 40 || *run.WorstCase() != 120 {
		t.Fatalf("%+v, %v", run.Facts, err)
	}
	at := time.UnixMilli(1_700_000_000_000)
	facts := Facts{GPU: "h100", GPUs: 4, Price: ptr(9.5), Limit: time.Hour, AskedAt: at, ReadyAt: at.Add(time.Minute),
		SavedStep: ptr(int64(50)), ResumedFrom: "checkpoint-40", ResumedStep: ptr(int64(40)), Cost: ptr(7.25), Environment: "0f1e"}
	for _, f := range []Facts{facts, {}} {
		if err := l.Learn(t.Context(), run.ID, 1, f); err != nil {
			t.Fatal(err)
		}
		if run, err = l.Run(t.Context(), run.ID); err != nil || !reflect.DeepEqual(run.Facts, facts) {
			t.Errorf("%+v, want %+v, %v", run.Facts, facts, err)
		}
	}
	if facts.News(run.Facts) || !(Facts{SavedStep: ptr(int64(60))}).News(run.Facts) || (Facts{}).News(run.Facts) {
		t.Error("what is known is news, or what is not is none")
	}
	if err := l.Learn(t.Context(), "0199ffff", 1, facts); !errors.Is(err, ErrNoRun) {
		t.Errorf("of no run: %v", err)
	}
}

func TestWhatAnAttemptCostIsPriceByTimeOrUnknown(t *testing.T) {
	start, now := time.UnixMilli(1_700_000_000_000), time.UnixMilli(1_700_000_000_000).Add(2*time.Hour)
	a := Attempt{State: Running, StartedAt: start.Add(time.Hour), Facts: Facts{GPUs: 8, Price: ptr(10.0), AskedAt: start}}
	if d, h := a.Dollars(now), a.GPUHours(now); *d != 20 || *h != 16 {
		t.Errorf("%v dollars, %v GPU-hours", *d, *h)
	}
	for name, change := range map[string]func(*Attempt){
		"no price":      func(a *Attempt) { a.Price = nil },
		"lost":          func(a *Attempt) { a.State, a.EndedAt = Lost, now },
		"an end unseen": func(a *Attempt) { a.State = Failed },
		"never began":   func(a *Attempt) { a.StartedAt, a.AskedAt = time.Time{}, time.Time{} },
	} {
		b := a
		if change(&b); b.Dollars(now) != nil {
			t.Errorf("%s: %v dollars", name, *b.Dollars(now))
		}
	}
	a.Cost = ptr(3.5)
	if *a.Dollars(now) != 3.5 {
		t.Errorf("the bill says 3.5, not %v", *a.Dollars(now))
	}
}

func TestRunsKnowWhoAskedForThem(t *testing.T) {
	l := openLedger(t)
	job := goodJob()
	job.Sweep = "lengths"
	in := Intent{ID: "0199aaaa", Job: job, User: "ada"}
	if run, err := l.Intend(t.Context(), in); err != nil || run.CreatedBy != "ada" {
		t.Fatalf("%+v, %v", run, err)
	}
	if run, err := l.Run(t.Context(), "0199aaaa"); err != nil || run.CreatedBy != "ada" || run.Job.Sweep != "lengths" {
		t.Errorf("%+v, %v", run, err)
	}
}

func TestHistoryTellsWhyThereIsAnotherAttempt(t *testing.T) {
	l := openLedger(t)
	run := create(t, l, "0199aaaa")
	advance(t, l, run, Starting, Running, Preempted)
	next := Next{Command: Command{Progress: "log2"}, Facts: Facts{ResumedFrom: "checkpoint-3", ResumedStep: ptr(int64(3))}}
	if _, err := l.Again(t.Context(), run.ID, 1, "preempted", next); err != nil {
		t.Fatal(err)
	}
	events, err := l.Events(t.Context(), run.ID)
	last := events[len(events)-1]
	if err != nil || last.Attempt != 2 || !strings.Contains(last.Text, "preempted") {
		t.Errorf("%+v, %v", last, err)
	}
	attempts, err := l.Attempts(t.Context(), run.ID)
	if err != nil || len(attempts) != 2 || attempts[0].State != Preempted || attempts[1].Progress != "log2" || *attempts[1].ResumedStep != 3 {
		t.Errorf("%+v, %v", attempts, err)
	}
}
