package launch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// testdata/ledger-2.db was written by the program that had schema 2, and
// ledger-2.json is what that program read from it.
func TestALedgerOfAnEarlierProgramKeepsItsPoints(t *testing.T) {
	data, err := os.ReadFile("testdata/ledger-2.db")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "runs.db")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := OpenLedger(file)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var before struct {
		Run     Run        `json:"run"`
		Metrics []Metric   `json:"metrics"`
		Earlier [][]Metric `json:"earlier"`
	}
	known, err := os.ReadFile("testdata/ledger-2.json")
	if err == nil {
		err = json.Unmarshal(known, &before)
	}
	if err != nil {
		t.Fatal(err)
	}
	run, err := l.Run(t.Context(), "0199aaaa")
	if err != nil || run.State != before.Run.State || run.Step != 8 || *run.Loss != 1.25 || run.Segment != 1 || run.Tokens != 52800 {
		t.Errorf("%+v, %v", run, err)
	}
	metrics, err := l.Metrics(t.Context(), run.ID, 1)
	same(t, metrics, before.Metrics, err)
	earlier, err := l.EarlierMetrics(t.Context(), run.ID, 1, run.Segment)
	if len(earlier) != 1 {
		t.Fatalf("%d segments, %v", len(earlier), err)
	}
	same(t, earlier[0], before.Earlier[0], err)
	if second, err := l.Run(t.Context(), "0199bbbb"); err != nil || second.GPUs != 8 {
		t.Errorf("%+v, %v", second.Facts, err)
	}
	tell(t, l, run, false, `{"step": 9, "loss": 1}`) // it goes on
	if curve, err := l.Curve(t.Context(), run.ID, "loss"); err != nil || curveWords(curve) != "1:2.5@1.0 2:2.5@1.0 3:2.5@1.0 4:2.5@1.0 5:1.75@1.1 6:1.5@1.1 7:0@1.1 8:1.25@1.1 9:1@1.1" {
		t.Errorf("%s, %v", curveWords(curve), err)
	}
}

// same compares lines but for their figures by key, which the earlier program did
// not have.
func same(t *testing.T, got, want []Metric, err error) {
	t.Helper()
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d lines, want %d, %v", len(got), len(want), err)
	}
	for i := range got {
		if len(got[i].Figures) == 0 {
			t.Errorf("step %d has no figures", got[i].Step)
		}
		got[i].Figures = nil
		a, errA := json.Marshal(got[i])
		b, errB := json.Marshal(want[i])
		if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("got  %s\nwant %s", a, b)
		}
	}
}
