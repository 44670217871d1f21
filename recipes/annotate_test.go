package recipes

import (
	"encoding/json"
	"strings"
	"testing"
)

const annotated = `
name: mine
extends: hybrid-gym
model:
  base: Qwen/Qwen2.5-Coder-7B-Instruct
sources:
  - name: func_gen
    share: 2
    edits: [strip_ansi]
    subagent:
      tools: t.json
train:
  params: {a: 1, "b.c": {d: "x: #y"}}
`

func TestAShownRecipeNamesTheOriginOfEachValue(t *testing.T) {
	text := mustLoad(t, annotated, "mix.seed=99", "train.params.a=7").Annotated()
	for key, want := range map[string]string{
		"name: mine":    "memory.yaml:2",
		"  base: ":      "memory.yaml:5",
		"  context: ":   "builtin:hybrid-gym.yaml:",
		"  seed: 99":    `override "mix.seed=99"`,
		"  sampler: ":   "builtin:hybrid-gym.yaml:",
		"  unit: ":      "default",
		"  share: 2":    "memory.yaml:8",
		"  edits: ":     "memory.yaml:9",
		"  trainer: ":   "default",
		"  subagent: ":  "memory.yaml:11",
		"    a: 7":      `override "train.params.a=7"`,
		"    b.c: ":     "memory.yaml:13",
		"  - name: fun": "memory.yaml:7",
	} {
		found := false
		for line := range strings.Lines(text) {
			_, comment, _ := strings.Cut(line, "  # ")
			found = found || strings.Contains(line, key) && strings.HasPrefix(comment, want)
		}
		if !found {
			t.Errorf("no line with %q says %q", key, want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestAShownRecipeIsTheRecipe(t *testing.T) {
	for _, text := range []string{small, twoSources, annotated} {
		r := mustLoad(t, text)
		if again := mustLoad(t, r.Annotated()); again.Fingerprint() != r.Fingerprint() || again.Name != r.Name {
			t.Errorf("it reads back as another recipe:\n%s", r.Annotated())
		}
	}
	for _, name := range builtinNames() {
		r, err := Load(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if again := mustLoad(t, r.Annotated()); again.Fingerprint() != r.Fingerprint() {
			t.Errorf("%s reads back as another recipe", name)
		}
	}
}

func TestSettingsAreAllKeysWithTheirValues(t *testing.T) {
	r := mustLoad(t, evaluated)
	keys := map[string]bool{}
	for _, s := range r.Settings() {
		keys[s.Key] = true
	}
	for _, k := range Keys() {
		name := strings.ReplaceAll(k.Name, "NAME", "a")
		if !keys[name] && k.Name != "extends" && k.Name != "sweep" && !strings.Contains(name, ".accept.") {
			t.Errorf("%s is not among the settings", name)
		}
	}
	data, err := json.Marshal(r.Settings())
	if err != nil || !strings.Contains(string(data), `{"key":"mix.window","value":32768,"origin":{"kind":"default","follows":"model.context"},"identity":"dataset"}`) {
		t.Errorf("%v: %s", err, data)
	}
}
