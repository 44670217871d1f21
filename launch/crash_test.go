package launch_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"trainyard/launch"
)

// An anew makes a place whose trainers leave their marks under that name.
type anew func(t *testing.T, mark string) place

func here(t *testing.T, _ string) place { return newPlace(t) }

func TestALauncherKilledAtAnyPointNeverStartsARunTwice(t *testing.T) { startsOnce(t, here) }

func startsOnce(t *testing.T, there anew) {
	for point, want := range map[string]struct {
		state  launch.State
		reason string
		starts int
	}{
		"intent":   {launch.Failed, "never started", 0},
		"starting": {launch.Failed, "never started", 0},
		"started":  {launch.Succeeded, "code 0", 1},
	} {
		t.Run(point, func(t *testing.T) {
			p := there(t, "mark-"+point)
			dies(t, "start", p.Home, p.dataset, p.there, point)
			runs, err := p.Ledger.Runs(t.Context(), 0)
			if err != nil || len(runs) != 1 || runs[0].Handle != "" {
				t.Fatalf("the crash left %+v, %v", runs, err)
			}
			run := p.end(t, runs[0])
			if run.State != want.state || !strings.Contains(run.Reason, want.reason) || p.starts(t) != want.starts {
				t.Errorf("%s: %s, started %d times", run.State, run.Reason, p.starts(t))
			}
		})
	}
}

func TestALauncherKilledAfterAnyPointLeavesATrueLedger(t *testing.T) { leavesTheTruth(t, 4, here) }

// A launcher that is killed while it goes on from a point may have come any
// way further; what the ledger says afterwards is what happened.
func leavesTheTruth(t *testing.T, times int, there anew) {
	for point, mayFail := range map[string]bool{"intent": true, "starting": true, "started": false, "saved": false} {
		t.Run(point, func(t *testing.T) {
			for range times {
				p := there(t, "mark-after-"+point)
				killAfter(t, p, point)
				runs, err := p.List(t.Context(), 0)
				if err != nil || len(runs) != 1 {
					t.Fatalf("%d runs, %v", len(runs), err)
				}
				run := p.end(t, runs[0])
				never := run.State == launch.Failed && strings.Contains(run.Reason, "never started") && p.starts(t) == 0
				if trained := run.State == launch.Succeeded && p.starts(t) == 1; !trained && (!never || !mayFail) {
					t.Errorf("%s (%s), started %d times", run.State, run.Reason, p.starts(t))
				}
			}
		})
	}
}

// killAfter kills a launcher as soon as it says that it has reached the point.
func killAfter(t *testing.T, p place, point string) {
	t.Helper()
	cmd := begin(t, "tell", p.Home, p.dataset, p.there)
	out, err := cmd.StdoutPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for line := ""; line != point+"\n"; {
		if line, err = lines.ReadString('\n'); err != nil {
			t.Fatalf("it never said %s: %v", point, err)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
}

func TestManyThatLookAtAnAbandonedRunAdoptItOnce(t *testing.T) { adoptsOnce(t, here(t, "")) }

// adoptsOnce has many look at once, as one program and as several.
func adoptsOnce(t *testing.T, p place) {
	dies(t, "start", p.Home, p.dataset, p.there, "started")
	var looking sync.WaitGroup
	for i := range 8 {
		by := p.Launcher
		if i%2 == 1 {
			by = launcher(p.Home)
		}
		looking.Go(func() {
			if _, err := by.List(t.Context(), 0); err != nil {
				t.Error(err)
			}
		})
	}
	looking.Wait()
	runs, err := p.Ledger.Runs(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if run := p.end(t, runs[0]); run.State != launch.Succeeded || p.starts(t) != 1 {
		t.Errorf("%s: %s, started %d times", run.State, run.Reason, p.starts(t))
	}
	events, err := p.Ledger.Events(t.Context(), runs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	var adopted int
	for _, e := range events {
		if strings.Contains(e.Text, "found running: ") {
			adopted++
		}
	}
	if adopted != 1 {
		t.Errorf("adopted %d times: %+v", adopted, events)
	}
}

func TestProcessesThatRaceToStartARunStartItOnce(t *testing.T) {
	p := newPlace(t)
	const racers = 8
	run, err := p.Ledger.Create(t.Context(), "0199aaaa-0000", job(p.dataset, "hold", p.mark), launch.Command{})
	if err != nil {
		t.Fatal(err)
	}
	var go1, ready sync.WaitGroup
	go1.Add(1)
	ready.Add(racers)
	var racing sync.WaitGroup
	won := make(chan string, racers)
	for range racers {
		racing.Go(func() { won <- race(t, p, run.ID, &ready, &go1) })
	}
	ready.Wait()
	go1.Done()
	racing.Wait()
	close(won)
	var winners int
	for line := range won {
		if strings.HasPrefix(line, "true") {
			winners++
		} else if !strings.Contains(line, "already claimed") {
			t.Errorf("a loser said %q", line)
		}
	}
	p.awaitStart(t)
	if run, err = p.Stop(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	if winners != 1 || p.starts(t) != 1 || run.State != launch.Cancelled {
		t.Errorf("%d won, started %d times, %s", winners, p.starts(t), run.State)
	}
}

// race runs one process up to its start, and on when all others are there too.
func race(t *testing.T, p place, id string, ready, start *sync.WaitGroup) string {
	cmd := begin(t, "begin", p.Home, id, p.mark)
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut, cmd.Start()); err != nil {
		t.Error(err)
	}
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		t.Errorf("%q, %v", line, err)
	}
	ready.Done()
	start.Wait()
	if _, err := io.WriteString(in, "\n"); err != nil {
		t.Error(err)
	}
	line, err := lines.ReadString('\n')
	if err := errors.Join(err, cmd.Wait()); err != nil {
		t.Error(err)
	}
	return line
}

func TestARunGoesOnWhenItsLauncherIsKilledAndIsFoundAgain(t *testing.T) { goesOn(t, here(t, "")) }

func goesOn(t *testing.T, p place) {
	cmd := begin(t, "leave", p.Home, p.dataset, p.there)
	out, err := cmd.StdoutPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	id, err := bufio.NewReader(out).ReadString('\n')
	if err := errors.Join(err, cmd.Process.Kill()); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	run, err := p.Ledger.Find(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	p.awaitStart(t)
	if run, err = p.Refresh(t.Context(), run); err != nil || run.State != launch.Running {
		t.Fatalf("%s (%s), %v", run.State, run.Reason, err)
	}
	if run, err = p.Stop(t.Context(), run); err != nil || run.State != launch.Cancelled || run.ExitCode == nil || *run.ExitCode != 143 {
		t.Errorf("%+v, %v", run.Attempt, err)
	}
}

func TestProcessesThatMeetAtANewLedgerAllWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "home", "runs.db")
	const writers = 6
	var writing sync.WaitGroup
	for i := range writers {
		writing.Go(func() {
			cmd := begin(t, "open", file, fmt.Sprintf("0199aaa%d", i))
			var words bytes.Buffer
			cmd.Stderr = &words
			if err := cmd.Run(); err != nil {
				t.Errorf("%v: %s", err, words.String())
			}
		})
	}
	writing.Wait()
	l, err := launch.OpenForTest(file)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if runs, err := l.Runs(t.Context(), 0); err != nil || len(runs) != writers {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}
