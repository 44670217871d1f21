package backend

import (
	"testing"

	"trainyard/launch/backend/backendtest"
	"trainyard/launch/backend/local"
)

func TestMain(m *testing.M) { backendtest.Main(m, local.Supervise) }

func TestEveryBackendThatNeedsNoPlaceKeepsTheContract(t *testing.T) {
	backends, err := Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range backends {
		t.Run(name, func(t *testing.T) { backendtest.Conform(t, name, b) })
	}
}

func TestAPlaceNeedsANameAndAKind(t *testing.T) {
	for _, p := range []Place{{Kind: "local"}, {Name: "local", Kind: "local"}, {Name: "lab", Kind: "shh"}} {
		if _, err := Open([]Place{p}); err == nil {
			t.Errorf("%+v was opened", p)
		}
	}
}

func TestAKindHasOneLineOfSummary(t *testing.T) {
	for name, k := range Kinds {
		if k.Summary == "" || k.open == nil {
			t.Errorf("%s: %+v", name, k)
		}
	}
}
