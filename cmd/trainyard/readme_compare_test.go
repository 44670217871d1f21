package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"trainyard/cmd/trainyard/face"
	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/recipes"
)

// readmeSweep is the sweep of the README's example, run and judged: made of chance, with
// three seeds that differ and a part of the instances that is hard for all.
func readmeSweep(t *testing.T) (home, file string) {
	t.Helper()
	home, file = t.TempDir(), filepath.Join(t.TempDir(), "mixes.yaml")
	text := "name: mixes\nextends: hybrid-gym-7b\nsweep:\n  arms: [{name: half, set: {mix.fraction: 0.5}}, {name: all, published: [{name: SWE-bench Verified, value: 15.0}]}]\n  seeds: [1, 2, 3]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := recipes.LoadSweep(file, recipes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := launch.OpenLedger(launch.LedgerFile(home))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r := rand.New(rand.NewPCG(2602, 16819))
	hard := make([]float64, 500)
	for i := range hard {
		hard[i] = r.Float64()
	}
	for i, c := range s.Cells {
		readmeRun(t, l, fmt.Sprintf("%08x-1597-4000-8000-000000000000", 0x43c00000+i), c, []float64{0.108, 0.150}[i/3]+0.004*r.NormFloat64(), hard, r)
	}
	return home, file
}

// readmeRun is a run with its money, and a result in which the easier instances are
// more often solved.
func readmeRun(t *testing.T, l *launch.Ledger, id string, c recipes.Cell, rate float64, hard []float64, r *rand.Rand) {
	t.Helper()
	job := c.Recipe.Job()
	job.Sweep, job.CellName, job.Backend = "mixes", c.Name, "lab"
	job.Dataset.Train = launch.Split{Rows: 2235, TrainedTokens: 5_604_000}
	hours := 4.6
	if c.Arm == "all" {
		job.Dataset.Train, hours = launch.Split{Rows: 4470, TrainedTokens: 11_208_000}, 9.2
	}
	cost, began := 8*2.19*hours, time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	run, err := l.Intend(t.Context(), launch.Intent{ID: id, Job: job, Facts: launch.Facts{GPUs: 8, Cost: &cost}})
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []launch.Change{{To: launch.Starting}, {To: launch.Running, StartedAt: began}, {To: launch.Succeeded, StartedAt: began, EndedAt: began.Add(time.Duration(hours * float64(time.Hour)))}} {
		if _, err := l.Advance(t.Context(), run.ID, 1, change); err != nil {
			t.Fatal(err)
		}
	}
	report := result.Result{Benchmark: "swe-bench_verified", Split: "test", Source: result.Source{File: id, Format: "swe-bench", SHA256: id}}
	for i, difficulty := range hard {
		verdict := result.Unresolved
		if 0.75*difficulty+0.25*r.Float64() < 0.125+0.75*rate {
			verdict = result.Resolved
		}
		report.Instances = append(report.Instances, result.Instance{ID: fmt.Sprintf("acme__widgets-%d", 1000+i), Verdict: verdict})
	}
	if _, err := l.ImportResult(t.Context(), launch.Import{Run: id, Result: report}); err != nil {
		t.Fatal(err)
	}
}

// TestTheReadmeShowsWhatCompareAndTablePrint keeps both examples true: the table whole, and
// of the comparison each line that is shown.
func TestTheReadmeShowsWhatCompareAndTablePrint(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	home, file := readmeSweep(t)
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	said := func(args ...string) string {
		var out, told bytes.Buffer
		cmd := newRoot(face.NewPipes(&out, &told), &signals{})
		cmd.SetArgs(append(args, "--home", home))
		if err := cmd.ExecuteContext(t.Context()); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, told.String())
		}
		return out.String()
	}
	if text := said("table", file, "--by", "arm", "--format", "table"); !strings.Contains(string(readme), text) {
		t.Errorf("README.md lacks\n%s", text)
	}
	_, shown, found := strings.Cut(string(readme), "```\nResults: ")
	shown, _, closed := strings.Cut("Results: "+shown, "```")
	if !found || !closed || strings.Count(shown, "\n") < 6 {
		t.Fatalf("README.md shows no comparison: %s", shown)
	}
	printed := strings.Split(said("compare", file), "\n")
	for line := range strings.Lines(shown) {
		// One that ends in an ellipsis goes on, and others stand between two that are shown.
		line = strings.TrimSuffix(line, "\n")
		beginning, cut := strings.CutSuffix(line, "…")
		at := slices.IndexFunc(printed, func(p string) bool { return p == line || cut && strings.HasPrefix(p, beginning) })
		if at < 0 {
			t.Fatalf("README.md shows a line that compare does not print, or not there: %s\nit prints\n%s", line, said("compare", file))
		}
		printed = printed[at+1:]
	}
}
