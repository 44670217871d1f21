package backend

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

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
	for _, p := range []Place{{Kind: "local"}, {Name: "local", Kind: "local"}, {Name: "lab", Kind: "shh"},
		{Name: "slurm:gpu", Kind: "local"}, {Name: "-x", Kind: "local"}, {Name: "a\nb", Kind: "local"}, {Name: "../x", Kind: "local"}, {Name: "a b", Kind: "local"}} {
		if _, err := Open([]Place{p}); err == nil {
			t.Errorf("%+v was opened", p)
		}
	}
}

func TestAnOptionThatAKindLacksIsAnsweredWithThoseThatItHas(t *testing.T) {
	for name, k := range Kinds {
		if len(k.Options) == 0 {
			continue
		}
		_, err := Open([]Place{{Name: "lab", Kind: name, Options: map[string]any{"partitoin": "gpu"}}})
		if err == nil || !strings.Contains(err.Error(), `"partitoin"`) || !strings.Contains(err.Error(), strings.Join(k.Options, ", ")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAKindHasOneLineOfSummary(t *testing.T) {
	for name, k := range Kinds {
		if k.Summary == "" || k.open == nil {
			t.Errorf("%s: %+v", name, k)
		}
		if k.Example == "" {
			continue
		}
		var options map[string]any
		if err := yaml.Unmarshal([]byte(k.Example), &options); err != nil {
			t.Errorf("%s: its example is no YAML: %v", name, err)
		} else if _, err := Open([]Place{{Name: "example", Kind: name, Options: options}}); err != nil {
			t.Errorf("%s: its example: %v", name, err)
		}
	}
}
