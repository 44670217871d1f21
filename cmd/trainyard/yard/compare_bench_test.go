package yard

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/recipes"
)

// verdictsOf are so many instances, of which a share is solved.
func verdictsOf(r *rand.Rand, n int, rate float64) result.Result {
	out := result.Result{Benchmark: "swe-bench_verified", Split: "test", Source: result.Source{File: "r.json", Format: "swe-bench", SHA256: fmt.Sprint(r.Uint64())}}
	for i := range n {
		verdict := result.Unresolved
		if r.Float64() < rate {
			verdict = result.Resolved
		}
		out.Instances = append(out.Instances, result.Instance{ID: fmt.Sprintf("ant__hill-%03d", i), Verdict: verdict})
	}
	return out
}

// judgedSweep has a sweep whose cells have all run, and a result of each.
func judgedSweep(tb testing.TB, y *Yard, block string, instances int) (file string, ids []string) {
	tb.Helper()
	file = filepath.Join(tb.TempDir(), "s.yaml")
	write(tb, file, "name: s\nextends: demo\nsweep:\n"+block)
	s, err := recipes.LoadSweep(file, recipes.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	l, err := y.Launcher()
	if err != nil {
		tb.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i, c := range s.Cells {
		job := c.Recipe.Job()
		job.Sweep, job.CellName, job.Backend = "s", c.Name, "local"
		id := fmt.Sprintf("%08x-0000-4000-8000-%012x", 0xa0000000+i, i)
		ids = append(ids, id)
		ended(tb, l.Ledger, id, job)
		if instances == 0 {
			continue
		}
		if _, err := l.Ledger.ImportResult(tb.Context(), launch.Import{Run: id, Result: verdictsOf(r, instances, 0.2+0.05*float64(i%4))}); err != nil {
			tb.Fatal(err)
		}
	}
	return file, ids
}

func benchYard(b *testing.B) *Yard {
	y := &Yard{Home: filepath.Join(b.TempDir(), "home")}
	b.Cleanup(func() { _ = y.Close() })
	return y
}

// BenchmarkCompareTwentyRuns compares 20 runs of 500 instances from the ledger.
func BenchmarkCompareTwentyRuns(b *testing.B) {
	y := benchYard(b)
	_, ids := judgedSweep(b, y, "  seeds: ["+upTo(20)+"]\n", 500)
	defer reportCPU(b)()
	for b.Loop() {
		c, err := y.Compare(b.Context(), CompareRequest{What: ids})
		if err != nil || len(c.Evaluations[0].Pairs) != 19 {
			b.Fatal(err)
		}
	}
}

// BenchmarkTableOfTwoHundredCells tells 200 cells of 500 instances each, cell by cell, by
// group, and cell by cell where another sweep ran them.
func BenchmarkTableOfTwoHundredCells(b *testing.B) {
	y := benchYard(b)
	file, _ := judgedSweep(b, y, "  matrix: [{key: train.lr, values: [1e-5, 2e-5, 5e-5, 1e-4]}, {key: mix.budget, values: [10,20,30,40,50,60,70,80,90,100]}]\n  seeds: ["+upTo(5)+"]\n", 500)
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	another := filepath.Join(b.TempDir(), "t.yaml") // it finds the cells that s ran
	write(b, another, strings.Replace(string(text), "name: s\n", "name: t\n", 1))
	for _, c := range []struct {
		name string
		req  TableRequest
		rows int
	}{
		{"cells", TableRequest{Sweep: file}, 200},
		{"groups", TableRequest{Sweep: file, By: []string{"group"}}, 40},
		{"cells of another", TableRequest{Sweep: another}, 200},
	} {
		b.Run(c.name, func(b *testing.B) {
			defer reportCPU(b)()
			for b.Loop() {
				table, err := y.Table(b.Context(), c.req)
				if err != nil || len(table.Rows) != c.rows || len(table.Rows[0].Runs) == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}

func upTo(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprint(i+1))
	}
	return strings.Join(all, ", ")
}

// reportCPU adds the time of processors, which other work on the machine does not lengthen
// as it does that of the clock.
func reportCPU(b *testing.B) func() {
	spent := func() float64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			return 0
		}
		return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
	}
	began := spent()
	return func() { b.ReportMetric((spent()-began)/float64(b.N), "cpu-ms/op") }
}
