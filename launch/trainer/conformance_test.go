package trainer

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/launch"
)

var update = flag.Bool("update", false, "write the golden files anew")

var site = launch.Site{Dir: "/home/runs/R/attempt-1", Self: "/bin/trainyard"}

// job is one that every trainer can run.
func job() launch.Job {
	return launch.Job{
		Recipe: "hybrid-gym-32b", Fingerprint: "f00d",
		Dataset: launch.Dataset{
			Dir: "/data/mix", Recipe: "hybrid-gym-32b", Fingerprint: "f00d", Template: "qwen2.5", Window: 32768,
			Train: launch.Split{
				Shards: []string{"train-00000-of-00002.parquet", "train-00001-of-00002.parquet"},
				Rows:   4401, Tokens: 90_000_000, TrainedTokens: 20_000_000,
			},
			Validation: launch.Split{Shards: []string{"validation-00000-of-00001.parquet"}, Rows: 69, Tokens: 1_400_000, TrainedTokens: 300_000},
		},
		Model: "Qwen/Qwen2.5-Coder-32B-Instruct", Template: "qwen2.5", Window: 32768,
		Trainer: "llamafactory", Backend: "local", Method: "full",
		Epochs: 5, Batch: 16, LR: 5e-5, Schedule: "cosine", Warmup: 0.05, Seed: 17,
	}
}

// variants are the jobs whose rendering is kept as golden files, for each
// trainer at least one.
var variants = map[string]map[string]func(*launch.Job){
	"smoke": {
		"plain":      func(*launch.Job) {},
		"parameters": func(j *launch.Job) { j.Params = launch.Params{"save_steps": int64(5), "learning_rate": 0.1} },
	},
	"llamafactory": {
		"full": func(j *launch.Job) { j.GPUs = 8 },
		"lora": func(j *launch.Job) {
			j.Method, j.Dataset.Validation = "lora", launch.Split{}
			j.Env = []launch.Env{{Name: "WANDB_PROJECT", Value: "mix"}, {Name: "WANDB_API_KEY", Value: "never shown"}}
			j.Params = launch.Params{
				"lora_rank": int64(16), "report_to": "wandb",
				"per_device_train_batch_size": int64(2), "weight_decay": 1e-4, "lora_target": "q_proj,v_proj",
			}
		},
	},
	"command": {
		"torchrun": func(j *launch.Job) {
			j.Params = launch.Params{"argv": []any{"torchrun", "--nproc-per-node={gpus}", "sft.py", "{train}", "{output}"}}
		},
		"torchtune": func(j *launch.Job) {
			j.Params = launch.Params{
				"argv": []any{"tune", "run", "--nproc_per_node={gpus}", "lora", "--data={train}", "--out", "{output}", "lr={lr}", "{{literal}}"},
			}
		},
	},
}

func TestEveryTrainerRendersItsGoldenFiles(t *testing.T) {
	for name, trainer := range Trainers {
		if len(variants[name]) == 0 {
			t.Errorf("%s has no golden file: add a variant here and run with -update", name)
		}
		for variant, change := range variants[name] {
			t.Run(name+"/"+variant, func(t *testing.T) {
				j := job()
				change(&j)
				golden(t, name+"-"+variant+".txt", render(t, trainer, j))
			})
		}
	}
}

func TestEveryTrainerRendersALedgersJobAsTheFirstOne(t *testing.T) {
	for name, trainer := range Trainers {
		for variant, change := range variants[name] {
			t.Run(name+"/"+variant, func(t *testing.T) {
				j := job()
				change(&j)
				stored, err := json.Marshal(j)
				if err != nil {
					t.Fatal(err)
				}
				var again launch.Job
				if err := json.Unmarshal(stored, &again); err != nil {
					t.Fatal(err)
				}
				if first, second := render(t, trainer, j), render(t, trainer, again); first != second {
					t.Errorf("first\n%s\nthen\n%s", first, second)
				}
			})
		}
	}
}

func TestEveryTrainerIsNamedAsRegistered(t *testing.T) {
	for name, trainer := range Trainers {
		if trainer.Name() != name || trainer.Summary() == "" || strings.Contains(trainer.Summary(), "\n") {
			t.Errorf("%s: name %q, summary %q", name, trainer.Name(), trainer.Summary())
		}
	}
}

func TestATrainerThatIsNotInstalledSaysTheWayOut(t *testing.T) {
	nothing := func(string) (string, error) { return "", errors.New("not on PATH") }
	for name, want := range map[string]string{"llamafactory": "pip install llamafactory", "command": "train.params.argv"} {
		j := job()
		j.Params = launch.Params{"argv": []any{"train.sh"}}
		if err := Trainers[name].Check(j, nothing); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Trainers["smoke"].Check(job(), nothing); err != nil {
		t.Errorf("smoke needs no program, but: %v", err)
	}
}

// render writes a command as one text, in the order of its files.
func render(t *testing.T, trainer launch.Trainer, j launch.Job) string {
	t.Helper()
	cmd, err := trainer.Render(j, site)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "progress %s\n", cmd.Progress)
	for _, arg := range cmd.Argv {
		fmt.Fprintf(&b, "arg %s\n", arg)
	}
	for _, env := range cmd.Env {
		stored, err := json.Marshal(env)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "env %s\n", stored)
	}
	for _, f := range cmd.Files {
		if f.Link != "" {
			fmt.Fprintf(&b, "link %s -> %s\n", f.Name, f.Link)
			continue
		}
		fmt.Fprintf(&b, "-- %s --\n%s", f.Name, f.Content)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update writes it anew):\n%s", path, got)
	}
}

func TestNoGoldenFileIsLeftOver(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var wanted []string
	for name := range variants {
		for variant := range maps.Keys(variants[name]) {
			wanted = append(wanted, filepath.Join("testdata", name+"-"+variant+".txt"))
		}
	}
	for _, f := range files {
		if !slices.Contains(wanted, f) {
			t.Errorf("%s belongs to no variant", f)
		}
	}
}
