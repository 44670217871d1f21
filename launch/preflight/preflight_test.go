package preflight

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch"
	"trainyard/launch/trainer"
)

func job() launch.Job {
	return launch.Job{
		Recipe: "r", Trainer: "trl", Backend: "local", Model: "Qwen/Qwen2.5-Coder-32B-Instruct", Template: "qwen2.5", Window: 32768,
		Dataset: launch.Dataset{Dir: "/data", Template: "qwen2.5", Window: 32768, Train: launch.Split{Rows: 4400, Tokens: 90_000_000}},
		Method:  "full", Epochs: 5, Batch: 16, LR: 5e-5, GPUs: 8,
	}
}

func facts(t *testing.T) Facts {
	t.Helper()
	m, err := ModelOf("Qwen/Qwen2.5-Coder-32B-Instruct")
	if err != nil || m == nil {
		t.Fatal(m, err)
	}
	return Facts{GPU: "h200", Free: 4e12, Model: m, Template: "qwen2.5", Looked: true, Has: func(string) bool { return false }}
}

func TestAJobInOrderHasNothingButOKs(t *testing.T) {
	for _, f := range Check(job(), facts(t)) {
		if f.Level != OK {
			t.Errorf("%+v", f)
		}
	}
}

func TestEachThingIsFoundWithItsWords(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*launch.Job, *Facts)
		level  Level
		about  string
		words  string
	}{
		{"batch", func(j *launch.Job, _ *Facts) { j.Batch = 12 }, Refusal, "batch", "choose a multiple of 8"},
		{"batch of nodes", func(j *launch.Job, _ *Facts) { j.Nodes, j.SequenceParallel = 2, 2 }, OK, "batch", "16 = 1 on a GPU x 8 GPUs x 2 nodes / 2 to a row x 2 rounds"},
		{"window", func(j *launch.Job, _ *Facts) { j.Window = 65536 }, Refusal, "window", "above the 32768 positions"},
		{"YaRN", func(j *launch.Job, _ *Facts) { j.Window, j.Params = 65536, launch.Params{"rope_scaling": "yarn"} }, Warning, "window", "they are scaled (yarn)"},
		{"YaRN without need", func(_ *launch.Job, f *Facts) { f.Model.Scaling = "yarn x4" }, Warning, "window", "costs on short texts"},
		{"positions unknown", func(_ *launch.Job, f *Facts) { f.Model.Positions = 0 }, Warning, "window", "unknown"},
		{"memory", func(j *launch.Job, f *Facts) { j.GPUs, f.GPU = 2, "h100" }, Refusal, "memory", "does not fit: what would is lora on 2 h100"},
		{"host memory", func(_ *launch.Job, f *Facts) { f.GPU = "h100" }, Warning, "memory", "zero3-optimizer"},
		{"memory's parts", func(*launch.Job, *Facts) {}, OK, "memory", "optimizer 49.1 GB"},
		{"qlora", func(j *launch.Job, f *Facts) { j.Method, j.GPUs, f.GPU = "qlora", 1, "a6000" }, Warning, "memory", "a quarter"},
		{"GPU unknown", func(_ *launch.Job, f *Facts) { f.GPU = "" }, Warning, "memory", "say which GPU"},
		{"model unknown", func(_ *launch.Job, f *Facts) { f.Model = nil }, Warning, "memory", "unknown"},
		{"disk", func(_ *launch.Job, f *Facts) { f.Free = 1e12 }, Refusal, "disk", "1900.3 GB for 3 checkpoints of 458.7 GB"},
		{"disk of adapters", func(j *launch.Job, f *Facts) { j.Method, f.Free = "lora", 1e12 }, OK, "disk", "checkpoints of 7.5 GB"},
		{"disk unknown", func(_ *launch.Job, f *Facts) { f.Free = 0 }, Warning, "disk", "how much is free is unknown"},
		{"dataset broken", func(_ *launch.Job, f *Facts) { f.Dataset = errors.New("a shard is gone") }, Refusal, "dataset", "a shard is gone"},
		{"bucket", func(_ *launch.Job, f *Facts) { f.Bucket, f.BucketFault = "s3://b/p", errors.New("Access Denied") }, Refusal, "bucket", "nothing can be written to s3://b/p: Access Denied"},
		{"bucket in order", func(_ *launch.Job, f *Facts) { f.Bucket = "s3://b/p" }, OK, "bucket", "s3://b/p: an object was written"},
		{"dataset planned", func(_ *launch.Job, f *Facts) { f.Looked = false }, Warning, "dataset", "not there yet"},
		{"another template", func(j *launch.Job, _ *Facts) { j.Template = "qwen3" }, Refusal, "template", "was counted with qwen2.5"},
		{"another family", func(_ *launch.Job, f *Facts) { f.Template = "qwen3" }, Warning, "template", "comes with qwen3"},
		{"base model", func(j *launch.Job, f *Facts) {
			j.Template, j.Dataset.Template, f.Template = "qwen2.5-base", "qwen2.5-base", "qwen2.5-base"
		}, Warning, "template", `"<|im_end|>" is set`},
		{"a setting that is overlooked", func(j *launch.Job, _ *Facts) { j.Params = launch.Params{"lerning_rate": 1, "use_liger_kernel": true} }, Warning, "params", "train.params.lerning_rate is no setting of trl"},
		{"gated", func(j *launch.Job, _ *Facts) { j.Model = "meta-llama/Llama-3.1-8B" }, Refusal, "model", "set HF_TOKEN"},
		{"gated with a token", func(j *launch.Job, f *Facts) {
			j.Model, f.Has = "meta-llama/Llama-3.1-8B", func(name string) bool { return name == "HF_TOKEN" }
		}, OK, "model", "a token is set"},
		{"gated with the job's token", func(j *launch.Job, _ *Facts) {
			j.Model, j.Env = "meta-llama/Llama-3.1-8B", []launch.Env{{Name: "HF_TOKEN", Value: "hf_planted"}}
		}, OK, "model", "a token is set"},
	} {
		j, f := job(), facts(t)
		c.change(&j, &f)
		all := Check(j, f)
		found := false
		for _, got := range all {
			found = found || got.About == c.about && got.Level == c.level && strings.Contains(got.Words, c.words)
			if strings.Contains(got.Words, "hf_planted") {
				t.Errorf("%s: a token's value stands in %q", c.name, got.Words)
			}
		}
		if !found || (c.level == Refusal) != (len(Refused(all)) > 0) {
			t.Errorf("%s: no %s about %s with %q among %+v", c.name, c.level, c.about, c.words, all)
		}
	}
}

