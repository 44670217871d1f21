package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"trainyard/launch"
)

// fails runs a command that must not succeed, and returns what it says.
func (h *casesHome) fails(t *testing.T, args ...string) string {
	t.Helper()
	out, err := h.command(args...).CombinedOutput()
	if err == nil {
		t.Fatalf("trainyard %s succeeded:\n%s", strings.Join(args, " "), out)
	}
	return string(out)
}

// trained is a run that has ended, with a curve.
func (h *casesHome) trained(t *testing.T) shown {
	t.Helper()
	id := h.launch(t, h.script(t, "three-steps"))
	return h.await(t, id, func(s shown) bool { return s.State.Ended() })
}

func TestADamagedLedgerSaysWhatToDoAndIsMadeAnew(t *testing.T) {
	h := newCasesHome(t)
	before := h.trained(t)
	file := launch.LedgerFile(filepath.Join(h.dir, "home"))
	for name, spoil := range map[string]func() error{
		"rubbish": func() error { return os.WriteFile(file, []byte(strings.Repeat("rubbish ", 600)), 0o600) },
		"cut off": func() error { return os.Truncate(file, 4096+100) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"runs"}, {"runs", "show", before.ID}} {
			if said := h.fails(t, args...); !strings.Contains(said, "the ledger is damaged") || !strings.Contains(said, "trainyard reconcile --rebuild") {
				t.Errorf("%s: %v said %s", name, args, said)
			}
		}
		if out := h.run(t, "reconcile", "--rebuild"); !strings.Contains(out, "runs.db.damaged-") || !strings.Contains(out, "1 run added") {
			t.Errorf("%s: rebuild said %s", name, out)
		}
		after := h.show(t, before.ID)
		if after.State != before.State || after.steps() != "1 2 3" || after.Job.Recipe != "test" || !after.EndedAt.Equal(before.EndedAt) || !after.StartedAt.Equal(before.StartedAt) {
			t.Errorf("%s: before %+v\nafter %+v", name, before.Attempt, after.Attempt)
		}
	}
}

func TestALedgerThatWasRemovedIsMadeAnewByTheNextCommand(t *testing.T) {
	h := newCasesHome(t)
	before := h.trained(t)
	for _, part := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(launch.LedgerFile(filepath.Join(h.dir, "home")) + part); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if out := h.run(t, "runs"); !strings.Contains(out, before.ID[:8]) || !strings.Contains(out, "succeeded") {
		t.Errorf("it shows\n%s", out)
	}
}

func TestLaunchesOfOneRecipeSideBySideAreTold(t *testing.T) {
	h := newCasesHome(t)
	const racers = 4
	said := make([]string, racers)
	var racing sync.WaitGroup
	for i := range racers {
		racing.Go(func() {
			out, err := h.command("launch", h.dataset, "--trainer", "command", `train.params.argv=["sleep", "100"]`, "--detach", "--again").CombinedOutput()
			if said[i] = string(out); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	racing.Wait()
	told := 0
	for _, words := range said {
		if regexp.MustCompile(`Of the same recipe, \d other runs? ha(s|ve) not ended: [0-9a-f-]{36}`).MatchString(words) {
			told++
		}
	}
	if told < racers-1 {
		t.Errorf("%d of %d were told:\n%s", told, racers, strings.Join(said, "\n"))
	}
	var runs []launch.Run
	if err := json.Unmarshal([]byte(h.run(t, "runs", "--json")), &runs); err != nil || len(runs) != racers {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}
