package launch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"trainyard/launch"
	"trainyard/launch/trainer"
)

// A clockwork is a machine on which everything happens at a set time after the
// start.
type clockwork struct {
	started time.Time
	writes  []write // to the progress file, in order
	ends    time.Duration
	final   launch.Status
}

type write struct {
	at   time.Duration
	text string
}

func (*clockwork) Name() string                      { return "local" }
func (*clockwork) Summary() string                   { return "a clockwork" }
func (*clockwork) Site(dir, self string) launch.Site { return launch.Site{Dir: dir, Self: self} }
func (*clockwork) LookPath(p string) (string, error) { return p, nil }
func (c *clockwork) now() time.Duration              { return time.Since(c.started) }
func (c *clockwork) Find(context.Context, string) (launch.Handle, error) {
	return "", launch.ErrNeverStarted
}

func (c *clockwork) Start(context.Context, launch.Task) (launch.Handle, error) {
	c.started = time.Now()
	return "1", nil
}

func (c *clockwork) Status(context.Context, string, launch.Handle) (launch.Status, error) {
	if c.now() < c.ends {
		return launch.Status{State: launch.Running, Code: -1}, nil
	}
	return c.final, nil
}

func (c *clockwork) Stop(context.Context, string, launch.Handle, time.Duration) error {
	c.ends, c.final = c.now()+time.Second, launch.Status{State: launch.Cancelled, Code: 143}
	return nil
}

func (c *clockwork) Open(_ context.Context, _ string, _ launch.Handle, name string) (*launch.OpenFile, error) {
	var written strings.Builder
	for _, w := range c.writes {
		if w.at <= c.now() {
			written.WriteString(w.text)
		}
	}
	if written.Len() == 0 || name == launch.LogName {
		return nil, fs.ErrNotExist
	}
	return &launch.OpenFile{
		ReaderAt: strings.NewReader(written.String()), Closer: io.NopCloser(nil), ID: "1", Size: int64(written.Len()), ModTime: time.Now(),
	}, nil
}

func (*clockwork) List(context.Context, string, launch.Handle, string) ([]launch.Entry, error) {
	return nil, fs.ErrNotExist
}

// on runs a job on a clockwork, in the fake time of a synctest bubble.
func on(t *testing.T, machine *clockwork, use func(t *testing.T, l *launch.Launcher, run launch.Run)) {
	t.Helper()
	onBackend(t, machine, use)
}

func onBackend(t *testing.T, machine launch.Backend, use func(t *testing.T, l *launch.Launcher, run launch.Run)) {
	home := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ledger, err := launch.OpenLedger(launch.LedgerFile(home))
		if err != nil {
			t.Fatal(err)
		}
		defer ledger.Close()
		l := &launch.Launcher{
			Home: home, Ledger: ledger, Trainers: trainer.Trainers, Backends: map[string]launch.Backend{"local": machine}, Poll: time.Second,
		}
		run, err := l.Start(t.Context(), job(filepath.Join(home, "dataset"), "train"))
		if err != nil {
			t.Fatal(err)
		}
		use(t, l, run)
	})
}

// story collects updates as one line each, with the second they came in.
func story(told *[]string, began time.Time) func(launch.Update) error {
	return func(u launch.Update) error {
		line := fmt.Sprintf("%ds", int(time.Since(began).Seconds()))
		if u.Moved {
			line += " " + string(u.Run.State)
		}
		for _, m := range u.Lines {
			line += fmt.Sprintf(" +%d", m.Step)
		}
		if p := u.Progress; p.Step > 0 {
			line += fmt.Sprintf(" (step %d of %d, loss %s, validation %s, left %v)", p.Step, p.TotalSteps, show(p.Loss), show(p.EvalLoss), p.Left)
		}
		*told = append(*told, line)
		return nil
	}
}

func show(f *float64) string {
	if f == nil {
		return "-"
	}
	return fmt.Sprint(*f)
}

