package slurm

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"trainyard/launch/backend/backendtest"
)

// A fire is a state directory in which the built program is killed at random moments,
// beside a cluster whose programs fail now and then.
type fire struct {
	program, home, dataset, marks string
	bin                           string // comes first in PATH: programs of Slurm that fail
	round, launches, kills, lies  int
}

func newFire(t *testing.T) *fire {
	t.Helper()
	dir := t.TempDir()
	f := &fire{program: filepath.Join(dir, "trainyard"), home: filepath.Join(dir, "yard"), dataset: filepath.Join(dir, "dataset"), marks: filepath.Join(dir, "marks"), bin: filepath.Join(dir, "bin")}
	run(t, "go", "build", "-o", f.program, "trainyard/cmd/trainyard")
	if err := os.MkdirAll(f.bin, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := f.command("prepare", "demo", "--out", f.dataset).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return f
}

func (f *fire) command(args ...string) *exec.Cmd {
	cmd := exec.Command(f.program, args...)
	cmd.Env = append(os.Environ(), "TRAINYARD_HOME="+f.home, "XDG_CONFIG_HOME="+f.home, "PATH="+f.bin+":"+os.Getenv("PATH"))
	return cmd
}

// launch begins the cell of the round, whose trainer leaves a mark.
func (f *fire) launch() *exec.Cmd {
	f.launches++
	argv, _ := json.Marshal([]string{"sh", "-c", `echo "$1" >>` + f.marks + `; mkdir -p "$1"; echo done >"$1/model"; sleep 0.5`, strconv.Itoa(f.round), "{output}"}) // texts: it cannot fail
	return f.command("launch", f.dataset, "--trainer", "command", "--backend", "slurm:low", "train.params.argv="+string(argv))
}

// one runs the program, and kills it at a random moment before limit.
func (f *fire) one(t *testing.T, cmd *exec.Cmd, limit time.Duration) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return
	}
	killer := time.AfterFunc(rand.N(limit), func() { _ = cmd.Process.Kill() })
	defer killer.Stop()
	if err := cmd.Wait(); err != nil && err.Error() == "signal: killed" {
		f.kills++
	}
}

