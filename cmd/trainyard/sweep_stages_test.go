package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch/sweep"
)

// stagedHome is a sweep of three rates and two seeds, of which the best rate goes on to
// a second stage. The evaluation finds 2e-5 best: it reads the job that the run keeps.
func stagedHome(t *testing.T, rule string) (h *sweepHome, marks string) {
	t.Helper()
	block := "  matrix: [{key: train.lr, values: [1e-5, 2e-5, 5e-5]}]\n  seeds: [1, 2]\n  stages:\n    - {name: small, set: {model.base: tiny}}\n    - {name: large, set: {model.base: huge}, " + rule + "}\n"
	h = newSweepHome(t, block, trainedDo)
	marks = filepath.Join(h.dir, "evaluations")
	h.write(t, "eval.sh", "echo $1 >> "+marks+"; v=failed; grep -q '\"lr\": 0.00002' $3/job.json && v=passed; printf \"id,verdict\\neel-1,$v\\neel-2,failed\\n\" > $2/graded.csv\n")
	eval := fmt.Sprintf("eval: [{name: eels, command: [sh, %s, \"{checkpoint}\", \"{output}\", \"{run}\"], benchmark: eels, deadline: 1h}]\n", filepath.Join(h.dir, "eval.sh"))
	h.replace(t, "sweep:\n", eval+"sweep:\n")
	return h, marks
}

func TestTheBestVariantsOfAStageGoOnToTheNext(t *testing.T) {
	h, marks := stagedHome(t, "top: 1, by: 'eval:eels'")
	plan := h.run(t, "sweep", "plan", h.file, "--gpu-hour", "1", "--deadline", "1h")
	for _, want := range []string{"stage large: up to 1 of 3 variants, by eval:eels, the highest: open, small/lr=1e-5,seed=1 has not run", "12 cells of different contents, 6 missing, 6 wait", "6 evaluations, 6 missing, and up to 2 of stages that wait"} {
		if !strings.Contains(plan, want) {
			t.Errorf("no %q in\n%s", want, plan)
		}
	}
	if !strings.Contains(plan, "Worst case of what is left: $16.00") { // 6 cells, and 2 of 6, each with its evaluation
		t.Errorf("%s", plan)
	}
	said := h.run(t, "sweep", "run", h.file, "--parallel", "3")
	if !strings.Contains(said, "lr=2e-5 (0.5) on; lr=1e-5 (0), lr=5e-5 (0) out") {
		t.Errorf("%s", said)
	}
	if p := h.status(t); p.Total.By[sweep.Succeeded] != 8 || p.Total.By[sweep.Out] != 4 || len(h.starts(t)) != 8 || len(linesOf(t, marks)) != 8 {
		t.Errorf("%v, %d starts, %d evaluations", p.Total.By, len(h.starts(t)), len(linesOf(t, marks)))
	}
	h.run(t, "sweep", "run", h.file) // nothing is left
	if len(h.starts(t)) != 8 {
		t.Errorf("%d starts", len(h.starts(t)))
	}
}

func TestStagesThatAreKilledGoOnWhereTheyWere(t *testing.T) {
	slow(t)
	h, marks := stagedHome(t, "top: 1, by: 'eval:eels'")
	killed := 0
	for _, evaluated := range []int{1, 4, 7} { // the seventh is one of the second stage
		if h.struck(t, func() bool { return len(linesOf(t, marks)) >= evaluated }, "--parallel", "3") {
			killed++
		}
	}
	if killed < 2 {
		t.Errorf("%d of 3 kills hit", killed)
	}
	h.run(t, "sweep", "run", h.file, "--parallel", "3")
	if p := h.status(t); p.Total.By[sweep.Succeeded] != 8 || p.Total.By[sweep.Out] != 4 || len(h.starts(t)) != 8 || len(linesOf(t, marks)) != 8 {
		t.Errorf("%v, %d starts, %d evaluations", p.Total.By, len(h.starts(t)), len(linesOf(t, marks)))
	}
	t.Logf("killed %d times", killed)
}

// Money is not spent on a choice that the next attempt of a cell may change.
func TestACellThatFailedLeavesTheChoiceOpen(t *testing.T) {
	loss := `for s in 1 2 3; do echo "{\"current_steps\": $s, \"total_steps\": 3, \"total_tokens\": $((s * 100)), \"loss\": $s}" >> $1/trainer_log.jsonl; done; test $(wc -l < MARKS) -ne 2 || exit 3`
	h := newSweepHome(t, "  seeds: [1]\n", "true")
	block := "  matrix: [{key: train.lr, values: [1e-5, 2e-5]}]\n  stages: [{name: small}, {name: large, set: {model.base: huge}, better: 9, by: loss}]\n"
	h.block(t, block, strings.ReplaceAll(loss, "MARKS", h.marks)) // the second start fails
	if said := h.fails(t, "sweep", "run", h.file); !strings.Contains(said, "3 cells of 4") {
		t.Errorf("%s", said)
	}
	if p := h.status(t); p.Total.By[sweep.Waits] != 2 || p.Stages[1].Undecided != "small/lr=2e-5 has failed" || len(h.starts(t)) != 2 {
		t.Fatalf("%v, %+v, %d starts", p.Total.By, p.Stages[1], len(h.starts(t)))
	}
	h.run(t, "sweep", "run", h.file)
	if p := h.status(t); p.Total.By[sweep.Succeeded] != 4 || len(h.starts(t)) != 5 || p.Stages[1].Scores[0].Value != 2 {
		t.Errorf("%v, %+v, %d starts", p.Total.By, p.Stages[1], len(h.starts(t)))
	}
}
