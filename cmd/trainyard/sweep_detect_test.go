package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/stats"
)

func planOf(t *testing.T, h *sweepHome) (p yard.SweepPlan) {
	t.Helper()
	if err := json.Unmarshal([]byte(h.run(t, "sweep", "plan", h.file, "--json")), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// judge imports verdicts on so many instances as the result of a cell's run, and gives
// them as the statistics have them.
func (h *sweepHome) judge(t *testing.T, run string, n int, rate float64, r *rand.Rand) stats.Run {
	t.Helper()
	var file strings.Builder
	file.WriteString("instance_id,resolved\n")
	scores := stats.Run{Name: run, Scores: map[string]float64{}}
	for i := range n {
		id, solved := fmt.Sprintf("task__%03d", i), r.Float64() < rate
		fmt.Fprintf(&file, "%s,%v\n", id, solved)
		if scores.Scores[id] = 0; solved {
			scores.Scores[id] = 1
		}
	}
	name := run[:8] + ".csv"
	h.write(t, name, file.String())
	h.run(t, "eval", "import", run, filepath.Join(h.dir, name), "--benchmark", "ours")
	return scores
}

// Before money is spent a plan says what so many instances and seeds find; once seeds
// were judged, with the noise that these show.
func TestASweepsPlanTellsTheSmallestDifferenceThatItFinds(t *testing.T) {
	block := "  arms: [{name: one}, {name: other, set: {train.batch: 2}}]\n  seeds: [1, 2]\n  benchmarks: [{name: ours, instances: 120}, {name: swe-bench_verified, baseline: 15, gain: 3}, {name: commit-0_lite}]\n"
	h := newSweepHome(t, block, "true")
	p := planOf(t, h)
	if len(p.Detectable) != 3 {
		t.Fatalf("%+v", p.Detectable)
	}
	for i, design := range []stats.Design{{Instances: 120, Seeds: 2, Baseline: 0.5}, {Instances: 500, Seeds: 2, Baseline: 0.15}} {
		want, err := design.Smallest()
		d := p.Detectable[i]
		if err != nil || d.Smallest == nil || d.Smallest.Value != want.Value || d.Noise != nil || !strings.HasPrefix(d.NoiseFrom, "assumed") {
			t.Errorf("%s: %+v, want %+v, %v", d.Name, d, want, err)
		}
	}
	if w := p.Detectable[1].Warnings; len(w) != 1 || w[0].Doubt != stats.SeedsDoNotSeparate || !strings.Contains(w[0].Words, "2 seeds cannot separate cells that differ by 3 points") {
		t.Errorf("%+v", w)
	}
	if d := p.Detectable[2]; d.Smallest != nil || !strings.Contains(d.Unknown, "scores and no verdicts") {
		t.Errorf("%+v", d)
	}

	h.run(t, "sweep", "run", h.file, "--parallel", "4")
	var cells []stats.Cell
	r, mean := rand.New(rand.NewPCG(1, 1)), 0.0
	for i, c := range h.status(t).Cells {
		run := h.judge(t, c.Run.ID, 120, 0.3, r)
		if mean += run.Mean() / 4; i%2 == 0 {
			cells = append(cells, stats.Cell{Name: c.Group})
		}
		cells[len(cells)-1].Runs = append(cells[len(cells)-1].Runs, run)
	}
	noise, err := stats.NoiseOver(cells, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	d := planOf(t, h).Detectable[0]
	if d.Noise == nil || math.Abs(d.Noise.Value-noise.Value) > 1e-12 || d.Noise.N != 4 || math.Abs(d.Rate-mean) > 1e-12 || d.NoiseFrom != "repeated seeds of this sweep" {
		t.Fatalf("%+v, want %+v over %v", d, noise, mean)
	}
	want, err := stats.Design{Instances: 120, Seeds: 2, Baseline: d.Rate, Repeat: noise.Repeat, SeedSD: noise.Seeds}.Smallest()
	if err != nil || math.Abs(d.Smallest.Value-want.Value) > 1e-12 {
		t.Errorf("%v, want %v, %v", d.Smallest, want.Value, err)
	}

	// Another sweep of the same benchmark goes by the noise of this one.
	h.block(t, strings.Replace(block, "train.batch: 2", "train.batch: 3", 1), "true")
	text, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, "s.yaml", strings.Replace(string(text), "name: s\n", "name: next\ntrain.epochs: 2\n", 1))
	if d := planOf(t, h).Detectable[0]; d.Noise == nil || d.NoiseFrom != "repeated seeds of other runs of the ledger" || math.Abs(d.Noise.Value-noise.Value) > 1e-12 {
		t.Errorf("%+v", d)
	}
}

func TestASweepIsWarnedThatItsSeedsCannotSeparateWhatOthersFound(t *testing.T) {
	h := newSweepHome(t, `  arms:
    - {name: a, published: [{name: swe-bench_verified, value: 32.4}]}
    - {name: b, set: {train.batch: 2}, published: [{name: swe-bench_verified, value: 33.6}]}
    - {name: c, set: {train.batch: 3}, published: [{name: swe-bench_verified, value: 70}]}
  seeds: [1]
  benchmarks: [{name: swe-bench_verified}]
`, "true")
	out, err := h.command("sweep", "plan", h.file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"swe-bench_verified: one seed of a cell",
		"1 seed cannot separate 1 of 3 pairs with a published difference, in points: a and b (1.2)",
		"over 33.6 %: published; noise assumed",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
