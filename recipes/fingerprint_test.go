package recipes

import (
	"fmt"
	"reflect"
	"testing"
)

// The keys that do not make a new dataset, and those that do not make a new
// run. Every other field of the structs has to change both fingerprints.
var (
	notData = map[string]bool{"name": true, "summary": true, "seed": true, "mix.strict": true, "model.base": true, "train.*": true, "train.lora.*": true, "eval.*": true}
	notRun  = map[string]bool{"name": true, "summary": true, "seed": true, "mix.strict": true, "eval.*": true}
)

func TestEveryFieldChangesTheFingerprintsItShould(t *testing.T) {
	before := full()
	eachLeaf(reflect.ValueOf(before).Elem(), "", func(path, group string, _ reflect.Value) {
		after := full()
		eachLeaf(reflect.ValueOf(after).Elem(), "", func(p, _ string, v reflect.Value) {
			if p == path {
				change(t, p, v)
			}
		})
		runChanged := after.Fingerprint() != before.Fingerprint()
		dataChanged := after.DataFingerprint() != before.DataFingerprint()
		if want := !notRun[path] && !notRun[group]; runChanged != want {
			t.Errorf("%s changes the fingerprint: %v, want %v", path, runChanged, want)
		}
		if want := !notData[path] && !notData[group]; dataChanged != want {
			t.Errorf("%s changes the data fingerprint: %v, want %v", path, dataChanged, want)
		}
	})
}

// full has a source and a parameter, so that every field exists.
func full() *Recipe {
	r := defaults()
	r.Sources = []Source{{Name: "a"}}
	r.Train.Params = map[string]any{"x": int64(1)}
	r.Eval = []Evaluation{{Name: "a"}}
	return r
}

// eachLeaf visits every exported field that is no struct. Fields outside the
// YAML (Dir, Files) say where a recipe lies and bear no identity.
func eachLeaf(v reflect.Value, path string, visit func(path, group string, v reflect.Value)) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key := f.Tag.Get("yaml")
		at := dotted(path, key)
		switch fv := v.Field(i); {
		case key == "-":
		case isWhole(fv.Type()):
			visit(at, path+".*", fv)
		case fv.Kind() == reflect.Struct:
			eachLeaf(fv, at, visit)
		case fv.Type() == reflect.TypeFor[Edits](), fv.Type() == reflect.TypeFor[Paths]():
			visit(at, path+".*", fv)
		case fv.Kind() == reflect.Slice:
			eachLeaf(fv.Index(0), at, visit)
		default:
			visit(at, path+".*", fv)
		}
	}
}

func change(t *testing.T, path string, v reflect.Value) {
	if edits, ok := v.Addr().Interface().(*Edits); ok {
		*edits = Edits{{Name: "strip_ansi"}}
		return
	}
	if paths, ok := v.Addr().Interface().(*Paths); ok {
		*paths = Paths{"a", "b"}
		return
	}
	if l, ok := v.Addr().Interface().(*Loss); ok {
		*l = Loss{"last": int64(2)}
		return
	}
	if weights, ok := v.Addr().Interface().(*Weights); ok {
		*weights = Weights{"a": 2}
		return
	}
	if budget, ok := v.Addr().Interface().(*Budget); ok {
		*budget = Budget{Percent: 5}
		return
	}
	if selections, ok := v.Addr().Interface().(*Selections); ok {
		*selections = Selections{{By: "teachers", To: 1}}
		return
	}
	if order, ok := v.Addr().Interface().(*Order); ok {
		order.By = "n_tokens"
		return
	}
	if argv, ok := v.Addr().Interface().(*Argv); ok {
		*argv = Argv{"x", "y"}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 0.125)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]any{"x": int64(2)}))
	default:
		t.Fatalf("%s is a %s: teach this test to change it", path, v.Kind())
	}
}

func TestEveryFieldHasAKey(t *testing.T) {
	eachLeaf(reflect.ValueOf(full()).Elem(), "", func(path, _ string, v reflect.Value) {
		if path == "" || path[len(path)-1] == '.' {
			t.Errorf("a %s below %q has no yaml tag", v.Type(), path)
		}
	})
}

