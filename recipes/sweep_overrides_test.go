package recipes

import (
	"path/filepath"
	"strings"
	"testing"
)

// singleTask loads the built-in sweep whose arms have one source each.
func singleTask(t *testing.T, data string, overrides ...string) (*Sweep, error) {
	t.Helper()
	return LoadSweep("hybrid-gym-single-task", Options{Overrides: overrides, Files: &Files{Data: data}})
}

func TestAnOverrideOfASourceHoldsForTheArmsThatHaveIt(t *testing.T) {
	s, err := LoadSweep("hybrid-gym-single-task", Options{Overrides: []string{"sources.dep_search.path=/here", "train.epochs=7"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Cells {
		if at := c.Recipe.Sources[0].Path[0] == "/here"; at != (c.Arm == "dep_search") || c.Recipe.Train.Epochs != 7 {
			t.Errorf("%s: %q, %v epochs", c.Name, c.Recipe.Sources[0].Path, c.Recipe.Train.Epochs)
		}
	}
}

func TestAnOverrideOfASourceThatNoArmHasIsAFault(t *testing.T) {
	_, err := singleTask(t, t.TempDir(), "sources.dep_serach.path=/here")
	if err == nil || !strings.Contains(err.Error(), `sources.dep_serach: no item named "dep_serach" in any cell`) || !strings.Contains(err.Error(), "dep_search") {
		t.Errorf("%v", err)
	}
	if _, err := singleTask(t, t.TempDir(), "sources.dep_search.pth=/here"); err == nil || !strings.Contains(err.Error(), "unknown key") {
		t.Errorf("%v", err)
	}
}

func TestTheMissingPlacesOfAllArmsAreToldAtOnce(t *testing.T) {
	_, err := singleTask(t, "")
	if err == nil {
		t.Fatal("nothing is missed")
	}
	for _, task := range []string{"func_localize", "issue_localize", "dep_search", "func_gen"} {
		if !strings.Contains(err.Error(), "sources."+task+".path=PATH names the place") {
			t.Errorf("nothing of %s in\n%v", task, err)
		}
	}
	_, err = singleTask(t, "", "sources.func_gen.path="+filepath.Join(t.TempDir()))
	if err == nil || strings.Contains(err.Error(), "sources.func_gen.path=PATH") {
		t.Errorf("%v", err)
	}
}
