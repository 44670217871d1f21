package sweeptest

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"trainyard/launch"
)

// A mark is one start of a trainer, as the trainer left it.
type mark struct {
	run     string
	attempt int
}

var markForm = regexp.MustCompile(`^(\S+) .*/([0-9a-f-]{36})/attempt-(\d+)/`)

// marks are the starts of trainers, in their order.
func (s *Sweep) marks(t testing.TB) (all []mark) {
	t.Helper()
	file, err := os.Open(filepath.Join(s.Here, "marks"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		m := markForm.FindStringSubmatch(lines.Text())
		if m == nil {
			t.Fatalf("a mark that is none: %q", lines.Text())
		}
		n, _ := strconv.Atoi(m[3])
		all = append(all, mark{m[2], n})
	}
	return all
}

// A Count is what the ledger has of a sweep, beside what its trainers have told.
type Count struct {
	Cells    int // that have exactly one attempt which succeeded, evaluations among them
	Attempts int // that have started, as the ledger has it
	Marks    int // starts of trainers, as these have it
	// Unmarked attempts have started and ended before their trainer could leave its mark.
	Unmarked int
	// Results are those of trained cells that have the one of their evaluation.
	Results int
}

// Check says what is wrong where a cell has not exactly one attempt that succeeded,
// where an attempt was started twice, where two trainers of a cell ran at once, and where
// a start is known to the ledger or to its trainer alone.
func (s *Sweep) Check(t testing.TB) (c Count) {
	t.Helper()
	marked := map[mark]int{}
	for _, m := range s.marks(t) {
		marked[m]++
		c.Marks++
	}
	succeeded := map[string]int{}
	for _, r := range Attempts(t, s.Home()) {
		m := mark{r.ID, r.N}
		starts := marked[m]
		delete(marked, m)
		switch {
		case starts > 1:
			t.Errorf("attempt %d of run %s was started %d times", r.N, r.ID, starts)
		case !r.State.Ended():
			t.Errorf("attempt %d of run %s is %s: %s", r.N, r.ID, r.State, r.Reason)
		case starts == 1 && r.StartedAt.IsZero():
			t.Errorf("attempt %d of run %s has started, and the ledger does not know (%s: %s)", r.N, r.ID, r.State, r.Reason)
		case starts == 0 && r.State == launch.Succeeded:
			t.Errorf("attempt %d of run %s succeeded without a start", r.N, r.ID)
		}
		if !r.StartedAt.IsZero() {
			c.Attempts++
			if starts == 0 {
				c.Unmarked++
				t.Logf("attempt %d of run %s ended before its mark: %s, %s", r.N, r.ID, r.State, r.Reason)
			}
		}
		if r.State == launch.Succeeded {
			succeeded[r.Job.Cell]++
		} else {
			succeeded[r.Job.Cell] += 0
		}
	}
	for m := range marked {
		t.Errorf("a trainer started for attempt %d of run %s, which is not in the ledger", m.attempt, m.run)
	}
	for cell, n := range succeeded {
		if n == 1 {
			c.Cells++
		} else {
			t.Errorf("cell %.12s has succeeded %d times", cell, n)
		}
	}
	if c.Cells != s.Cells() {
		t.Errorf("%d cells have ended once, of %d", c.Cells, s.Cells())
	}
	if c.Attempts-c.Unmarked != c.Marks {
		t.Errorf("the ledger knows %d starts, %d of them without a mark, and trainers left %d marks", c.Attempts, c.Unmarked, c.Marks)
	}
	if s.checkResults(t, &c); s.Evaluates != "" && c.Results != s.trained() {
		t.Errorf("%d cells have their result, of %d", c.Results, s.trained())
	}
	if overlaps, err := os.ReadFile(filepath.Join(s.Here, "overlaps")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("trainers of one cell ran at once, %v:\n%s", err, overlaps)
	}
	t.Logf("%+v", c)
	return c
}

// checkResults looks at what the evaluations have found out.
func (s *Sweep) checkResults(t testing.TB, c *Count) {
	t.Helper()
	l, err := launch.OpenLedger(launch.LedgerFile(s.Home()))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	runs, err := l.Runs(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		results, err := l.Results(t.Context(), r.ID)
		switch {
		case err != nil:
			t.Fatal(err)
		case len(results) == 0:
		case len(results) > 1 || results[0].Resolved() != 1 || results[0].Total() != 2:
			t.Errorf("run %s has the results %+v", r.ID, results)
		default:
			c.Results++
		}
	}
}

// Attempts are all attempts of a ledger, each as a run.
func Attempts(t testing.TB, home string) (all []launch.Run) {
	t.Helper()
	l, err := launch.OpenLedger(launch.LedgerFile(home))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	runs, err := l.Runs(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		attempts, err := l.Attempts(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range attempts {
			r.Attempt = a
			all = append(all, r)
		}
	}
	return all
}

// tellTroubled logs the newest attempts that neither succeeded nor go on.
func (s *Sweep) tellTroubled(t testing.TB) {
	t.Helper()
	for _, r := range Attempts(t, s.Home()) {
		if r.State.Ended() && r.State != launch.Succeeded {
			t.Logf("%s: attempt %d of run %s is %s: %s", r.Job.CellName, r.N, r.ID, r.State, r.Reason)
		}
	}
}

// Missing is why such a sweep cannot run here; empty where it can.
func Missing() string {
	for _, dir := range strings.Split(os.Getenv("PATH"), ":") {
		if _, err := os.Stat(filepath.Join(dir, "flock")); err == nil {
			return ""
		}
	}
	return "cells lock a file with flock, of util-linux"
}
