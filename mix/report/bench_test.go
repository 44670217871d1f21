package report

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"trainyard/format/evidence"
	"trainyard/mix"
)

// BenchmarkReport measures a report of 5,000 rows of some thirty steps, 32 kB each,
// from the shards to the page.
//
//	go test ./mix/report -run - -bench Report -benchtime 3x
func BenchmarkReport(b *testing.B) {
	const rows = 5000
	dir := b.TempDir()
	path := filepath.Join(dir, "long.jsonl")
	writeLong(b, path, rows)
	cfg := mix.Config{
		Recipe: mix.RecipeID{Name: "bench", Fingerprint: "f", Data: "d"}, YAML: []byte("name: bench\n"),
		Template: "qwen2.5", Tools: "openhands", Output: "messages", Sampler: "all", Unit: mix.Trajectories, Seed: 3,
		Window: 200_000, Unique: mix.UniqueContent, Validation: 0.02, Out: filepath.Join(dir, "out"),
		Sources: []mix.Source{{Name: "long", Inputs: []mix.Place{{Path: path, Given: "long.jsonl"}}, Format: "auto", Share: 1, Accept: evidence.Accept{Field: "resolved"}}},
	}
	if _, err := mix.Prepare(context.Background(), cfg); err != nil {
		b.Fatal(err)
	}
	before := cpu(b)
	for b.Loop() {
		data, err := Open(context.Background(), cfg.Out)
		if err != nil {
			b.Fatal(err)
		}
		if n := data.Datasets[0].Whole.Trajectories; n != rows {
			b.Fatalf("%d rows", n)
		}
		if err := HTML(io.Discard, data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpu(b)-before).Seconds()/float64(b.N), "cpu-s/op")
}

// cpu is what this process has used of processors.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// writeLong writes rollouts that look, edit and run by turns, each line of its own
// words.
func writeLong(b *testing.B, path string, rows int) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	for n := range rows {
		var steps []string
		for k := range 30 {
			switch k % 5 {
			case 0:
				steps = append(steps, fmt.Sprintf("cd /repo && grep -rn name%d --include='*.py' . | head -%d", r.IntN(1e6), k+5))
			case 1, 2:
				steps = append(steps, fmt.Sprintf("sed -n '%d,%dp' pkg/module%d.py", k, r.IntN(999), r.IntN(99)))
			case 3:
				steps = append(steps, fmt.Sprintf("edit /repo/pkg/module%d.py", r.IntN(99)))
			default:
				steps = append(steps, fmt.Sprintf("python -m pytest tests/test_module%d.py -x -q", r.IntN(99)))
			}
		}
		line := rollout(n, true, steps...)
		result := strings.Repeat(fmt.Sprintf("%d def f(x): return x  # a line of some file\\n", r.IntN(1e6)), 20)
		if _, err := w.WriteString(strings.ReplaceAll(line, `"content":"ok"`, `"content":"`+result+`"`)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}
