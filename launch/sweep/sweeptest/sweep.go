package sweeptest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Sweep is a sweep whose cells leave marks. Its generations have other cells each, of
// one dataset.
type Sweep struct {
	Program string   // a trainyard
	Env     []string // beside this process's own
	Dir     string   // holds its state directory and its recipe
	// Here is the directory of the marks as this process sees it, and There as cells do.
	Here, There string
	// Args say where the cells run; they are those of "sweep run".
	Args []string
	// Rates is how many learning rates a generation has, times Seeds.
	Rates, Seeds int
	// Evaluates is the backend that each cell is evaluated on; empty: none is. EvaluatesThere
	// is the directory of the marks as evaluations see it; empty: There.
	Evaluates, EvaluatesThere string
	// Longest is the longest that is waited before a blow.
	Longest time.Duration
	// Abreast is how many trainyards run the sweep side by side; 0 is 1.
	Abreast int

	generation int
	struck     map[string]int
}

// cell is what the shell of a cell does: it leaves a mark, tells where another trainer of
// its cell still runs, and becomes the smoke trainer.
const cell = `self=$1 dataset=$2 out=$3 seed=$4 cell=$4-$5-$6 there=$7 from=$8
echo "$cell $out" >>"$there/marks"
exec 9>"$there/lock-$cell"
flock -n 9 || echo "$cell $out" >>"$there/overlaps"
mkdir -p "$out"
sleep "0.$seed" 9>&-
printf '{{"dataset": "%s", "output_dir": "%s", "epochs": 1, "batch_size": 4, "save_steps": 4, "seed": %s, "resume_from": "%s"}}' "$dataset" "$out" "$seed" "$from" >"$out/../cell.json"
exec "$self" smoke-train "$out/../cell.json"`

// evaluation is what the shell of an evaluation does: it leaves a mark, tells where another
// attempt of it still runs, and finds one thing in the model and another one not.
const evaluation = `model=$1 out=$2 there=$3
echo "evaluation $out" >>"$there/marks"
run=$(basename "$(dirname "$(dirname "$out")")")
exec 9>"$there/lock-$run"
flock -n 9 || echo "evaluation $out" >>"$there/overlaps"
sleep 0.5 9>&-
[ -s "$model/model.safetensors" ] || exit 9
printf 'id,verdict\nweights,passed\nsoul,failed\n' >"$out/graded.csv"`

// eval is the evaluation as the recipe has it.
func (s *Sweep) eval(t testing.TB) string {
	t.Helper()
	if s.Evaluates == "" {
		return ""
	}
	argv, err := json.Marshal([]string{"sh", "-c", evaluation, "evaluation", "{checkpoint}", "{output}", s.evaluatesThere()})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("eval: [{name: weighed, benchmark: weighed, backend: %s, command: %s}]\n", s.Evaluates, argv)
}

func (s *Sweep) evaluatesThere() string { return cmp.Or(s.EvaluatesThere, s.There) }

// Write writes the recipe of the generation.
func (s *Sweep) Write(t testing.TB) {
	t.Helper()
	argv, err := json.Marshal([]string{"sh", "-c", cell, "cell", "{self}", "{dataset}", "{output}", "{seed}", "{lr}", "{batch}", s.There, "{resume}"})
	if err != nil {
		t.Fatal(err)
	}
	var rates, seeds []string
	for i := range s.Rates {
		rates = append(rates, fmt.Sprintf("%de-5", i+1))
	}
	for i := range s.Seeds {
		seeds = append(seeds, fmt.Sprint(i+1))
	}
	text := fmt.Sprintf("name: s\nextends: demo\ntrain: {trainer: command, batch: %d, params: {argv: %s}}\n%ssweep:\n  matrix: [{key: train.lr, values: [%s]}]\n  seeds: [%s]\n",
		4+s.generation, argv, s.eval(t), strings.Join(rates, ", "), strings.Join(seeds, ", "))
	for _, dir := range []string{s.Dir, s.Here} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(s.file(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *Sweep) file() string { return filepath.Join(s.Dir, "s.yaml") }

// Home is the state directory.
func (s *Sweep) Home() string { return filepath.Join(s.Dir, "home") }

// Cells is how many cells all generations have, and their evaluations.
func (s *Sweep) Cells() int {
	if s.Evaluates != "" {
		return 2 * s.trained()
	}
	return s.trained()
}

func (s *Sweep) trained() int { return s.Rates * s.Seeds * (s.generation + 1) }

// Command is a trainyard at the sweep's home.
func (s *Sweep) Command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.Program, args...)
	cmd.Env = append(os.Environ(), "TRAINYARD_HOME="+s.Home(), "XDG_CONFIG_HOME="+filepath.Join(s.Dir, "config"))
	cmd.Env = append(cmd.Env, s.Env...)
	return cmd
}

// begin starts a trainyard that runs the sweep.
func (s *Sweep) begin(t testing.TB) *running {
	t.Helper()
	r := &running{cmd: s.Command(append([]string{"sweep", "run", s.file()}, s.Args...)...), done: make(chan error, 1)}
	r.cmd.Stdout, r.cmd.Stderr = &r.said, &r.said
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.done <- r.cmd.Wait() }()
	return r
}

// A running is one trainyard that runs the sweep.
type running struct {
	cmd  *exec.Cmd
	done chan error
	said words
}

// words are what a program has said so far.
type words struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// Settle runs the sweep, undisturbed, until all cells have succeeded.
func (s *Sweep) Settle(t testing.TB) {
	t.Helper()
	for try := 1; ; try++ {
		r := s.begin(t)
		err := <-r.done
		if err == nil {
			return
		}
		if try == 5 {
			s.tellTroubled(t)
			t.Fatalf("after %d calls that were left alone: %v\n%s", try, err, r.said.String())
		}
	}
}