func TestSpellingDoesNotCount(t *testing.T) {
	const base = "{name: n, sources: [{name: a, path: p, accept: {any: true}, share: 2}], mix: {sampler: proportional, budget: 1000}, train: {lr: 1e-4, params: {a: 1, b: {c: 2, d: 0.5}}}}"
	want := mustLoad(t, base)
	for _, same := range []string{
		"{sources: [{path: p, share: 2.0, accept: {any: True}, name: a}], name: n, train: {params: {b: {d: 5e-1, c: 2.0}, a: +1}, lr: 0.0001}, mix: {budget: 1_000, sampler: proportional}}",
		"name: other\nsummary: text\nsources:\n- name: 'a'\n  path: \"p\"\n  task: a\n  share: 2\n  accept:\n    any: true\nmix:\n  sampler: proportional\n  budget: 1000\n  seed: 17\ntrain: {lr: .1e-3, params: {a: 1, b: {c: 2, d: .5}}}\n",
	} {
		if r := mustLoad(t, same); r.Fingerprint() != want.Fingerprint() || r.DataFingerprint() != want.DataFingerprint() {
			t.Errorf("another fingerprint for\n%s\n%s\n%s", same, r.tree("", "run").json(nil), want.tree("", "run").json(nil))
		}
	}
}

// Recipes had one seed before they had three, and their fingerprints stay.
func TestThreeSeedsHaveOneDefault(t *testing.T) {
	one := mustLoad(t, small, "seed=4")
	if one.Mix.Seed != 4 || one.Mix.ValidationSeed != 4 || one.Train.Seed != 4 {
		t.Errorf("seed 4 gives %d, %d and %d", one.Mix.Seed, one.Mix.ValidationSeed, one.Train.Seed)
	}
	same := mustLoad(t, small, "mix.seed=4", "mix.validation_seed=4", "train.seed=4")
	if one.Fingerprint() != same.Fingerprint() || one.DataFingerprint() != same.DataFingerprint() {
		t.Error("the same three seeds, said apart, are another recipe")
	}
	data, aside, train := mustLoad(t, small, "mix.seed=5"), mustLoad(t, small, "mix.validation_seed=5"), mustLoad(t, small, "train.seed=5")
	if data.Mix.ValidationSeed != 17 || data.Train.Seed != 17 || aside.Mix.Seed != 17 || train.Mix.Seed != 17 {
		t.Error("one of the seeds moves another")
	}
	if plain := mustLoad(t, small); train.DataFingerprint() != plain.DataFingerprint() || train.Fingerprint() == plain.Fingerprint() {
		t.Error("train.seed is of the dataset, or not of the run")
	}
	for _, r := range []*Recipe{one, data, aside, train} {
		if again := mustLoad(t, string(r.YAML())); again.Fingerprint() != r.Fingerprint() || again.DataFingerprint() != r.DataFingerprint() {
			t.Errorf("written out, it is another recipe:\n%s", r.YAML())
		}
	}
}

func TestTypesAndOrderOfSourcesDoCount(t *testing.T) {
	seen := map[string]string{}
	for _, params := range []string{"{a: 1}", "{a: '1'}", "{a: true}", "{a: 'true'}", "{a: null}", "{a: ''}", "{a: [1]}", "{a: {}}", "{a: []}", "{}"} {
		r := mustLoad(t, fmt.Sprintf("{name: n, extends: demo, train: {params: %s}}", params))
		if other, ok := seen[r.Fingerprint()]; ok {
			t.Errorf("params %s and %s have one fingerprint", params, other)
		}
		seen[r.Fingerprint()] = params
	}
	a, b := full(), full()
	a.Sources = []Source{{Name: "a"}, {Name: "b"}}
	b.Sources = []Source{{Name: "b"}, {Name: "a"}}
	if a.DataFingerprint() == b.DataFingerprint() {
		t.Error("the order of sources does not count")
	}
}

// A fingerprint names datasets on disk and cells of sweeps: if this fails,
// every one of them is orphaned. Change it only with fingerprintForm.
func TestTheFingerprintOfAGivenRecipeStays(t *testing.T) {
	r := mustLoad(t, small)
	got := r.Fingerprint() + " " + r.DataFingerprint()
	want := "c515ee6a866be7aa35af429619f918edb63befd353301d39f8540c9b8aa1060f ac8ea94a1040df2303c378bbe9e8be3ed7c24d5476c261b2f067a8211808df17"
	if got != want {
		t.Errorf("got %s, want %s\n%s", got, want, r.tree("", "run").json(nil))
	}
}
