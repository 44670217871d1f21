package trainer

import (
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format/goldentest"
	"trainyard/launch"
)

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

// matrix are the jobs and sites whose rendering is kept for every trainer with an
// adapter that can do them. The first is kept in full, the others as the lines in
// which they differ from it.
var matrix = []struct {
	name string
	can  func(ability) bool
	job  func(*launch.Job)
	site func(*launch.Site)
}{
	{name: base, job: func(*launch.Job) {}},
	{name: "one-gpu", job: func(j *launch.Job) { j.GPUs = 1; j.Dataset.Validation = launch.Split{} }},
	{name: "nodes", can: func(a ability) bool { return a.nodes }, job: func(j *launch.Job) { j.Nodes = 2 }},
	{name: "lora", can: canDo("lora"), job: func(j *launch.Job) { j.Method = "lora" }},
	{name: "lora-said", can: func(a ability) bool { return a.dropout }, job: func(j *launch.Job) {
		j.Method, j.LoRA = "lora", launch.LoRA{Rank: 16, Alpha: 8, Dropout: 0.1, Targets: []string{"q_proj", "v_proj"}}
	}},
	{name: "qlora", can: canDo("qlora"), job: func(j *launch.Job) { j.Method, j.GPUs = "qlora", 1 }},
	{name: "steps", job: func(j *launch.Job) { j.MaxSteps, j.Epochs = 120, 0.5 }},
	{name: "packing", can: func(a ability) bool { return a.packs }, job: func(j *launch.Job) { j.Packing = true }},
	{name: "shared-rows", can: func(a ability) bool { return a.shares }, job: func(j *launch.Job) { j.SequenceParallel = 4 }},
	{name: "constant", job: func(j *launch.Job) { j.Schedule = "constant" }},
	{name: "fp16", can: computes("fp16"), job: func(j *launch.Job) { j.Precision = "fp16" }},
	{name: "fp32", can: computes("fp32"), job: func(j *launch.Job) { j.Precision, j.GPUs = "fp32", 1 }},
	{name: "tuning", job: func(j *launch.Job) {
		j.MicroBatch, j.NoGradientCheckpointing, j.SaveEvery, j.EvalEvery, j.KeepCheckpoints = 2, true, 10, 20, 5
		j.WeightDecay, j.MaxGradNorm = 1e-7, 0.5
	}},
	{name: "turns", can: reads("turns"), job: func(j *launch.Job) { j.Dataset.Output = "turns" }},
	{name: "tokens", can: reads("tokens"), job: func(j *launch.Job) { j.Dataset.Output = "tokens" }},
	{name: "packed", can: reads("packed"), job: func(j *launch.Job) { j.Dataset.Output = "packed" }},
	{name: "resume", can: func(a ability) bool { return a.resumes }, job: func(*launch.Job) {},
		site: func(s *launch.Site) { s.Resume = "/home/runs/R/attempt-0/out/step_150" }},
}

const base = "full"

func canDo(method string) func(ability) bool {
	return func(a ability) bool { return slices.Contains(a.methods, method) }
}

func computes(precision string) func(ability) bool {
	return func(a ability) bool { return slices.Contains(a.precisions, precision) }
}

func reads(output string) func(ability) bool {
	return func(a ability) bool { return slices.Contains(a.layouts, output) }
}

