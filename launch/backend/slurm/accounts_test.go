package slurm

import (
	"os"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/backendtest"
)

// TestWhatSqueueHasForgottenTheAccountsTell needs TRAINYARD_SLURM_CONF, the slurm.conf of
// a cluster with slurmdbd.
func TestWhatSqueueHasForgottenTheAccountsTell(t *testing.T) {
	conf := os.Getenv("TRAINYARD_SLURM_CONF")
	if conf == "" {
		t.Skip("set TRAINYARD_SLURM_CONF to the slurm.conf of a cluster that keeps accounts")
	}
	t.Setenv("SLURM_CONF", conf)
	s := place(t, Config{Time: "1h", Requeue: true})
	since := time.Now().Add(-time.Minute)

	requeued, cancelled := backendtest.Task(t, s, "wait"), backendtest.Task(t, s, "wait")
	again, h := running(t, s, requeued), running(t, s, cancelled)
	run(t, "scontrol", "requeue", jobID(t, again))
	run(t, "scancel", jobID(t, again), jobID(t, h))
	tasks, _ := cells(t, s, 2)
	handles, err := s.StartMany(t.Context(), tasks)
	if err != nil {
		t.Fatal(err)
	}
	waitEnded(t, s, requeued.Dir, again)
	waitEnded(t, s, cancelled.Dir, h)
	for i, task := range tasks {
		waitEnded(t, s, task.Dir, handles[i])
	}
	for i, h := range append(handles, h) {
		j, err := parseHandle(h)
		if err != nil {
			t.Fatal(err)
		}
		var last row
		eventually(t, "slurmdbd has it", func() bool {
			rows, known, err := s.accounted(t.Context(), since, "-j", j.key())
			if err != nil || !known {
				t.Fatalf("%v, %v", known, err)
			}
			for _, r := range rows {
				if r.key == j.key() && j.is(r) {
					last = r
				}
			}
			return states[last.state].Ended()
		})
		want := []launch.State{launch.Succeeded, launch.Failed, launch.Cancelled}[i]
		if states[last.state] != want || i == 2 && !strings.HasPrefix(last.by, "0") || last.submitted.Before(since) {
			t.Errorf("%d: %+v, want %s", i, last, want)
		}
		rows, _, err := s.accounted(t.Context(), since, "--name="+j.Name)
		if err != nil {
			t.Fatal(err)
		}
		if found, ok := (submission{Name: j.Name, Asked: since, Index: j.Index}).among(rows); !ok || found.key() != j.key() {
			t.Errorf("by name: %+v, %v of %+v", found, ok, rows)
		}
	}
	eventually(t, "squeue has forgotten what was requeued and cancelled", func() bool { return len(jobsNamed(t, requeued)) == 0 })
	// Its accounts say REQUEUED for ever, so its record has the word: a TERM from outside.
	if got := waitEnded(t, s, requeued.Dir, again); got.State != launch.Failed || got.Signal != 15 {
		t.Errorf("%+v", got)
	}
}
