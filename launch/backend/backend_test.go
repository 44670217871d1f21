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

func TestAKindHasOneLineOfSummary(t *testing.T) {
	for name, k := range Kinds {
		if k.Summary == "" || k.open == nil {
			t.Errorf("%s: %+v", name, k)
		}
		if k.Example == "" {
			continue
		}
		text := k.Example
		if !strings.Contains(text, "\n") {
			text = "{" + text + "}"
		}
		var options map[string]any
		if err := yaml.Unmarshal([]byte(text), &options); err != nil {
			t.Errorf("%s: its example is no YAML: %v", name, err)
		} else if _, err := Open([]Place{{Name: "example", Kind: name, Options: options}}); err != nil {
			t.Errorf("%s: its example: %v", name, err)
		}
	}
}
