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
		"it counts 11 unresolved instances and names 1 of them":    {"sum.json", `{"resolved_ids": ["a__b-1"], "unresolved_ids": ["a__b-2"], "resolved_instances": 1, "unresolved_instances": 11}`},
		"it counts 3 resolved instances and names 1 of them":       {"sum.json", `{"resolved_ids": ["a__b-1"], "unresolved_ids": ["a__b-2"], "total_instances": 4, "resolved_instances": 3}`},
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