// lie has one of Slurm's programs do its work and say that it failed, the first time, or
// fail without doing it.
func (f *fire) lie(t *testing.T) {
	t.Helper()
	for _, program := range []string{"sbatch", "squeue"} {
		_ = os.Remove(filepath.Join(f.bin, program)) // it need not be there
	}
	program := []string{"sbatch", "squeue", ""}[rand.N(3)]
	if program == "" {
		return
	}
	real, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	f.lies++
	said := filepath.Join(f.bin, program+".said")
	_ = os.Remove(said) // it need not be there
	script := fmt.Sprintf("#!/bin/sh\nif [ ! -e %[1]s ]; then : >%[1]s; %[2]s %[3]s \"$@\" >/dev/null; echo 'slurm_load: Socket timed out' >&2; exit 1; fi\nexec %[3]s \"$@\"\n", said, []string{"", ":"}[rand.N(2)], real)
	if err := os.WriteFile(filepath.Join(f.bin, program), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
}

func (f *fire) play(t *testing.T) {
	f.round++
	f.lie(t)
	if f.round%5 == 0 {
		f.race(t)
	} else {
		f.one(t, f.launch(), 2*time.Second)
	}
	for range rand.N(3) {
		args := [][]string{{"runs"}, {"reconcile"}}[rand.N(2)]
		if runs := f.runs(t); len(runs) > 0 && rand.N(4) == 0 {
			args = []string{"runs", "stop", runs[0].ID}
		}
		f.one(t, f.command(args...), 500*time.Millisecond)
	}
	f.judge(t)
}

// race begins the cell eight times at once, and kills one of them.
func (f *fire) race(t *testing.T) {
	t.Helper()
	var racing sync.WaitGroup
	for i := range 8 {
		cmd := f.launch()
		if i == 0 {
			racing.Add(1)
			go func() { defer racing.Done(); f.one(t, cmd, 2*time.Second) }()
			continue
		}
		racing.Go(func() { _ = cmd.Run() }) // what became of it is asked of the ledger
	}
	racing.Wait()
}

type fireRun struct {
	ID, State, Reason string
}

func (f *fire) runs(t *testing.T) (runs []fireRun) {
	t.Helper()
	out, _ := f.command("runs", "-n", "0", "--json").Output() // a run that cannot be looked at is shown all the same
	if err := json.Unmarshal(out, &runs); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return runs
}

// judge waits until all has ended: each attempt has one job or none and started once or
// never, and the ledger says which.
func (f *fire) judge(t *testing.T) {
	t.Helper()
	var runs []fireRun
	backendtest.Eventually(t, "all runs have ended", func() bool {
		runs = f.runs(t)
		return !slices.ContainsFunc(runs, func(r fireRun) bool { return !slices.Contains([]string{"succeeded", "failed", "cancelled"}, r.State) })
	})
	starts := f.starts(t)
	if different := slices.Compact(slices.Clone(starts)); len(different) != len(starts) {
		t.Errorf("round %d: %d starts of %d attempts", f.round, len(starts), len(different))
	}
	jobs := strings.Fields(run(t, "squeue", "-h", "-t", "all", "--me", "-o", "%j"))
	for _, r := range runs {
		of := 0
		for _, name := range jobs {
			if strings.Contains(name, r.ID) {
				of++
			}
		}
		started := slices.ContainsFunc(starts, func(m string) bool { return strings.Contains(m, r.ID) })
		never := strings.HasPrefix(r.Reason, "never started")
		if of > 1 || never && (of > 0 || started) || r.State == "succeeded" && (of != 1 || !started) {
			t.Errorf("round %d: run %s is %s (%s), it has %d jobs, and its trainer has started: %v", f.round, r.ID, r.State, r.Reason, of, started)
		}
	}
	for _, mark := range starts {
		if !slices.ContainsFunc(runs, func(r fireRun) bool { return strings.Contains(mark, r.ID) }) {
			t.Errorf("round %d: the ledger does not know %s", f.round, mark)
		}
	}
}

func (f *fire) starts(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(f.marks)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return slices.Sorted(slices.Values(strings.Fields(string(data))))
}

// The built program is killed at random moments of launches and looks, while programs of
// Slurm lose their answers. TRAINYARD_CHAOS_SECONDS says for how long.
func TestTheBuiltProgramIsKilledAtRandomPoints(t *testing.T) {
	slow(t)
	onCluster(t)
	seconds, err := strconv.Atoi(os.Getenv("TRAINYARD_CHAOS_SECONDS"))
	if err != nil {
		seconds = 30
	}
	f := newFire(t)
	vain := func() bool { return f.kills < 3 || f.lies == 0 || len(f.starts(t)) == 0 }
	for began := time.Now(); !t.Failed() && (time.Since(began) < time.Duration(seconds)*time.Second || f.round < 100 && vain()); {
		f.play(t)
	}
	if vain() {
		t.Errorf("nothing is shown by %d kills that hit, %d programs of Slurm that failed and %d starts", f.kills, f.lies, len(f.starts(t)))
	}
	states := map[string]int{}
	for _, r := range f.runs(t) {
		states[r.State]++
	}
	left := len(strings.Fields(run(t, "squeue", "-h", "-t", "pending,running,completing", "--me", "-o", "%j")))
	starts := f.starts(t)
	t.Logf("%d rounds, %d launches, killed %d times, %d programs of Slurm that failed; %d trainers started, %d double starts, %d jobs left, runs %v",
		f.round, f.launches, f.kills, f.lies, len(starts), len(starts)-len(slices.Compact(slices.Clone(starts))), left, states)
}
