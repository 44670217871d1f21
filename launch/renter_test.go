package launch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
)

// A hotel is a place that is dearer, and paid for longer, than a job says.
type hotel struct{ launch.Backend }

func (hotel) Most(deadline time.Duration) (float64, time.Duration) { return 10, deadline + time.Hour }

// A ruin is a place that was paid for, and where nothing starts.
type ruin struct {
	launch.Backend
	asked time.Time
}

func (ruin) Start(context.Context, launch.Task) (launch.Handle, error) {
	return "", errors.New("its disk is full")
}

func (ruin) Find(context.Context, string) (launch.Handle, error) {
	return "", launch.ErrNeverStarted
}

func (r ruin) Paid(string) (launch.Facts, error) {
	price := 2.0
	return launch.Facts{AskedAt: r.asked, Price: &price}, nil
}

func TestAnAttemptThatNeverStartedHasCostWhatWasPaidForIt(t *testing.T) {
	p := newPlace(t)
	asked := job(p.dataset, "exit", "0")
	p.Backends = map[string]launch.Backend{asked.Backend: ruin{p.Backends[asked.Backend], time.Now().Add(-time.Hour)}}
	run, err := p.Start(t.Context(), asked)
	if err == nil || run.State != launch.Failed {
		t.Fatalf("%s, %v", run.State, err)
	}
	spend, err := p.Ledger.Spend(t.Context(), launch.SpendQuery{})
	if dollars := run.Dollars(time.Now()); err != nil || dollars == nil || *dollars < 2 || *dollars > 3 || spend.Dollars != *dollars || spend.Committed != 0 {
		t.Errorf("cost %v, spend %+v, %v", dollars, spend, err)
	}
}

func TestACapBoundsTheMostThatARentedPlaceMayCost(t *testing.T) {
	p := newPlace(t)
	asked := job(p.dataset, "exit", "0")
	open := p.Backends
	p.Backends = map[string]launch.Backend{asked.Backend: hotel{open[asked.Backend]}}
	one, free := 1.0, 0.0
	asked.GPUs, asked.GPUHour, asked.Deadline = 1, &one, time.Hour
	p.Caps = launch.Caps{Run: 19}
	if _, err := p.Start(t.Context(), asked); !errors.Is(err, launch.ErrCap) || !strings.Contains(err.Error(), "may cost $20.00") {
		t.Errorf("got %v", err)
	}
	asked.GPUHour = &free // said to be free, which it is not
	if _, err := p.Start(t.Context(), asked); !errors.Is(err, launch.ErrCap) {
		t.Errorf("got %v", err)
	}
	p.Caps = launch.Caps{Run: 41}
	run, err := p.Start(t.Context(), asked)
	if err != nil || *run.WorstCase() != 20 {
		t.Fatalf("%v, %v", run.WorstCase(), err)
	}
	p.Backends = open
}
