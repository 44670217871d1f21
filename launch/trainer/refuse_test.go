package trainer

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"trainyard/launch"
)

func TestParametersThatWouldBreakAPromiseAreRefusedWithTheReason(t *testing.T) {
	for _, c := range []struct {
		trainer string
		params  launch.Params
		want    string
	}{
		{"llamafactory", launch.Params{"overwrite_output_dir": true}, "deletes the log"},
		{"llamafactory", launch.Params{"save_only_model": true}, "impossible to resume"},
		{"llamafactory", launch.Params{"learning_rate": 1e-5}, "set train.lr"},
		{"llamafactory", launch.Params{"val_size": 0.1}, "at random"},
		{"llamafactory", launch.Params{"max_samples": int64(100)}, "drop rows without a word"},
		{"llamafactory", launch.Params{"train_on_prompt": true}, "what the assistant wrote"},
		{"llamafactory", launch.Params{"neat_packing": true}, "a row of the dataset is a row of the training"},
		{"llamafactory", launch.Params{"packing": true}, "see each other"},
		{"llamafactory", launch.Params{"logging_nan_inf_filter": true}, "hides a diverged run"},
		{"llamafactory", launch.Params{"per_device_train_batch_size": int64(1 << 62)}, "from 1 to train.batch"},
		{"llamafactory", launch.Params{"cutoff_len": int64(2048)}, "cut without a word"},
		{"llamafactory", launch.Params{"per_device_train_batch_size": int64(3)}, "does not divide"},
		{"llamafactory", launch.Params{"per_device_train_batch_size": "many"}, "whole number"},
		{"smoke", launch.Params{"save_stesp": int64(1)}, "save_stesp is unknown"},
		{"smoke", launch.Params{"save_steps": 0.5}, "whole number"},
		{"smoke", launch.Params{"learning_rate": "fast"}, "give a number"},
		{"command", nil, `argv is missing: give the program and its arguments, such as ["python"`},
		{"command", launch.Params{"argv": nil}, "argv is missing"},
		{"command", launch.Params{"argv": "train.sh"}, "argv is train.sh: give a list of strings"},
		{"command", launch.Params{"argv": []any{}}, "give a list of strings"},
		{"command", launch.Params{"argv": []any{"train", int64(1)}}, "argv[1]"},
		{"command", launch.Params{"argv": []any{""}}, "give a program"},
		{"command", launch.Params{"argv": []any{"train", "{datset}"}}, "unknown placeholder {datset}: there are {batch}, {config}"},
		{"command", launch.Params{"argv": []any{"train", "a{b"}}, "single {"},
		{"command", launch.Params{"argv": []any{"train"}, "progress": "../log"}, "inside the output directory"},
	} {
		j := job()
		j.Params = c.params
		if _, err := Trainers[c.trainer].Render(j, site); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %v: error %v, want words %q", c.trainer, c.params, err, c.want)
		}
	}
}

func TestLlamaFactoryReportsAllFaultsAtOnce(t *testing.T) {
	j := job()
	j.Model, j.Template, j.GPUs = "", "gemma", 7
	j.Params = launch.Params{"seed": int64(1), "output_dir": "/tmp"}
	_, err := Trainers["llamafactory"].Render(j, site)
	for _, want := range []string{"model.base", `"gemma"`, "7 GPUs", "seed", "output_dir"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
}

func TestABatchIsDividedAmongDevicesAndAccumulation(t *testing.T) {
	for _, c := range []struct {
		gpus, perDevice, accumulation int
	}{{0, 1, 16}, {1, 1, 16}, {2, 1, 8}, {2, 4, 2}, {8, 2, 1}, {16, 1, 1}} {
		j := job()
		j.GPUs, j.Params = c.gpus, launch.Params{"per_device_train_batch_size": int64(c.perDevice)}
		perDevice, accumulation, err := splitBatch("llamafactory", j, rowsOnDevice(j))
		if err != nil || perDevice != c.perDevice || accumulation != c.accumulation {
			t.Errorf("%d GPUs with %d rows each: %d, %d, %v", c.gpus, c.perDevice, perDevice, accumulation, err)
		}
	}
}

func TestYAMLScalarsAreReadBackAsTheyWere(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{5e-5, "5.0e-05"}, {0.05, "0.05"}, {2.0, "2.0"}, {1e21, "1.0e+21"}, {1.25e-7, "1.25e-07"},
		{json.Number("5e-05"), "5.0e-05"}, {json.Number("16"), "16"}, {uint64(math.MaxUint64), "18446744073709551615"},
		{true, "true"}, {nil, "null"}, {"qwen", "qwen"}, {"a/b-c_d.json", "a/b-c_d.json"},
		{"no", `"no"`}, {"null", `"null"`}, {"", `""`}, {"1e5", `"1e5"`}, {"a: b", `"a: b"`}, {"<|im_end|>", `"<|im_end|>"`},
		{"~", `"~"`}, {"it's", `"it's"`}, {"#x", `"#x"`}, {"ü", `"ü"`},
		{[]any{"a", int64(1)}, `["a",1]`}, {map[string]any{"k": true}, `{"k":true}`},
	} {
		if got, err := yamlScalar(c.value); err != nil || got != c.want {
			t.Errorf("%v: %s, %v; want %s", c.value, got, err, c.want)
		}
	}
}

