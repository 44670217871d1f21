package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/launch"
	"trainyard/launch/sweep"
)

// trainedDo leaves what a trainer leaves: a whole checkpoint, and its end mark.
const trainedDo = `mkdir -p $1/checkpoint-1; echo '{"global_step": 1}' > $1/checkpoint-1/trainer_state.json; echo '{"train_loss": 1}' > $1/train_results.json`

// evaluatedHome is a sweep over seeds whose cells are evaluated by a script that leaves
// a line for each of its starts; do is what the script does after that.
func evaluatedHome(t *testing.T, seeds, do string) (h *sweepHome, marks string) {
	t.Helper()
	h = newSweepHome(t, "  seeds: ["+seeds+"]\n", trainedDo)
	marks = filepath.Join(h.dir, "evaluations")
	h.write(t, "eval.sh", "test -f $1/trainer_state.json || exit 9; echo $1 >> "+marks+"; "+do+"\nprintf 'id,verdict\\neel-1,passed\\neel-2,failed\\n' > $2/graded.csv\n")
	h.evaluate(t, filepath.Join(h.dir, "eval.sh"))
	return h, marks
}

// evaluate adds an evaluation to the sweep's file.
func (h *sweepHome) evaluate(t *testing.T, script string) {
	t.Helper()
	eval := fmt.Sprintf("eval: [{name: eels, command: [sh, %s, \"{checkpoint}\", \"{output}\"], benchmark: eels, deadline: 2h, backend: local}]\n", script)
	h.replace(t, "sweep:\n", eval+"sweep:\n")
}

