package result_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/launch/result"
)

func TestAReportThatDoesNotSayOneThingIsRefused(t *testing.T) {
	for want, c := range map[string][2]string{
		"it counts 500 instances that were graded (total_instances 500) and names 2 of them": {"sum.json", `{"resolved_ids": ["a__b-1", "a__b-2"], "total_instances": 500, "submitted_instances": 500, "completed_instances": 2, "unresolved_instances": 498, "schema_version": 2}`},
		"it counts 12 instances that were graded (total_instances 0) and names 1 of them":    {"sum.json", `{"resolved_ids": ["a__b-1"], "resolved_instances": 1, "unresolved_instances": 11}`},
		"it lists no instance at all":                              {"sum.json", `{"resolved_ids": [], "unresolved_ids": [], "total_instances": 0}`},
		"eel-2 has a reward, and others a loss":                    {"rows.json", `[{"id": "eel-1", "loss": 3.5}, {"id": "eel-2", "reward": 0.5}]`},
		"eel-1 has a reward and no verdict, and eel-2 a verdict":   {"rows.json", `[{"id": "eel-1", "reward": 3.5}, {"id": "eel-2", "resolved": true}]`},
		"eel-1 has a score and no verdict, and eel-2 a verdict":    {"rows.csv", "id,verdict,score\neel-1,,0.5\neel-2,passed,\n"},
		"the score of eel-1 is 1e+308, and a figure is 1e+30 at":   {"rows.json", `[{"id": "eel-1", "score": 1e308}]`},
		"the score of eel-1 is -1e+300, and a figure is 1e+30 at ": {"rows.csv", "id,verdict,score\neel-1,passed,-1e300\n"},
	} {
		path := filepath.Join(t.TempDir(), c[0])
		if err := os.WriteFile(path, []byte(c[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		if read, err := result.Read(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v", want, read.Results, err)
		}
	}
}

func TestInstancesThatWereNotHandedInAreNoted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sum.json")
	if err := os.WriteFile(path, []byte(`{"resolved_ids": ["a__b-1"], "unresolved_ids": ["a__b-2"], "total_instances": 500, "submitted_instances": 2}`), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := result.Read(path)
	if err != nil || len(read.Results) != 1 || len(read.Results[0].Notes) != 1 || read.Results[0].Notes[0] != "total_instances is 500, and the lists name 2" {
		t.Errorf("%+v, %v", read.Results, err)
	}
}
