package launch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
)

// planned is a job whose dataset is not there yet.
func planned(argv ...string) launch.Job {
	j := job("", argv...)
	j.Dataset = launch.Dataset{}
	return j
}

func TestAGoodJobPassesBeforeItsDatasetIsThere(t *testing.T) {
	p := newPlace(t)
	if err := p.Precheck(planned("train", "{output}", "{train}")); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(filepath.Join(p.Home, "runs")); err == nil {
		t.Errorf("it made %v", entries)
	}
	if _, err := p.Start(t.Context(), planned("train")); err == nil || !strings.Contains(err.Error(), "no rows to train on") {
		t.Errorf("what Precheck assumes Start must see: %v", err)
	}
}

func TestAllFaultsOfAJobShowBeforeItsDatasetIsThere(t *testing.T) {
	p := newPlace(t)
	nothing := t.TempDir()
	t.Setenv("PATH", nothing)
	for name, c := range map[string]struct {
		change func(*launch.Job)
		want   []string
	}{
		"unknown names": {func(j *launch.Job) { j.Trainer, j.Backend, j.LR = "axolotI", "moon", 0 },
			[]string{`unknown trainer "axolotI"`, `unknown backend "moon"`, "lr is 0"}},
		"ranges and parameters": {func(j *launch.Job) { j.GPUs, j.Epochs, j.Params = -1, -1, nil },
			[]string{"gpus is -1", "epochs is -1", "train.params.argv is missing"}},
		"placeholders": {func(j *launch.Job) { j.Params["argv"] = []any{"no-such-program", "{datset}"} },
			[]string{`"no-such-program" is not found`, "unknown placeholder {datset}"}},
		"llamafactory": {func(j *launch.Job) {
			j.Trainer, j.Model, j.GPUs, j.Batch, j.Dataset.Output, j.Params = "llamafactory", "", 3, 16, "tokens", launch.Params{"seed": 1}
		}, []string{"llamafactory-cli is not found", "model.base is missing", "16 does not divide among 3 GPUs", "mix.output=messages", "seed may not be set"}},
		"smoke": {func(j *launch.Job) { j.Trainer, j.GPUs, j.Params = "smoke", 2, launch.Params{"save_stesp": 1} },
			[]string{"the run asks for 2: leave --gpus", "save_stesp is unknown"}},
		"window": {func(j *launch.Job) { j.Dataset.Window = 2048 }, []string{"cut for 2048"}},
	} {
		t.Run(name, func(t *testing.T) {
			j := planned("train")
			c.change(&j)
			err := p.Precheck(j)
			if err == nil {
				t.Fatal("passes")
			}
			for _, want := range c.want {
				if strings.Count(err.Error(), want) != 1 {
					t.Errorf("want %q once in\n%v", want, err)
				}
			}
			if lines := strings.Count(err.Error(), "\n") + 1; lines != len(c.want) {
				t.Errorf("%d faults, want %d:\n%v", lines, len(c.want), err)
			}
		})
	}
}
