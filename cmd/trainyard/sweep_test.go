package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
	"trainyard/launch/database/postgrestest"
	"trainyard/launch/sweep"
	"trainyard/launch/sweep/sweeptest"
	"trainyard/recipes"
)

// A sweepHome has a sweep whose cells leave a line for each of their starts.
type sweepHome struct {
	*casesHome
	file, marks string
}

// newSweepHome writes a sweep over seeds. do is what a cell's shell does after its mark.
func newSweepHome(t *testing.T, block, do string) *sweepHome {
	t.Helper()
	h := &sweepHome{casesHome: newCasesHome(t)}
	h.file, h.marks = filepath.Join(h.dir, "s.yaml"), filepath.Join(h.dir, "marks")
	h.block(t, block, do)
	t.Cleanup(func() { h.stopAll(t) })
	return h
}

func (h *sweepHome) block(t *testing.T, block, do string) {
	t.Helper()
	h.write(t, "cell.sh", "echo $1 >> "+h.marks+"; mkdir -p $1; "+do+"\n")
	h.edit(t, block)
}

// edit writes the block alone: what a cell does stays.
func (h *sweepHome) edit(t *testing.T, block string) {
	t.Helper()
	script := filepath.Join(h.dir, "cell.sh")
	argv, err := json.Marshal([]string{"sh", script, "{output}"})
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, "s.yaml", "name: s\nextends: demo\ntrain: {trainer: command, params: {argv: "+string(argv)+"}}\nsweep:\n"+block)
}

// starts are the attempts that have started, by the trainers' own marks.
func (h *sweepHome) starts(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(h.marks)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
}