// TestEveryTrainerTellsItsSilentDefaults: those that have any, and they all have.
func TestEveryTrainerTellsItsSilentDefaults(t *testing.T) {
	for name := range trainer.Trainers {
		if told := len(trainer.Silent(name)); (told == 0) != (name == "command" || name == "smoke") {
			t.Errorf("%s tells %d", name, told)
		}
	}
}

func TestAModelsFactsAreThoseOfItsConfigBeforeItsName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Qwen2.5-Coder-7B-Instruct")
	config := `{"model_type": "qwen2", "num_hidden_layers": 2, "hidden_size": 64, "intermediate_size": 128, "num_attention_heads": 4,
		"num_key_value_heads": 2, "vocab_size": 152064, "max_position_embeddings": 1024, "rope_scaling": {"type": "yarn", "factor": 4.0}}`
	if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "config.json"), []byte(config), 0o644)); err != nil {
		t.Fatal(err)
	}
	m, err := ModelOf(dir)
	if err != nil || m.Shape.Layers != 2 || m.Positions != 1024 || m.Scaling != "yarn x4" || !m.Local {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := ModelOf("someone/else"); m != nil || err != nil {
		t.Errorf("of a name that is not known: %+v, %v", m, err)
	}
	if m, err := ModelOf("Qwen/Qwen2.5-7B"); m.Positions != 0 || err != nil {
		t.Errorf("a base model has more positions than its Instruct: %+v, %v", m, err)
	}
}

func TestADatasetThatIsNotThereIsNoFault(t *testing.T) {
	j := job()
	j.Dataset.Dir = t.TempDir()
	if looked, fault := Look(j); looked || fault != nil {
		t.Errorf("%v, %v", looked, fault)
	}
	if err := os.WriteFile(filepath.Join(j.Dataset.Dir, "manifest.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if looked, fault := Look(j); looked || fault == nil {
		t.Errorf("a broken manifest: %v, %v", looked, fault)
	}
}

func TestFreeSpaceIsToldOfAPlaceThatIsNotThereYet(t *testing.T) {
	dir := t.TempDir()
	if here, below := Free(dir), Free(filepath.Join(dir, "a", "b")); here <= 0 || below <= 0 {
		t.Errorf("%d, %d bytes", here, below)
	}
}