func linesOf(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// resultsOf counts the results in the ledger.
func (h *sweepHome) resultsOf(t *testing.T) int {
	t.Helper()
	l, err := launch.OpenLedger(launch.LedgerFile(filepath.Join(h.dir, "home")))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	all, err := l.ResultLines(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestASweepWaitsForTheEvaluationsOfItsCells(t *testing.T) {
	h, marks := evaluatedHome(t, "1, 2", "true")
	plan := h.run(t, "sweep", "plan", h.file, "--gpu-hour", "1", "--deadline", "1h")
	if !strings.Contains(plan, "2 evaluations, 2 missing; those that are left take 4 hours at most; worst case $4.00") || !strings.Contains(plan, "Worst case of what is left: $6.00") {
		t.Errorf("%s", plan)
	}
	said := h.run(t, "sweep", "run", h.file)
	if !strings.Contains(said, "2 evaluations: 2 succeeded") || !strings.Contains(said, "eels seed 1 step 1: 1 of 2 resolved") {
		t.Errorf("%s", said)
	}
	h.run(t, "sweep", "run", h.file) // nothing is left
	p := h.status(t)
	if p.Total.Evaluations.By[sweep.Succeeded] != 2 || len(linesOf(t, marks)) != 2 || len(h.starts(t)) != 2 || h.resultsOf(t) != 2 || len(p.Orphans) != 0 {
		t.Errorf("%v, %d evaluations started, %d results, %d orphans", p.Total.Evaluations, len(linesOf(t, marks)), h.resultsOf(t), len(p.Orphans))
	}
}

func TestAnEvaluationThatFailedIsRetriedWhenTheSweepIsRunAgain(t *testing.T) {
	h, marks := evaluatedHome(t, "1, 2, 3", "true")
	h.write(t, "eval.sh", fmt.Sprintf("echo $1 >> %s; test $(wc -l < %s) -ne 2 || exit 3; printf 'id,verdict\\neel-1,passed\\n' > $2/graded.csv\n", marks, marks)) // the second fails
	if said := h.fails(t, "sweep", "run", h.file); !strings.Contains(said, "1 evaluation of 3") {
		t.Errorf("%s", said)
	}
	if p := h.status(t); p.Total.By[sweep.Succeeded] != 3 || p.Total.Evaluations.By[sweep.Succeeded] != 2 || p.Total.Evaluations.By[sweep.Failed] != 1 || len(linesOf(t, marks)) != 3 {
		t.Fatalf("%v, %v, %d started", p.Total.By, p.Total.Evaluations, len(linesOf(t, marks)))
	}
	h.run(t, "sweep", "run", h.file)
	if p := h.status(t); p.Total.Evaluations.By[sweep.Succeeded] != 3 || len(linesOf(t, marks)) != 4 || len(h.starts(t)) != 3 {
		t.Errorf("%v, %d started, %d trained", p.Total.Evaluations, len(linesOf(t, marks)), len(h.starts(t)))
	}
}

// An evaluation that is added later trains nothing again.
func TestAnEvaluationIsAddedToASweepThatHasRun(t *testing.T) {
	h := newSweepHome(t, "  seeds: [1, 2]\n", trainedDo)
	h.run(t, "sweep", "run", h.file, "--parallel", "2")
	marks := filepath.Join(h.dir, "evaluations")
	h.write(t, "eval.sh", "echo $1 >> "+marks+"; printf 'id,verdict\\neel-1,passed\\n' > $2/graded.csv\n")
	h.evaluate(t, filepath.Join(h.dir, "eval.sh"))
	h.run(t, "sweep", "run", h.file, "--parallel", "2")
	if p := h.status(t); p.Total.Evaluations.By[sweep.Succeeded] != 2 || len(linesOf(t, marks)) != 2 || len(h.starts(t)) != 2 {
		t.Errorf("%v, %d evaluations started, %d trained", p.Total.Evaluations, len(linesOf(t, marks)), len(h.starts(t)))
	}
}

func TestTwoSweepsAtOnceEvaluateEachCellOnce(t *testing.T) {
	h, marks := evaluatedHome(t, "1, 2, 3, 4", "sleep 0.2")
	var both []*exec.Cmd
	for range 2 {
		cmd := h.command("sweep", "run", h.file, "--parallel", "4")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		both = append(both, cmd)
	}
	for _, cmd := range both {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	h.evaluatedOnce(t, marks, 4)
}

// slow leaves out what kills sweeps again and again.
func slow(t *testing.T) {
	t.Helper()
	if os.Getenv("TRAINYARD_SLOW_TESTS") == "" {
		t.Skip("it takes long: set TRAINYARD_SLOW_TESTS, or run .ci/run")
	}
}

func (h *sweepHome) evaluatedOnce(t *testing.T, marks string, cells int) {
	t.Helper()
	started := linesOf(t, marks)
	different := slices.Compact(slices.Sorted(slices.Values(started)))
	p := h.status(t)
	if len(started) != cells || len(different) != cells || p.Total.Evaluations.By[sweep.Succeeded] != cells || h.resultsOf(t) != cells || len(h.starts(t)) != cells {
		t.Errorf("%d evaluations of %d runs, %v, %d results, %d trained; of %d cells", len(started), len(different), p.Total.Evaluations.By, h.resultsOf(t), len(h.starts(t)), cells)
	}
}

func TestASweepThatIsKilledAtRandomPointsEvaluatesEachCellOnce(t *testing.T) {
	slow(t)
	seeds := "1, 2, 3, 4, 5, 6"
	h, marks := evaluatedHome(t, seeds, "sleep 0.3")
	for cells, killed := 6, 0; ; {
		moment := time.Now().Add(time.Duration(300+rand.IntN(1500)) * time.Millisecond)
		if h.struck(t, func() bool { return time.Now().After(moment) }, "--parallel", "2") {
			killed++
		} else { // it has ended, and the next is to have work again
			cells++
			more := fmt.Sprintf("%s, %d", seeds, cells)
			h.replace(t, "["+seeds+"]", "["+more+"]")
			seeds = more
		}
		if killed == 4 {
			h.run(t, "sweep", "run", h.file, "--parallel", "3")
			h.evaluatedOnce(t, marks, cells)
			return
		}
		if cells > 30 {
			t.Fatalf("of 4 kills %d hit, and %d sweeps were faster", killed, cells-6)
		}
	}
}

// struck runs the sweep and kills it when it is time, and reports whether that hit: else
// the sweep had ended before, and well.
func (h *sweepHome) struck(t *testing.T, now func() bool, args ...string) bool {
	t.Helper()
	cmd := h.command(append([]string{"sweep", "run", h.file}, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			hit := cmd.ProcessState.ExitCode() == -1
			if err != nil && !hit {
				t.Fatal(err)
			}
			return hit
		case <-time.After(10 * time.Millisecond):
			if now() {
				_ = cmd.Process.Kill() // it may have ended meanwhile
			}
		}
	}
}

// replace changes a text in the sweep's file.
func (h *sweepHome) replace(t *testing.T, old, with string) {
	t.Helper()
	text, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, "s.yaml", strings.Replace(string(text), old, with, 1))
}

func TestASweepThatIsStoppedEvaluatesNoMore(t *testing.T) {
	h, marks := evaluatedHome(t, "1", "sleep 300")
	cmd := h.command("sweep", "run", h.file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(2 * time.Minute); len(linesOf(t, marks)) == 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no evaluation has started")
		}
	}
	if out := h.run(t, "sweep", "stop", h.file); !strings.Contains(out, "1 run ended") {
		t.Errorf("%s", out)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the sweep says that its evaluation has succeeded")
	}
}