func TestValuesOfPlaceholdersAreNotFilledInAgain(t *testing.T) {
	got, err := fill("--d={dataset}", map[string]string{"dataset": "/a/{model}"})
	if err != nil || got != "--d=/a/{model}" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestTrainersThatReadTextRefuseTokens(t *testing.T) {
	found := func(program string) (string, error) { return program, nil }
	j := job()
	j.Dataset.Output = "tokens"
	j.Params = launch.Params{"argv": []any{"train.sh"}}
	for name, want := range map[string]string{
		"llamafactory": "llamafactory reads messages; this dataset holds tokens: prepare it with mix.output=messages",
		"command":      "",
	} {
		trainer := Trainers[name]
		_, err := trainer.Render(j, site)
		for doing, err := range map[string]error{"check": trainer.Check(j, found), "render": err} {
			if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s, %s: %v, want %q", name, doing, err, want)
			}
		}
	}
	j.Params = nil
	if _, err := Trainers["smoke"].Render(j, site); err != nil {
		t.Errorf("smoke: %v", err)
	}
}

func TestOnlyTrainersOfALargeModelNeedOne(t *testing.T) {
	found := func(program string) (string, error) { return program, nil }
	j := job()
	j.Model = ""
	for name, params := range map[string]launch.Params{"smoke": nil, "command": {"argv": []any{"train.sh"}}} {
		j.Params = params
		if err := Trainers[name].Check(j, found); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Trainers[name].Render(j, site); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	j.Params = launch.Params{"argv": []any{"train.sh", "--model={model}"}}
	if _, err := Trainers["command"].Render(j, site); err == nil || !strings.Contains(err.Error(), "model.base is missing") {
		t.Errorf("command with {model}: %v", err)
	}
	if err := Trainers["llamafactory"].Check(j, found); err == nil || !strings.Contains(err.Error(), "model.base is missing: ") {
		t.Errorf("llamafactory: %v", err)
	}
}

func TestSmokeRefusesMoreThanItsOneProcess(t *testing.T) {
	j := job()
	for gpus, ok := range map[int]bool{0: true, 1: true, 2: false, 8: false} {
		j.GPUs = gpus
		if _, err := Trainers["smoke"].Render(j, site); (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "one process") {
			t.Errorf("%d GPUs: %v", gpus, err)
		}
	}
}

func TestCodeOfAModelsRepositoryRunsOnlyWhenAsked(t *testing.T) {
	j := job()
	for want, params := range []launch.Params{nil, {"trust_remote_code": true}} {
		j.Params = params
		if got := strings.Count(render(t, Trainers["llamafactory"], j), "trust_remote_code: true\n"); got != want {
			t.Errorf("%v: written %d times", params, got)
		}
	}
}

// A run starts in a directory of its own, where nothing lies that is named from here.
func TestAProgramIsNotNamedByAPathFromHere(t *testing.T) {
	found := func(program string) (string, error) { return program, nil }
	for program, refused := range map[string]bool{"./train.sh": true, "scripts/train.py": true, "../x": true, "/opt/train.sh": false, "train.sh": false, "{output}/x": false} {
		j := job()
		j.Params = launch.Params{"argv": []any{program}}
		err := Trainers["command"].Check(j, found)
		if (err != nil) != refused || refused && !strings.Contains(err.Error(), "give the full path") {
			t.Errorf("%s: %v", program, err)
		}
	}
}