// variants are renderings that are kept in full beside those of the matrix: of
// trainers without an adapter, at least one each.
var variants = map[string]map[string]func(*launch.Job){
	"smoke": {
		"plain":      func(*launch.Job) {},
		"parameters": func(j *launch.Job) { j.Params = launch.Params{"save_steps": int64(5), "learning_rate": 0.1} },
	},
	"llamafactory": {
		"native": func(j *launch.Job) {
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

// cases calls visit for every rendering of the matrix that the trainer can do.
func cases(t *testing.T, visit func(t *testing.T, name, variant string, j launch.Job, at launch.Site)) {
	t.Helper()
	for name, trainer := range Trainers {
		a, adapted := trainer.(adapter)
		for _, m := range matrix {
			if !adapted || m.can != nil && !m.can(a.can) || m.name == "packing" && name == "command" {
				continue
			}
			j, at := job(), site
			j.GPUs = 8
			m.job(&j)
			if m.site != nil {
				m.site(&at)
			}
			if m.name == "lora-said" && name == "open-instruct" {
				j.LoRA.Targets = nil
			}
			if m.name == "steps" && name == "openrlhf" {
				continue // whole epochs alone
			}
			t.Run(name+"/"+m.name, func(t *testing.T) { visit(t, name, m.name, j, at) })
		}
	}
}

func TestEveryTrainerRendersItsMatrix(t *testing.T) {
	whole := map[string]string{}
	for name, trainer := range Trainers {
		if a, adapted := trainer.(adapter); adapted {
			j := job()
			j.GPUs = 8
			whole[a.name] = render(t, Trainers[name], j)
		}
	}
	cases(t, func(t *testing.T, name, variant string, j launch.Job, at launch.Site) {
		got := renderAt(t, Trainers[name], j, at)
		if variant != base {
			if got = differing(whole[name], got); got == "" && (name != "ms-swift" || variant != "turns") { // which reads the marks of turns by itself
				t.Error("it renders as if nothing had been said")
			}
		}
		goldentest.Check(t, "testdata/"+name+"-"+variant+".txt", got)
	})
}

func TestEveryTrainerRendersItsGoldenFiles(t *testing.T) {
	for name, trainer := range Trainers {
		if _, adapted := trainer.(adapter); !adapted && len(variants[name]) == 0 {
			t.Errorf("%s has no golden file: add a variant here and run with -update", name)
		}
		for variant, change := range variants[name] {
			t.Run(name+"/"+variant, func(t *testing.T) {
				j := job()
				change(&j)
				goldentest.Check(t, "testdata/"+name+"-"+variant+".txt", render(t, trainer, j))
			})
		}
	}
}

func TestEveryTrainerRendersALedgersJobAsTheFirstOne(t *testing.T) {
	again := func(t *testing.T, trainer launch.Trainer, j launch.Job, at launch.Site) {
		t.Helper()
		stored, err := json.Marshal(j)
		if err != nil {
			t.Fatal(err)
		}
		var read launch.Job
		if err := json.Unmarshal(stored, &read); err != nil {
			t.Fatal(err)
		}
		if first, second := renderAt(t, trainer, j, at), renderAt(t, trainer, read, at); first != second {
			t.Errorf("first\n%s\nthen\n%s", first, second)
		}
	}
	for name, trainer := range Trainers {
		for _, change := range variants[name] {
			j := job()
			change(&j)
			again(t, trainer, j, site)
		}
	}
	cases(t, func(t *testing.T, name, _ string, j launch.Job, at launch.Site) { again(t, Trainers[name], j, at) })
}

func TestEveryTrainerIsNamedAsRegistered(t *testing.T) {
	for name, trainer := range Trainers {
		if trainer.Name() != name || trainer.Summary() == "" || strings.Contains(trainer.Summary(), "\n") {
			t.Errorf("%s: name %q, summary %q", name, trainer.Name(), trainer.Summary())
		}
	}
}

// TestOneArgvRunsOnEveryNode: who a node is stands in its environment alone, and
// nothing is read by a shell.
func TestOneArgvRunsOnEveryNode(t *testing.T) {
	cases(t, func(t *testing.T, name, variant string, j launch.Job, at launch.Site) {
		cmd, err := Trainers[name].Render(j, at)
		if err != nil {
			t.Fatal(err)
		}
		alone := slices.Contains(cmd.Argv, "--standalone") || slices.Contains(cmd.Env, launch.Env{Name: "PET_STANDALONE", Value: "1"})
		if cmd.Argv[0] == "torchrun" && alone != (j.NodeCount() == 1) {
			t.Errorf("%d nodes, and torchrun takes itself for alone: %v", j.NodeCount(), alone)
		}
		named := slices.Contains(cmd.Argv, "--local-addr=127.0.0.1") || slices.Contains(cmd.Env, launch.Env{Name: "PET_LOCAL_ADDR", Value: "127.0.0.1"})
		if alone != named {
			t.Errorf("torchrun is alone: %v, and its ranks meet at the loopback: %v", alone, named)
		}
		for _, e := range cmd.Env {
			if slices.Contains([]string{"NNODES", "NODE_RANK", "MASTER_ADDR", "MASTER_PORT", "PET_NNODES", "PET_NODE_RANK"}, e.Name) {
				t.Errorf("%s is the backend's to set", e.Name)
			}
		}
		if slices.Contains([]string{"sh", "bash"}, cmd.Argv[0]) {
			t.Errorf("a shell: %q", cmd.Argv)
		}
	})
}

// TestEveryRankHasALogOfItsOwn where several of them run.
func TestEveryRankHasALogOfItsOwn(t *testing.T) {
	cases(t, func(t *testing.T, name, _ string, j launch.Job, at launch.Site) {
		cmd, err := Trainers[name].Render(j, at)
		if err != nil {
			t.Fatal(err)
		}
		if own := slices.Contains(cmd.Env, launch.Env{Name: "PET_LOG_DIR", Value: "/home/runs/R/attempt-1/ranks"}); !own && j.World() > 1 {
			t.Errorf("env is %v", cmd.Env)
		}
	})
}

// TestAllIsWrittenIntoTheAttemptsDirectory: no path that a trainer is told to write
// to lies elsewhere, and a checkpoint of another attempt is read alone.
func TestAllIsWrittenIntoTheAttemptsDirectory(t *testing.T) {
	cases(t, func(t *testing.T, name, _ string, j launch.Job, at launch.Site) {
		cmd, err := Trainers[name].Render(j, at)
		if err != nil {
			t.Fatal(err)
		}
		if cmd.Output != output || cmd.Dir != "" {
			t.Errorf("output %q, directory %q", cmd.Output, cmd.Dir)
		}
		for _, f := range cmd.Files {
			if !filepath.IsLocal(f.Name) || f.Link != "" && !strings.HasPrefix(f.Link, j.Dataset.Dir) && f.Link != at.Resume {
				t.Errorf("file %q, link %q", f.Name, f.Link)
			}
		}
	})
}

// TestWhatATrainerCannotDoIsRefusedWithThoseThatCan asks every adapter for all that
// it is not able to.
func TestWhatATrainerCannotDoIsRefusedWithThoseThatCan(t *testing.T) {
	for name, trainer := range Trainers {
		a, adapted := trainer.(adapter)
		for _, m := range matrix {
			if !adapted || m.can == nil || m.can(a.can) {
				continue
			}
			j, at := job(), site
			j.GPUs = 8
			m.job(&j)
			if m.site != nil {
				m.site(&at)
			}
			_, err := trainer.Render(j, at)
			if err == nil || !strings.HasPrefix(err.Error(), name) {
				t.Errorf("%s, %s: %v", name, m.name, err)
			}
			if m.name != "packing" && (err == nil || !strings.Contains(err.Error(), " can)")) {
				t.Errorf("%s, %s: %v names no other trainer", name, m.name, err)
			}
		}
	}
}

// TestNoTrainerIsGivenWhatTheRecipeHasAKeyFor and none may be given what it owns.
func TestWhatATrainerOwnsIsRefusedWithTheReason(t *testing.T) {
	for name, trainer := range Trainers {
		a, adapted := trainer.(adapter)
		if !adapted {
			continue
		}
		if len(a.owned) < 20 {
			t.Errorf("%s owns %d settings alone: rate, epochs, batch, window, seed, data, output and the like are the recipe's", name, len(a.owned))
		}
		for setting, why := range a.owned {
			j := job()
			j.Params = launch.Params{setting: "x"}
			if _, err := trainer.Render(j, site); why == "" || err == nil || !strings.Contains(err.Error(), "train.params."+setting+" may not be set: "+why) {
				t.Errorf("%s, %s: %v", name, setting, err)
			}
			if before, inner, nested := strings.Cut(setting, "."); nested && !strings.Contains(inner, ".") {
				j.Params = launch.Params{before: map[string]any{inner: "x"}}
				if _, err := trainer.Render(j, site); err == nil || !strings.Contains(err.Error(), "train.params."+setting+" may not be set") {
					t.Errorf("%s, %s nested: %v", name, setting, err)
				}
			}
		}
	}
}

// TestWhatIsRenderedIsNotOverlooked: a trainer that reads over names which it does
// not have is told none.
func TestWhatIsRenderedIsNotOverlooked(t *testing.T) {
	for _, name := range []string{"trl", "axolotl"} {
		j := job()
		j.Trainer, j.Params = name, launch.Params{"lerning_rate": 1}
		if got := Overlooked(j); !slices.Equal(got, []string{"lerning_rate"}) {
			t.Errorf("%s: %q", name, got)
		}
	}
	cases(t, func(t *testing.T, name, _ string, j launch.Job, at launch.Site) {
		cmd, err := Trainers[name].Render(j, at)
		if err != nil {
			t.Fatal(err)
		}
		j.Trainer, j.Params = name, launch.Params{}
		for _, f := range cmd.Files {
			for line := range strings.Lines(f.Content) {
				if key, _, is := strings.Cut(line, ":"); is && strings.HasSuffix(f.Name, ".yaml") && !strings.HasPrefix(line, " ") {
					j.Params[key] = true
				}
			}
		}
		if got := Overlooked(j); len(got) > 0 {
			t.Errorf("%s has no %q", name, got)
		}
	})
}

func TestATrainerThatIsNotInstalledSaysTheWayOut(t *testing.T) {
	nothing := func(string) (string, error) { return "", errors.New("not on PATH") }
	for name, trainer := range Trainers {
		want := "trainyard env lock " + name
		switch name {
		case "command":
			want = "train.params.argv"
		case "smoke":
			if err := trainer.Check(job(), nothing); err != nil {
				t.Errorf("smoke needs no program, but: %v", err)
			}
			continue
		}
		j := job()
		j.Params = launch.Params{"argv": []any{"train.sh"}}
		if err := trainer.Check(j, nothing); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
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
	cases(t, func(_ *testing.T, name, variant string, _ launch.Job, _ launch.Site) {
		wanted = append(wanted, filepath.Join("testdata", name+"-"+variant+".txt"))
	})
	for _, f := range files {
		if !slices.Contains(wanted, f) {
			t.Errorf("%s belongs to no variant", f)
		}
	}
}
