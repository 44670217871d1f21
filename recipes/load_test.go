package recipes

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// memory is a recipe file that exists only in the test; it can extend
// built-ins alone.
func memory(text string) *file {
	return &file{label: "memory.yaml", id: "memory.yaml", builtin: true, data: []byte(text)}
}

func load(f *file, overrides []string) (*Recipe, error) {
	r, _, err := loadTree(f, Options{Overrides: overrides})
	return r, err
}

func mustLoad(t *testing.T, text string, overrides ...string) *Recipe {
	t.Helper()
	r, err := load(memory(text), overrides)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return r
}

func faultsOf(t *testing.T, text string, overrides ...string) Faults {
	t.Helper()
	_, err := load(memory(text), overrides)
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("load gives %v, want Faults", err)
	}
	return faults
}

// small is the shortest recipe there is.
const small = "{name: small, sources: [{name: a, path: a.jsonl, accept: {any: true}}]}"

func TestWhatARecipeDoesNotSayHasItsDocumentedDefault(t *testing.T) {
	r := mustLoad(t, small)
	want := &Recipe{
		Name:    "small",
		Seed:    17,
		Model:   Model{Template: "qwen2.5", Context: 32768},
		Tools:   Tools{As: "openhands"},
		Sources: []Source{{Name: "a", Path: Paths{"a.jsonl"}, Format: "auto", Task: "a", Accept: Accept{Any: true}, Share: 1, SetupCost: unsaid}},
		Mix: Mix{Sampler: "all", Seed: 17, ValidationSeed: 17, Unit: "trajectories", Window: 32768,
			Order: Order{By: "shuffle"}, Short: "tell", Fraction: 1, OverWindow: "drop", Unique: "content", Validation: 0.02, Output: "messages"},
		Train: Train{Trainer: "smoke", Method: "full", Epochs: 5, Batch: 16, LR: 5e-5, Schedule: "cosine", Warmup: 0.05, Seed: 17,
			MicroBatch: 1, Precision: "bf16", SequenceParallel: 1, GradientCheckpointing: true, MaxGradNorm: 1, SaveEvery: 50, EvalEvery: 50, KeepCheckpoints: 3},
		Files: []string{"memory.yaml"},
	}
	r.said = nil
	if !reflect.DeepEqual(r, want) {
		t.Errorf("got  %+v\nwant %+v", r, want)
	}
}

func TestTheWindowFollowsTheContext(t *testing.T) {
	if r := mustLoad(t, small, "model.context=8192"); r.Mix.Window != 8192 {
		t.Errorf("window is %d, want 8192", r.Mix.Window)
	}
}

func TestABlockOfTextIsText(t *testing.T) {
	r := mustLoad(t, "name: n\nsources:\n  - name: a\n    path: 'it''s here'\n    accept:\n      where: >-\n        resolved &&\n        n_steps < 100\n")
	if s := r.Sources[0]; s.Path.String() != "it's here" || s.Accept.Where != "resolved && n_steps < 100" {
		t.Errorf("source is %+v", s)
	}
}

func TestAByteOrderMarkAndWindowsLinesAreRead(t *testing.T) {
	text := "\ufeffname: n\r\nextends: demo\r\nmix:\r\n  seed: 4 # four\r\n"
	if r := mustLoad(t, text); r.Name != "n" || r.Mix.Seed != 4 {
		t.Errorf("got %q, seed %d", r.Name, r.Mix.Seed)
	}
}

func TestPlainScalarsFollowTheCoreSchema(t *testing.T) {
	for text, want := range map[string]any{
		"": nil, "~": nil, "null": nil, "true": true, "FALSE": false, "no": "no", "on": "on", "nil": "nil",
		"0": int64(0), "-7": int64(-7), "+7": int64(7), "1_000": int64(1000), "9223372036854775807": int64(9223372036854775807),
		"1e-5": 1e-5, "5E3": 5e3, "1.": 1.0, ".5": 0.5, "-0.0": 0.0, "-1.5": -1.5,
		"1__0": "1__0", "_1": "_1", "1_": "1_", "1.2.3": "1.2.3", "12:30": "12:30", "2024-01-02": "2024-01-02", "e5": "e5", ".": ".",
	} {
		got, ok := (&node{text: text}).value()
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %#v (%v), want %#v", text, got, ok, want)
		}
	}
	for _, text := range []string{"017", "0x1F", "0o17", "0b11", "-0x1", ".inf", "-.INF", ".nan", "9223372036854775808", "1e999"} {
		if got, ok := (&node{text: text}).value(); ok {
			t.Errorf("%q is %#v, want a fault", text, got)
		}
	}
}

func TestTheWholeRecipeIsOneLineOfJSON(t *testing.T) {
	line := mustLoad(t, small).JSON()
	var got struct {
		Name string
		Mix  struct{ Seed int }
	}
	if err := json.Unmarshal(line, &got); err != nil || got.Name != "small" || got.Mix.Seed != 17 || strings.Contains(string(line), "\n") {
		t.Errorf("%v: %s", err, line)
	}
}
