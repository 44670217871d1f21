package export

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// sample is a run with what a tracker may stumble over: NaN, an infinity, a key that
// is told now and then, and enough steps to cross a block of W&B's log.
func sample() Run {
	start := time.Date(2026, 3, 1, 12, 0, 0, 500e6, time.UTC)
	run := Run{
		ID: "0f8b1c2d-1111-4222-8333-123456789abc", Name: "main mix", State: "succeeded", User: "ada",
		Params: map[string]string{"lr": "1e-05", "model": "Qwen/Qwen2.5-Coder-32B-Instruct"}, Tags: map[string]string{"backend": "lab"},
		Created: start, Ended: start.Add(time.Hour),
	}
	for step := range int64(400) {
		at := start.Add(time.Duration(step) * time.Second)
		run.Points = append(run.Points,
			Point{"loss", step, at, 2 / float64(step+1)},
			Point{"grad_norm", step, at, float64(step)})
		if step%100 == 99 {
			run.Points = append(run.Points, Point{"eval_loss", step, at, 1})
		}
	}
	run.Points[2*7].Value = math.NaN()
	run.Points[2*8+1].Value = math.Inf(1)
	return run
}

func TestEveryTargetTakesARunTwiceAsOne(t *testing.T) {
	for name, target := range Exports {
		if name == "mlflow" {
			continue // a server: see TestTrackersReadWhatIsWritten
		}
		t.Run(name, func(t *testing.T) {
			once, twice := t.TempDir(), t.TempDir()
			write(t, target, once, sample())
			half := sample()
			half.Points = half.Points[:300]
			write(t, target, twice, half)
			write(t, target, twice, sample())
			if name == "trackio" {
				return // the bytes of a database differ; trackio reads it in the test of trackers
			}
			if a, b := tree(t, once), tree(t, twice); a != b {
				t.Errorf("once %d bytes, twice %d", len(a), len(b))
			}
		})
	}
}

func write(t *testing.T, target Target, place string, run Run) {
	t.Helper()
	if _, err := target.Write(t.Context(), place, run); err != nil {
		t.Fatal(err)
	}
}

func tree(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintln(&all, strings.TrimPrefix(path, dir))
		all.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestTextFormatsHoldEveryPoint(t *testing.T) {
	place, run := t.TempDir(), sample()
	write(t, Exports["jsonl"], place, run)
	write(t, Exports["csv"], place, run)
	data, err := os.ReadFile(filepath.Join(place, run.ID+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	var seventh map[string]any
	if err := json.Unmarshal([]byte(lines[7]), &seventh); err != nil || len(lines) != 400 || seventh["loss"] != "NaN" || seventh["step"] != 7.0 {
		t.Errorf("%d lines, the seventh %v, %v", len(lines), seventh, err)
	}
	f, err := os.Open(filepath.Join(place, run.ID+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := csv.NewReader(f).ReadAll()
	if err != nil || len(table) != 401 || strings.Join(table[0], " ") != "step time eval_loss grad_norm loss" || table[9][3] != "+Inf" || table[1][2] != "" {
		t.Errorf("%v %v %v", table[0], table[9], err)
	}
}
