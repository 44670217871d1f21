package launch

import (
	"encoding/json"
	"strings"
	"testing"
)

func goodJob() Job {
	return Job{
		Recipe: "r", Fingerprint: "f", Trainer: "command", Backend: "local", Model: "m", Template: "qwen2.5",
		Dataset: Dataset{Dir: "/data", Window: 1024, Train: Split{Shards: []string{"train-00000-of-00001.parquet"}, Rows: 10}},
		Window:  1024, Epochs: 1, Batch: 4, LR: 1e-5,
	}
}

func TestAGoodJobHasNoFault(t *testing.T) {
	if err := goodJob().Validate(); err != nil {
		t.Error(err)
	}
}

func TestAJobTellsAllItsFaultsAtOnce(t *testing.T) {
	err := Job{Method: "qlorra", Schedule: "cosin", Warmup: 1, Seed: -1, GPUs: -2}.Validate()
	for _, want := range []string{"recipe is empty", "trainer is empty", "backend is empty", "dataset.dir is empty", "no rows",
		"epochs is 0", "batch is 0", "lr is 0", "warmup is 1", "window is 0", `method is "qlorra"`, "seed is -1", `schedule is "cosin"`, "gpus is -2"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
}

func TestAWindowBelowThatOfTheDatasetIsRefused(t *testing.T) {
	j := goodJob()
	j.Window = 512
	if err := j.Validate(); err == nil || !strings.Contains(err.Error(), "truncated") {
		t.Error(err)
	}
}

func TestASecretAmongTheParametersIsRefusedAndNotRepeated(t *testing.T) {
	token := "hf_" + strings.Repeat("Q", 34)
	for name, params := range map[string]Params{
		"by its name":  {"hub_token": "short"},
		"by its shape": {"argv": []any{"train", "--token=" + token}},
		"token alone":  {"token": "correct-horse"},
		"of digits":    {"hub_token": 1234567890},
		"of a shop":    {"x": "sk_live_4eC39HqLyjWDarjtT1"},
		"in a URL":     {"argv": []any{"git", "clone", "https://me:correct-horse@host/x.git"}},
		"in a header":  {"argv": []any{"curl", "-H", "Authorization: Bearer abcdef123456789"}},
		"a web token":  {"x": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r"},
		"deep inside":  {"callbacks": map[string]any{"wandb": map[string]any{"api_key": "abc"}}},
	} {
		j := goodJob()
		j.Params = params
		err := j.Validate()
		if err == nil || !strings.Contains(err.Error(), "environment") {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), token) {
			t.Errorf("%s: the error repeats it: %v", name, err)
		}
	}
}

func TestHarmlessParametersWithTokenInTheirNamesPass(t *testing.T) {
	j := goodJob()
	j.Params = Params{"eos_token": "<|im_end|>", "max_new_tokens": 10, "include_num_input_tokens_seen": true, "mask_token": "x"}
	if err := j.Validate(); err != nil {
		t.Error(err)
	}
}

func TestASecretUnderAHarmlessNameIsRefused(t *testing.T) {
	j := goodJob()
	j.Env = []Env{{Name: "SOMETHING", Value: "sk-" + strings.Repeat("z", 40)}, {Name: "HF_TOKEN", Value: "hf_" + strings.Repeat("z", 34)}}
	if err := j.Validate(); err == nil || !strings.Contains(err.Error(), "SOMETHING") || strings.Contains(err.Error(), "HF_TOKEN") {
		t.Error(err)
	}
}

func TestNumbersOfParametersKeepTheirSpelling(t *testing.T) {
	var j Job
	if err := json.Unmarshal([]byte(`{"params":{"a":1e-5,"b":16,"c":{"d":9007199254740993}}}`), &j); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(j.Params)
	if err != nil || string(got) != `{"a":1e-5,"b":16,"c":{"d":9007199254740993}}` {
		t.Errorf("%s, %v", got, err)
	}
}

func TestASecretAmongArgumentsIsRefusedByTheNameBesideIt(t *testing.T) {
	for place, argv := range map[string][]any{
		"argv[2]": {"train", "--token", "correct-horse"},
		"argv[1]": {"train", "--api-key=correct-horse", "--lr", "1"},
		"argv[3]": {"train", "-v", "--wandb_api_key", "correct-horse"},
		"argv[0]": {"WANDB_API_KEY=correct-horse", "train"},
		"argv[4]": {"env", "A=1", "B=2", "train", "+trainer.hub_token=correct-horse"},
		"argv[5]": {"env", "A=1", "B=2", "sh", "-c", "export DB_PWD='correct-horse'; train"},
	} {
		j := goodJob()
		j.Params = Params{"argv": argv}
		err := j.Validate()
		if err == nil || !strings.Contains(err.Error(), "params."+place+" holds a secret") || strings.Contains(err.Error(), "correct-horse") {
			t.Errorf("%v: %v", argv, err)
		}
	}
	j := goodJob()
	j.Params = Params{"env": map[string]any{"GITHUB_PAT": "correct-horse"}}
	if err := j.Validate(); err == nil || !strings.Contains(err.Error(), "params.env.GITHUB_PAT") {
		t.Error(err)
	}
}

func TestHarmlessArgumentsPass(t *testing.T) {
	j := goodJob()
	j.Params = Params{"argv": []any{
		"sh", "-c", `train --token "$HF_TOKEN" --auth=${AUTH}; test -n "$WANDB_API_KEY"`, "--eos-token", "<|im_end|>", "--text-key=messages",
		"data.prompt_key=prompt", "--use-auth-token", "true", "--use_auth_token", "--max_tokens=9", "TOKENIZERS_PARALLELISM=false", "--model={model}", "--token",
	}}
	if err := j.Validate(); err != nil {
		t.Error(err)
	}
}
