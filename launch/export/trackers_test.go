package export

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestTrackersReadWhatIsWritten has every tracker's own code read a run that was
// exported half way and then whole. TRAINYARD_TRACKERS is a Python with tensorboard,
// wandb, trackio and mlflow; TRAINYARD_MLFLOW the URL of a server.
func TestTrackersReadWhatIsWritten(t *testing.T) {
	python := os.Getenv("TRAINYARD_TRACKERS")
	if python == "" {
		t.Skip("TRAINYARD_TRACKERS is not set to a Python with the trackers")
	}
	for _, name := range []string{"tensorboard", "wandb", "trackio", "mlflow"} {
		t.Run(name, func(t *testing.T) {
			place := t.TempDir()
			if name == "mlflow" {
				if place = os.Getenv("TRAINYARD_MLFLOW"); place == "" {
					t.Skip("TRAINYARD_MLFLOW is not set to a server's URL")
				}
			}
			half, run := sample(), sample()
			half.Points, half.State = half.Points[:300], "running"
			write(t, Exports[name], place, half)
			write(t, Exports[name], place, run)
			compare(t, run, read(t, python, name, place))
		})
	}
}

// read is what the tracker tells: run, key, points of step and value.
func read(t *testing.T, python, name, place string) map[string]map[string][][2]any {
	t.Helper()
	cmd := exec.Command(python, "testdata/read.py", name, place)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var runs map[string]map[string][][2]any
	if err := json.Unmarshal(out[strings.IndexByte(string(out), '{'):], &runs); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return runs
}

func compare(t *testing.T, run Run, runs map[string]map[string][][2]any) {
	t.Helper()
	if len(runs) != 1 {
		t.Fatalf("%d runs", len(runs))
	}
	for name, curves := range runs {
		if !strings.Contains(name, run.ID[:8]) {
			t.Errorf("the run is %q", name)
		}
		points := 0
		for _, curve := range curves {
			points += len(curve)
		}
		if points != len(run.Points) {
			t.Errorf("%d points were read, %d written", points, len(run.Points))
		}
		for _, p := range run.Points {
			if !told(curves[p.Key], p) {
				t.Errorf("%s at step %d: %v is not among %d points", p.Key, p.Step, p.Value, len(curves[p.Key]))
			}
		}
	}
}

func told(curve [][2]any, p Point) bool {
	for _, at := range curve {
		if at[0] == float64(p.Step) && same(at[1], p.Value) {
			return true
		}
	}
	return false
}

// same allows for TensorBoard's single precision.
func same(got any, want float64) bool {
	switch got := got.(type) {
	case string:
		return got == "nan" && math.IsNaN(want) || got == "inf" && math.IsInf(want, 1)
	case float64:
		return math.Abs(got-want) <= 1e-6*math.Abs(want)
	}
	return false
}