// said is what a command that succeeds says on both streams.
func (h *sweepHome) said(t *testing.T, args ...string) string {
	t.Helper()
	out, err := h.command(args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (h *sweepHome) status(t *testing.T) yard.SweepPlan {
	t.Helper()
	var p yard.SweepPlan
	if err := json.Unmarshal([]byte(h.run(t, "sweep", "status", h.file, "--json")), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// ledgerStarts counts the attempts of the ledger that have started.
func (h *sweepHome) ledgerStarts(t *testing.T) (n int) {
	t.Helper()
	for _, a := range sweeptest.Attempts(t, filepath.Join(h.dir, "home")) {
		if !a.StartedAt.IsZero() {
			n++
		}
	}
	return n
}

// eachOnce says what is wrong where a cell has not exactly one run that succeeded and
// one start, or where the ledger's count of starts is not the trainers'. before are the
// cells that an earlier file of the sweep had.
func (h *sweepHome) eachOnce(t *testing.T, cells, before int) {
	t.Helper()
	p := h.status(t)
	if p.Total.By[sweep.Succeeded] != cells || len(p.Cells) != cells {
		t.Errorf("of %d cells: %v", cells, p.Total.By)
	}
	starts := h.starts(t)
	if different := slices.Compact(slices.Sorted(slices.Values(starts))); len(different) != len(starts) {
		t.Errorf("%d starts of %d attempts", len(starts), len(different))
	}
	if n := h.ledgerStarts(t); n != len(starts) || n != before+cells {
		t.Errorf("the ledger knows %d starts, the trainers %d, of %d cells", n, len(starts), before+cells)
	}
}

func TestTwoSweepsAtOnceStartEachCellOnce(t *testing.T) {
	h := newSweepHome(t, "  seeds: [1, 2, 3, 4, 5, 6, 7, 8]\n", "sleep 0.3")
	var both []*exec.Cmd
	for range 2 {
		cmd := h.command("sweep", "run", h.file, "--parallel", "4")
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		both = append(both, cmd)
		defer func() {
			if t.Failed() {
				t.Log(out.String())
			}
		}()
	}
	for _, cmd := range both {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	h.eachOnce(t, 8, 0)
}

// Two people with a state directory each, as on two machines.
func TestTwoWhoShareALedgerStartEachCellOnce(t *testing.T) {
	ledger := postgrestest.Start(t)
	h := newSweepHome(t, "  seeds: [1, 2, 3, 4, 5, 6]\n", "sleep 0.3")
	var both sync.WaitGroup
	for _, home := range []string{"one", "two"} {
		both.Go(func() {
			cmd := h.command("sweep", "run", h.file, "--parallel", "3")
			cmd.Env = append(cmd.Env, "TRAINYARD_HOME="+filepath.Join(h.dir, home), "TRAINYARD_LEDGER="+ledger)
			if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "6 cells: 6 succeeded") {
				t.Errorf("%s: %v\n%s", home, err, out)
			}
		})
	}
	both.Wait()
	if n := len(h.starts(t)); n != 6 {
		t.Errorf("%d starts of 6 cells", n)
	}
}

func TestAFailedCellIsRerunAlone(t *testing.T) {
	h := newSweepHome(t, "  seeds: [1, 2, 3]\n", "true")
	h.block(t, "  seeds: [1, 2, 3]\n", fmt.Sprintf("test $(wc -l < %s) -ne 2 || exit 3", h.marks)) // the second start fails
	if said := h.fails(t, "sweep", "run", h.file); !strings.Contains(said, "failed") {
		t.Errorf("%s", said)
	}
	if p := h.status(t); p.Total.By[sweep.Succeeded] != 2 || p.Total.By[sweep.Failed] != 1 || len(h.starts(t)) != 3 {
		t.Fatalf("%v, %d starts", p.Total.By, len(h.starts(t)))
	}
	h.run(t, "sweep", "run", h.file)
	if p := h.status(t); p.Total.By[sweep.Succeeded] != 3 || len(h.starts(t)) != 4 {
		t.Errorf("%v, %d starts", p.Total.By, len(h.starts(t)))
	}
}

// A trainer that is not told what to do with a checkpoint begins anew: told, its cell
// would be another one.
func TestAFailedCellWhoseTrainerTakesNoCheckpointBeginsAnew(t *testing.T) {
	h := newSweepHome(t, "  seeds: [1]\n", "true")
	h.block(t, "  seeds: [1]\n", fmt.Sprintf(`test $(wc -l < %s) -ge 2 || { mkdir $1/checkpoint-1; echo '{"global_step": 1}' > $1/checkpoint-1/trainer_state.json; exit 3; }`, h.marks))
	h.fails(t, "sweep", "run", h.file)
	h.run(t, "sweep", "run", h.file)
	if p := h.status(t); p.Total.By[sweep.Succeeded] != 1 || len(h.starts(t)) != 2 || p.Cells[0].Run.N != 2 || p.Cells[0].Run.ResumedFrom != "" {
		t.Errorf("%v, %d starts, %+v", p.Total.By, len(h.starts(t)), p.Cells[0].Run)
	}
}

func TestASweepThatIsEditedKeepsWhatIsStillMeant(t *testing.T) {
	h := newSweepHome(t, "  seeds: [1, 2, 3]\n", "true")
	h.run(t, "sweep", "run", h.file, "--parallel", "3")
	h.block(t, "  seeds: [2, 3, 4]\n", "true")
	diff := h.run(t, "sweep", "diff", h.file)
	for _, want := range []string{"kept 2:\n  seed=2\n  seed=3\n", "new 1:\n  seed=4\n", "orphaned: run "} {
		if !strings.Contains(diff, want) {
			t.Errorf("no %q in\n%s", want, diff)
		}
	}
	h.run(t, "sweep", "run", h.file)
	if p := h.status(t); p.Total.By[sweep.Succeeded] != 3 || len(h.starts(t)) != 4 || len(p.Orphans) != 1 {
		t.Errorf("%v, %d starts, %d orphans", p.Total.By, len(h.starts(t)), len(p.Orphans))
	}
}

// Edited while its cells run, and trainyard dead: what runs and is still meant is waited
// for, what is not meant goes on by itself, and is told.
func TestASweepThatIsEditedHalfWayWaitsForWhatRuns(t *testing.T) {
	h := newSweepHome(t, "  seeds: [1, 2, 3, 4]\n", "while ! test -e "+filepath.Join("$(dirname $0)", "go")+"; do sleep 0.1; done")
	cmd := h.command("sweep", "run", h.file, "--parallel", "2")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	awaitStarts(t, h, 2)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	h.edit(t, "  seeds: [2, 5]\n")
	diff := h.run(t, "sweep", "diff", h.file)
	for _, want := range []string{"kept 1:\n  seed=2\n", "new 1:\n  seed=5\n", "orphaned: run "} {
		if !strings.Contains(diff, want) {
			t.Errorf("no %q in\n%s", want, diff)
		}
	}
	if p := h.status(t); p.Total.By[sweep.Running] != 1 || len(p.Orphans) != 1 || p.Orphans[0].State.Ended() {
		t.Errorf("%v, orphans %+v", p.Total.By, p.Orphans)
	}
	h.write(t, "go", "")
	h.run(t, "sweep", "run", h.file)
	h.run(t, "reconcile")
	p := h.status(t)
	if p.Total.By[sweep.Succeeded] != 2 || len(h.starts(t)) != 3 || len(p.Orphans) != 1 || p.Orphans[0].State != launch.Succeeded {
		t.Errorf("%v, %d starts, orphans %+v", p.Total.By, len(h.starts(t)), p.Orphans)
	}
}

func TestACellThatALaunchRanIsNotRunAgain(t *testing.T) {
	h := newSweepHome(t, "  seeds: [1, 2]\n  repeat: 1\n", "true")
	h.run(t, "launch", h.file, "train.seed=1")
	if said := h.fails(t, "launch", h.file, "train.seed=1"); !strings.Contains(said, "and has succeeded") || !strings.Contains(said, "--again") {
		t.Errorf("a second launch said %s", said)
	}
	out, err := h.command("sweep", "run", h.file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "of a launch, ") || len(h.starts(t)) != 2 {
		t.Errorf("%v, %d starts\n%s", err, len(h.starts(t)), out)
	}
	h.run(t, "launch", h.file, "train.seed=1", "--again")
	if len(h.starts(t)) != 3 {
		t.Errorf("%d starts", len(h.starts(t)))
	}
}

func TestTwoCellsOfOneContentHaveOneRun(t *testing.T) {
	h := newSweepHome(t, "  arms: [{name: one}, {name: other, set: {train.epochs: 3}}]\n", "true")
	out, err := h.command("sweep", "run", h.file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "other has the content of one") || len(h.starts(t)) != 1 {
		t.Errorf("%v, %d starts\n%s", err, len(h.starts(t)), out)
	}
	p := h.status(t)
	if len(p.Cells) != 2 || p.Cells[1].Same != "one" || p.Cells[0].Run.ID != p.Cells[1].Run.ID {
		t.Errorf("%+v", p.Cells)
	}
}

func TestASweepThatIsStoppedStartsNoMore(t *testing.T) {
	h := newSweepHome(t, "  seeds: [1, 2, 3]\n", "sleep 300")
	cmd := h.command("sweep", "run", h.file)
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	awaitStarts(t, h, 1)
	if out := h.run(t, "sweep", "stop", "s"); !strings.Contains(out, "1 run ended") {
		t.Errorf("%s", out)
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(said.String(), "it was stopped (sweep stop): 3 cells of 3: ") || !strings.Contains(said.String(), "1 cancelled (seed=1)") {
		t.Errorf("%v\n%s", err, said.String())
	}
	if p := h.status(t); p.Total.By[sweep.Cancelled] != 1 {
		t.Errorf("%v", p.Total.By)
	}
	if len(h.starts(t)) != 1 {
		t.Errorf("%d starts", len(h.starts(t)))
	}
}

func TestARunThatARuleStopsIsNotStartedAgain(t *testing.T) {
	h := newSweepHome(t, "  seeds: [1]\n", `echo '{"current_steps": 1, "total_steps": 9, "loss": NaN}' >> $1/trainer_log.jsonl; sleep 300`)
	said := h.said(t, "sweep", "run", h.file)
	if !strings.Contains(said, "stopped by a rule: its loss is no finite number") || !strings.Contains(said, "1 cell was stopped by a rule, as meant") {
		t.Errorf("%s", said)
	}
	if p := h.status(t); p.Total.By[sweep.Stopped] != 1 {
		t.Errorf("%v", p.Total.By)
	}
	h.run(t, "sweep", "run", h.file)
	if len(h.starts(t)) != 1 {
		t.Errorf("%d starts", len(h.starts(t)))
	}
}

func TestARunFarAboveTheOthersIsStopped(t *testing.T) {
	loss := `l=1; n=$(wc -l < MARKS); test $n -gt 3 && l=9; for s in 1 2 3 4 5 6 7 8 9; do test $n -gt 3 && test $s = 9 && break; echo "{\"current_steps\": $s, \"total_steps\": 9, \"loss\": $l}" >> $1/trainer_log.jsonl; done; test $n -gt 3 && sleep 300; true`
	h := newSweepHome(t, "  seeds: [1]\n", "true")
	h.block(t, "  seeds: [1, 2, 3, 4]\n  stop: {worse: 0.5}\n", strings.ReplaceAll(loss, "MARKS", h.marks))
	said := h.said(t, "sweep", "run", h.file)
	if !strings.Contains(said, "seed=4") || !strings.Contains(said, "its loss of 9 at 8 steps is more than 50 % above 1, the median of 3 finished cells") {
		t.Errorf("%s", said)
	}
	if p := h.status(t); p.Total.By[sweep.Stopped] != 1 || p.Total.By[sweep.Succeeded] != 3 {
		t.Errorf("%v", p.Total.By)
	}
}

func TestACapEndsASweepBeforeItIsPassed(t *testing.T) {
	h := newSweepHome(t, "  seeds: [1, 2, 3]\n  stop: {dollars: 5}\n", "sleep 3")
	said := h.fails(t, "sweep", "run", h.file, "--parallel", "3", "--gpu-hour", "2", "--deadline", "1h")
	if !strings.Contains(said, "over the cap of the sweep s, $5.00") || !strings.Contains(said, "over the cap of $5.00 for a sweep: the worst case of what is left is $6.00") {
		t.Errorf("%s", said)
	}
	if p := h.status(t); p.Total.By[sweep.Succeeded] != 2 || len(h.starts(t)) != 2 {
		t.Errorf("%v, %d starts", p.Total.By, len(h.starts(t)))
	}
}

func awaitStarts(t *testing.T, h *sweepHome, n int) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for len(h.starts(t)) < n {
		if time.Now().After(deadline) {
			t.Fatalf("%d cells have started", len(h.starts(t)))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// What reproducing an experiment of the paper costs is told from one's own rollouts.
func TestTheBuiltInSweepsAreToldTheirCost(t *testing.T) {
	y := &yard.Yard{Home: t.TempDir(), Data: rolloutsOf(t, func(int) []string { return domains })}
	for _, info := range recipes.ListSweeps() {
		if !strings.HasPrefix(info.Name, "hybrid-gym") {
			continue
		}
		p, err := y.PlanSweep(t.Context(), yard.SweepRequest{File: info.Name, Launch: yard.LaunchRequest{Backend: "local", GPU: "h100", GPUs: 8}}, nil)
		if err != nil {
			t.Errorf("%s: %v", info.Name, err)
			continue
		}
		for _, c := range p.Cells {
			if c.Fault != "" || c.Same != "" || c.Steps == 0 || c.Cost == nil || c.Shared%3 != 0 {
				t.Errorf("%s: %s: fault %q, same as %q, %d steps, cost %v, %q, %d share its data", info.Name, c.Name, c.Fault, c.Same, c.Steps, c.Cost, c.Unknown, c.Shared)
			}
		}
		if p.Total.Cost.Low <= 0 || p.Total.Cells != len(p.Cells) || p.Datasets*3 > len(p.Cells) {
			t.Errorf("%s: %+v, %d datasets of %d cells", info.Name, p.Total, p.Datasets, len(p.Cells))
		}
	}
}

// Ranks that lost each other are no fault of the cell: it has its next attempt by itself.
func TestACellIsRetriedWhereTheClassOfItsTroubleAllowsIt(t *testing.T) {
	if testing.Short() {
		t.Skip("waits as long as a platform is given before a next attempt")
	}
	h := newSweepHome(t, "  seeds: [1]\n", "true")
	h.block(t, "  seeds: [1]\n", fmt.Sprintf("test $(wc -l < %s) -ge 2 || { echo 'torch.distributed.DistBackendError: NCCL error'; exit 1; }", h.marks))
	h.run(t, "sweep", "run", h.file, "--attempts", "2")
	if p := h.status(t); p.Total.By[sweep.Succeeded] != 1 || len(h.starts(t)) != 2 || p.Cells[0].Run.N != 2 {
		t.Errorf("%v, %d starts", p.Total.By, len(h.starts(t)))
	}
}
