package recipes

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	// blockSmall is small, with room for more keys.
	blockSmall = "name: small\nsources: [{name: a, path: a.jsonl, accept: {any: true}}]\n"
	// evaluated has the shortest evaluation that there is.
	evaluated = blockSmall + "eval: [{name: a, command: x}]\n"
)

const heldOut = `eval:
  - name: heldout
    command: [./heldout.sh, --twice, "1", --twice, "{checkpoint}", "{output}", "{port}", "{{}}"]
    benchmark: heldout
    split: test
    scaffold: mini
    seed: 3
    reports: ["**/report.json", "*.csv"]
    backend: lab
    gpus: 4
    gpu: h100
    gpu_hour: 2.5
    deadline: 90m
    attempts: 2
    env: [HF_TOKEN, MODE=fast]
  - {name: short, command: "eval-it"}
`

func TestEvaluationsOfARecipeAreThoseOfItsJob(t *testing.T) {
	r := mustLoad(t, blockSmall+heldOut)
	all := r.Job().Evals
	if len(all) != 2 {
		t.Fatalf("%+v", all)
	}
	e := all[0]
	if e.Name != "heldout" || e.Command[0] != "./heldout.sh" || e.Command[3] != "--twice" || e.Benchmark != "heldout" || e.Split != "test" || e.Scaffold != "mini" || *e.Seed != 3 ||
		!slices.Equal(e.Reports, []string{"**/report.json", "*.csv"}) || e.Backend != "lab" || e.GPUs != 4 || e.GPU != "h100" || *e.GPUHour != 2.5 || e.Deadline != 90*time.Minute || e.Attempts != 2 {
		t.Errorf("%+v", e)
	}
	if s := all[1]; !slices.Equal(s.Command, []string{"eval-it"}) || s.Seed != nil || s.GPUHour != nil || s.GPUs != 1 || s.Attempts != 1 {
		t.Errorf("%+v", s)
	}
	again := mustLoad(t, string(r.YAML()))
	if len(again.Eval) != 2 || string(again.YAML()) != string(r.YAML()) {
		t.Errorf("it reads back otherwise:\n%s", r.YAML())
	}
}

// A training whose evaluations change is the same one.
func TestEvaluationsBearNoIdentity(t *testing.T) {
	plain, more := mustLoad(t, small), mustLoad(t, blockSmall+heldOut)
	if plain.Fingerprint() != more.Fingerprint() || plain.DataFingerprint() != more.DataFingerprint() {
		t.Error("an evaluation makes another run of it")
	}
}

func TestAnOverrideChangesOneKeyOfAnEvaluation(t *testing.T) {
	r := mustLoad(t, blockSmall+heldOut, "eval.heldout.command=[other, '{run}']", "eval.short.deadline=2h", "eval.heldout.gpus=8")
	if e := r.Eval[0]; !slices.Equal(e.Command, Argv{"other", "{run}"}) || e.GPUs != 8 || e.Split != "test" || r.Eval[1].Deadline != "2h" {
		t.Errorf("%+v", r.Eval)
	}
	if r := mustLoad(t, blockSmall+heldOut, "eval.heldout=!unset"); len(r.Eval) != 1 || r.Eval[0].Name != "short" {
		t.Errorf("%+v", r.Eval)
	}
}

func TestFaultsOfEvaluationsAreToldWithTheirPlaces(t *testing.T) {
	for text, want := range map[string]string{
		"eval: [{name: a}]":                                                        "eval.a.command: missing",
		"eval: [{command: x}]":                                                     "eval[0].name: missing",
		"eval: [{name: a, command: []}]":                                           "eval.a.command: an empty list",
		"eval: [{name: a, command: [x, 3]}]":                                       "eval.a.command[1]: 3 is not text",
		"eval: [{name: a, command: x, benchmrk: y}]":                               `eval.a.benchmrk: unknown key (did you mean "benchmark"?)`,
		`eval: [{name: a, command: [x, "{chekpoint}"]}]`:                           `has the unknown placeholder {chekpoint}: there are {benchmark}, {checkpoint}`,
		`eval: [{name: a, command: [x, "{model}"]}]`:                               "asks for the model, and model.base is missing",
		"eval: [{name: a, command: x}, {name: a, command: y}]":                     `a second evaluation is named "a"`,
		"eval: [{name: a, command: x, reports: [/etc/*]}]":                         "is no pattern of files below {output}",
		"eval: [{name: a, command: x, reports: ['../*']}]":                         "is no pattern of files below {output}",
		"eval: [{name: a, command: x, deadline: soon}]":                            `"soon" is no length of time`,
		"eval: [{name: a, command: x, attempts: 0}]":                               "0 is not from 1 to 100",
		"eval: [{name: a, command: x, env: [A-B=1]}]":                              "is no name of a variable",
		"eval: [{name: a, command: x, env: [HF_TOKEN=hf_0123456789012345678901]}]": "HF_TOKEN is a secret",
		"eval: [{name: a/b, command: x}]":                                          "is not a name",
		"eval: {a: {command: x}}":                                                  "eval",
	} {
		if got := faultsOf(t, blockSmall+text+"\n").Error(); !strings.Contains(got, want) {
			t.Errorf("%s:\n%s\nwant %s", text, got, want)
		}
	}
}
