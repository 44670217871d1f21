package launch_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
)

// A moody machine is a clockwork that is out of sight, or fails, for a while.
type moody struct {
	*clockwork
	status     launch.Status // for as long as it has a state
	failures   int           // Status fails as often
	unreadable int           // Open fails as often
}

var errStutter = errors.New("the file server stutters")

func (m *moody) Status(ctx context.Context, dir string, h launch.Handle) (launch.Status, error) {
	if m.failures > 0 {
		m.failures--
		return launch.Status{}, errStutter
	}
	if m.status.State != "" {
		return m.status, nil
	}
	return m.clockwork.Status(ctx, dir, h)
}

func (m *moody) Open(ctx context.Context, dir string, h launch.Handle, name string) (*launch.OpenFile, error) {
	if m.unreadable > 0 {
		m.unreadable--
		return nil, errStutter
	}
	return m.clockwork.Open(ctx, dir, h, name)
}

// lose lets the launcher look while the machine is out of sight.
func (m *moody) lose(t *testing.T, l *launch.Launcher, run launch.Run) launch.Run {
	t.Helper()
	m.status = launch.Status{State: launch.Lost, Reason: "vanished", Code: -1}
	run, err := l.Refresh(t.Context(), run)
	if err != nil || run.State != launch.Lost {
		t.Fatalf("%s, %v", run.State, err)
	}
	m.status = launch.Status{}
	return run
}

func TestALostRunIsFoundAgain(t *testing.T) {
	machine := &moody{clockwork: &clockwork{ends: time.Hour, final: launch.Status{State: launch.Succeeded, Reason: "exited with code 0"}}}
	onBackend(t, machine, func(t *testing.T, l *launch.Launcher, run launch.Run) {
		run = machine.lose(t, l, run)
		if again, err := l.Refresh(t.Context(), run); err != nil || again.State != launch.Running || !again.EndedAt.IsZero() || again.Reason != "found again" {
			t.Errorf("seen again: %+v, %v", again.Attempt, err)
		}
		run = machine.lose(t, l, run)
		time.Sleep(2 * time.Hour)
		if again, err := l.Refresh(t.Context(), run); err != nil || again.State != launch.Succeeded {
			t.Errorf("its record is there after all: %+v, %v", again.Attempt, err)
		}
	})
}

func TestALostRunThatIsFoundAgainCanBeStopped(t *testing.T) {
	machine := &moody{clockwork: &clockwork{ends: time.Hour}}
	onBackend(t, machine, func(t *testing.T, l *launch.Launcher, run launch.Run) {
		run = machine.lose(t, l, run)
		if run, err := l.Stop(t.Context(), run); err != nil || run.State != launch.Cancelled {
			t.Errorf("%s, %v", run.State, err)
		}
	})
}

func TestWhatWasLastKnownDoesNotFindALostRun(t *testing.T) {
	machine := &moody{clockwork: &clockwork{ends: time.Hour}}
	onBackend(t, machine, func(t *testing.T, l *launch.Launcher, run launch.Run) {
		run = machine.lose(t, l, run)
		machine.status = launch.Status{State: launch.Running, Reason: "last known", Code: -1, LastKnown: true}
		if run, err := l.Stop(t.Context(), run); err != nil || run.State != launch.Lost || run.Reason != "vanished" {
			t.Errorf("%+v, %v", run.Attempt, err)
		}
	})
}

func TestWatchOutlivesPassingTrouble(t *testing.T) {
	for _, c := range []struct {
		failures, unreadable int
	}{{4, 0}, {0, 4}, {2, 2}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			machine := &moody{clockwork: &clockwork{
				writes: []write{{0, `{"current_steps": 1, "loss": 3}` + "\n"}},
				ends:   10 * time.Second, final: launch.Status{State: launch.Succeeded},
			}, failures: c.failures, unreadable: c.unreadable}
			onBackend(t, machine, func(t *testing.T, l *launch.Launcher, run launch.Run) {
				var told []string
				run, err := l.Watch(t.Context(), run, story(&told, machine.started))
				if err != nil || run.State != launch.Succeeded || strings.Count(strings.Join(told, "\n"), "+1") != 1 {
					t.Errorf("%s, %v, told %q", run.State, err, told)
				}
			})
		})
	}
}

func TestWatchGivesUpOnLastingTroubleWithTheRunAsLastKnown(t *testing.T) {
	machine := &moody{clockwork: &clockwork{ends: time.Hour}, failures: 1 << 20}
	onBackend(t, machine, func(t *testing.T, l *launch.Launcher, run launch.Run) {
		again, err := l.Watch(t.Context(), run, func(launch.Update) error { return nil })
		if !errors.Is(err, errStutter) || again.ID != run.ID || again.State != launch.Running || machine.now() > 10*time.Second {
			t.Errorf("%+v after %v, %v", again, machine.now(), err)
		}
	})
}
