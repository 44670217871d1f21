package recipes

import (
	"reflect"
	"strings"
	"testing"
)

func TestASourceHasOnePathOrAListOfThem(t *testing.T) {
	one := mustLoad(t, "{name: n, sources: [{name: a, path: x.jsonl, accept: {any: true}}]}")
	list := mustLoad(t, "{name: n, sources: [{name: a, path: [x.jsonl], accept: {any: true}}]}")
	two := mustLoad(t, "{name: n, sources: [{name: a, path: [x.jsonl, 'y/*.jsonl'], accept: {any: true}}]}")
	if one.Fingerprint() != list.Fingerprint() || !reflect.DeepEqual(one.Sources, list.Sources) {
		t.Errorf("a list of one is another recipe: %+v", list.Sources)
	}
	if two.DataFingerprint() == one.DataFingerprint() || !reflect.DeepEqual(two.Sources[0].Path, Paths{"x.jsonl", "y/*.jsonl"}) {
		t.Errorf("two paths are %q", two.Sources[0].Path)
	}
	if cfg := two.MixConfig(Files{Data: "/d"}); cfg.Sources[0].Inputs[1].Path != "/d/y/*.jsonl" || cfg.Sources[0].Inputs[1].Given != "y/*.jsonl" {
		t.Errorf("they resolve to %+v", cfg.Sources[0].Inputs)
	}
	if again := mustLoad(t, string(two.YAML())); again.Fingerprint() != two.Fingerprint() {
		t.Errorf("it is written as\n%s", two.YAML())
	}
}

func TestAnOverrideOfPathsIsAListOrTheTextItIs(t *testing.T) {
	for arg, want := range map[string]Paths{
		"sources.a.path=x: y":         {"x: y"},
		"sources.a.path=*.jsonl":      {"*.jsonl"},
		"sources.a.path=[ab]/*.jsonl": {"[ab]/*.jsonl"},
		"sources.a.path=[x, y z]":     {"x", "y z"},
		"sources.a.path=7":            {"7"},
	} {
		if got := mustLoad(t, small, arg).Sources[0].Path; !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %q, want %q", arg, got, want)
		}
	}
}

func TestWrongPathsAreFaultsWithTheirPlaces(t *testing.T) {
	for text, want := range map[string]string{
		"[]":              "sources.a.path: an empty list",
		"[x, x]":          `sources.a.path[1]: "x" stands there twice`,
		"[x, '']":         "sources.a.path[1]: is empty",
		"[x, 3]":          "sources.a.path[1]: 3 is not text",
		"[[x]]":           "sources.a.path[0]: a list is not text",
		"{a: b}":          "sources.a.path: a mapping is not text",
		"[samples:../x]":  "sources.a.path[0]: \"samples:../x\" leaves the samples",
		"[x, !unset , y]": "sources.a.path[1]: !unset removes nothing",
	} {
		got := faultsOf(t, "name: n\nsources:\n  - name: a\n    accept: {any: true}\n    path: "+text+"\n").Error()
		if !strings.Contains(got, "memory.yaml:5:") || !strings.Contains(got, want) {
			t.Errorf("path: %s gives %s, want %s", text, got, want)
		}
	}
}

func TestMissingFilesOfAListAreToldOneByOne(t *testing.T) {
	path := write(t, [2]string{"r.yaml", "name: n\nsources:\n  - {name: a, accept: {any: true}, path: [r.yaml, gone.jsonl, lost.jsonl]}\n"})
	_, err := LoadWith(path, Options{Files: &Files{}})
	if err == nil || strings.Contains(err.Error(), `"r.yaml" is not there`) ||
		!strings.Contains(err.Error(), `r.yaml:3:51: sources.a.path: "gone.jsonl" is not there`) || !strings.Contains(err.Error(), `r.yaml:3:63`) {
		t.Errorf("it gives %v", err)
	}
}
