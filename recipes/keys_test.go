package recipes

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// schemaPaths are the keys as rules, words and docs spell them.
func schemaPaths() (paths []string) {
	for _, k := range Keys() {
		paths = append(paths, strings.ReplaceAll(k.Name, ".NAME", ""))
	}
	return paths
}

// TestEveryKeyIsToldInOneLine fails for a key that was added without one, and
// for a line whose key is gone.
func TestEveryKeyIsToldInOneLine(t *testing.T) {
	paths := schemaPaths()
	for _, path := range paths {
		if line := docs[path]; line == "" || strings.Contains(line, "\n") {
			t.Errorf("docs has no line for %s", path)
		}
	}
	for name, table := range map[string][]string{
		"docs": slices.Collect(maps.Keys(docs)), "follows": slices.Collect(maps.Keys(follows)),
		"rules": slices.Collect(maps.Keys(rules)), "words": slices.Collect(maps.Keys(words)),
	} {
		for _, path := range table {
			if !slices.Contains(paths, path) {
				t.Errorf("%s speaks of %q, which no recipe can say", name, path)
			}
		}
	}
}

// TestAKeyTellsWhatTheDecoderHolds tries the default of each key that can be
// overridden: said aloud it must change nothing.
func TestAKeyTellsWhatTheDecoderHolds(t *testing.T) {
	quiet := mustLoad(t, evaluated)
	tried := 0
	for _, k := range Keys() {
		if k.Default == "" || k.Required || follows[strings.ReplaceAll(k.Name, ".NAME", "")] != "" || k.Name == "sources.NAME.accept.any" {
			continue
		}
		tried++
		arg := strings.ReplaceAll(k.Name, "NAME", "a") + "=" + k.Default
		if r := mustLoad(t, evaluated, arg); r.Fingerprint() != quiet.Fingerprint() {
			t.Errorf("%s is not the default", arg)
		}
	}
	if tried < 15 {
		t.Errorf("only %d defaults were tried", tried)
	}
}

func TestAKeysTypeIsTheOneThatItsFaultAsksFor(t *testing.T) {
	for _, k := range Keys() {
		arg := strings.ReplaceAll(k.Name, "NAME", "a") + "=[x]"
		switch k.Type {
		case "integer", "number", "true or false":
			if got := faultsOf(t, evaluated, arg).Error(); !strings.Contains(got, "is not") || !strings.Contains(got, k.Type) {
				t.Errorf("%s is said to be %s, and its fault is: %s", k.Name, k.Type, got)
			}
		case "word":
			if got := faultsOf(t, evaluated, arg).Error(); !strings.Contains(got, k.Words[0]) {
				t.Errorf("%s: the fault does not name %s: %s", k.Name, k.Words[0], got)
			}
		}
	}
}

func TestATrainerThatWasGivenUpIsNamedWithWhatToUseInstead(t *testing.T) {
	_, err := Load(write(t, [2]string{"r.yaml", "name: r\nsources: [{name: a, path: a, accept: {any: true}}]\ntrain: {trainer: torchtune}\n"}), nil)
	if err == nil || !strings.Contains(err.Error(), `train.trainer: "torchtune" is archived`) || !strings.Contains(err.Error(), "trl, axolotl and nemo-automodel") {
		t.Errorf("%v", err)
	}
}
