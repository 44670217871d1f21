package recipes

import (
	"errors"
	"testing"
)

// memory is a recipe file that exists only in the test; it can extend
// built-ins alone.
func memory(text string) *file {
	return &file{label: "memory.yaml", id: "memory.yaml", builtin: true, data: []byte(text)}
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
