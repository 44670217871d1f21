package mix

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// billedRecord writes a record of an OpenHands output.jsonl whose metrics tell a cost.
func billedRecord(id, teacher, text string, usd float64, resolved bool) string {
	return fmt.Sprintf(`{"instance_id":%q,"resolved":%v,"llm_config":{"model":%q},"metrics":{"accumulated_cost":%g},"raw_completions":{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":%q}],"tools":[]}}`+"\n",
		id, resolved, teacher, usd, text)
}

func TestBillsAreOfTheRecordsInShardsAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "output.jsonl")
	lines := billedRecord("a__r-1", "t", "one", 0.25, true) + billedRecord("a__r-1", "t", "two", 0.5, true) +
		billedRecord("a__r-2", "t", "three", 4, false) + billedRecord("b__r-2", "t", "four", 0.125, true) + billedRecord("c__r-9", "t", "free", 0, true)
	if err := os.WriteFile(path, []byte(lines), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg := prepareConfig(t, path)
	cfg.Validation, cfg.DryRun = 0, true
	cents := 0.07
	cfg.Sources[0].Teacher, cfg.Sources[0].Images, cfg.Sources[0].SetupCost = "sonnet", 2, &cents
	s := mustPrepare(t, cfg).Manifest.Sources[0]
	if got := slices.Collect(maps.Keys(s.Bills)); !slices.Equal(got, []string{"sonnet"}) {
		t.Fatalf("bills of %s", strings.Join(got, ", "))
	}
	if want := (Bill{Records: 3, Instances: 2, USD: 0.875, Priced: 3}); s.Bills["sonnet"] != want {
		t.Errorf("got %+v, want %+v", s.Bills["sonnet"], want)
	}
	if s.Images != 2 || s.SetupCost == nil || *s.SetupCost != cents {
		t.Errorf("set-up is %d images and %v", s.Images, s.SetupCost)
	}
}