func TestWatchTellsEveryLineOnceAndTheEndLast(t *testing.T) {
	machine := &clockwork{
		writes: []write{
			{1500 * time.Millisecond, `{"current_steps": 1, "total_steps": 3, "loss": 3, "remaining_time": "0:00:04"}` + "\n"},
			{2500 * time.Millisecond, `{"current_steps": 2, "total_steps": 3, "lo`}, // still being written
			{3500 * time.Millisecond, `ss": 2, "remaining_time": "0:00:02"}` + "\n" + `{"current_steps": 2, "total_steps": 3, "eval_loss": 2.5}` + "\n"},
			{5500 * time.Millisecond, `{"current_steps": 3, "total_steps": 3, "loss": 1}` + "\n"},
		},
		ends: 5600 * time.Millisecond, final: launch.Status{State: launch.Succeeded, Reason: "exited with code 0"},
	}
	on(t, machine, func(t *testing.T, l *launch.Launcher, run launch.Run) {
		var told []string
		run, err := l.Watch(t.Context(), run, story(&told, machine.started))
		if err != nil || run.State != launch.Succeeded {
			t.Errorf("%s, %v", run.State, err)
		}
		want := []string{
			"0s running",
			"2s +1 (step 1 of 3, loss 3, validation -, left 4s)",
			"4s +2 +2 (step 2 of 3, loss 2, validation 2.5, left 0s)",
			"6s succeeded +3 (step 3 of 3, loss 1, validation 2.5, left 0s)",
		}
		if got := strings.Join(told, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("told\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
		if *run.Loss != 1 || *run.EvalLoss != 2.5 || run.Step != 3 {
			t.Errorf("the ledger has %+v", run.Attempt)
		}
	})
}

func TestALateWatcherIsToldWhatHappenedSoFar(t *testing.T) {
	machine := &clockwork{
		writes: []write{{0, `{"current_steps": 1, "loss": 3}` + "\n" + `{"current_steps": 2, "loss": 2}` + "\n"}},
		ends:   time.Second, final: launch.Status{State: launch.Failed, Reason: "exited with code 1", Code: 1},
	}
	on(t, machine, func(t *testing.T, l *launch.Launcher, run launch.Run) {
		time.Sleep(time.Minute)
		if _, err := l.Refresh(t.Context(), run); err != nil { // another process's look takes the lines to the ledger
			t.Fatal(err)
		}
		var told []string
		if run, err := l.Watch(t.Context(), run, story(&told, machine.started)); err != nil || run.State != launch.Failed {
			t.Errorf("%s, %v", run.State, err)
		}
		if got := strings.Join(told, "\n"); got != "60s failed +1 +2 (step 2 of 0, loss 2, validation -, left 0s)" {
			t.Errorf("told\n%s", got)
		}
	})
}

func TestAWatcherThatGivesUpLeavesTheRunAlone(t *testing.T) {
	machine := &clockwork{ends: time.Hour}
	on(t, machine, func(t *testing.T, l *launch.Launcher, run launch.Run) {
		tired := errors.New("tired")
		if _, err := l.Watch(t.Context(), run, func(launch.Update) error { return tired }); !errors.Is(err, tired) {
			t.Errorf("%v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		run, err := l.Watch(ctx, run, func(launch.Update) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) || run.State != launch.Running {
			t.Errorf("%s, %v", run.State, err)
		}
	})
}

func TestAStopIsWatchedToItsEnd(t *testing.T) {
	machine := &clockwork{ends: time.Hour}
	on(t, machine, func(t *testing.T, l *launch.Launcher, run launch.Run) {
		if run, err := l.Stop(t.Context(), run); err != nil || run.State != launch.Cancelled || machine.now() > 3*time.Second {
			t.Errorf("%s after %v, %v", run.State, machine.now(), err)
		}
		events, err := l.Ledger.Events(t.Context(), run.ID)
		if err != nil || len(events) != 5 || events[3].State != launch.Stopping {
			t.Errorf("%+v, %v", events, err)
		}
	})
}
