package evidence

import (
	"bytes"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// FuzzReport reads anything as a report. What has a verdict is named in the
// document, or by the directory or the file that holds it.
func FuzzReport(f *testing.F) {
	for _, document := range []string{
		`{"resolved": true}`, `{"a__b-1": {"resolved": false}, "a__b-2": {"model_patch": ""}}`, `{"resolved_ids": ["a"], "unresolved_ids": ["b"], "error_ids": ["a"]}`,
		`{"ids_resolved": ["a"], "ids_unresolved": [1]}`, `{"instance_id": "a", "test_result": {"report": {"resolved": 1}}}`,
		`[{"instance_id": "a", "model_patch": "x"}]`, `{"verifier_result": {"rewards": {"reward": 1}}, "task_name": "t"}`, `{"reward": 0.5}`, "1.0\n",
		`{"a": true, "b": 0.5}`, `{"results": [{"task_id": "a", "trial_name": "a.1", "is_resolved": true}]}`, `["a", "b"]`, `"a"`,
		"id,verdict\na,passed\nb,failed\n", "a,1\n", "a\n\nb\n",
	} {
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, name := range []string{"report.json", "result.json", "reward.json", "reward.txt", "any.json", "x_failure_ids.json", "t.csv", "t.tsv", "ids.txt"} {
			r, path := newReports(name), "t/verifier/"+name
			var err error
			if ext := filepath.Ext(name); ext != ".json" {
				err = r.takeTable(path, document)
			} else {
				err = r.loadDocument(path, document)
			}
			if err != nil {
				continue
			}
			for id, v := range r.verdicts {
				ours := id == "verifier" || id == "any" || id == "t"
				if v.Evidence == "" || !ours && !bytes.Contains(document, []byte(id)) && !bytes.ContainsAny(document, `\"`) && utf8.Valid(document) {
					t.Errorf("%s: %q judges %q: %+v", name, document, id, v)
				}
			}
			if _, err := r.judge(format.Record{File: "t/agent/trajectory.json", Line: 1}, &format.Trajectory{InstanceID: "a__b-1"}); err != nil {
				t.Errorf("%s: %q: %v", name, document, err)
			}
		}
	})
}

// FuzzWhere judges anything by anything: an expression that cannot be
// compiled is an error once, one that fails on a record leaves it unknown.
func FuzzWhere(f *testing.F) {
	for _, source := range []string{
		"resolved && n_steps < 60", `reward > 0.5 and not ("loop" in flags)`, "(reward ?? 0) > 0.5", "let r = info.reward; r == nil or r[0] == 1",
		"features.edits > 0 && all(tags, # startsWith 'a')", "repo matches '^a/'", "exit_status == 'x'", "filter(map(tags, {{a: #}}), .a == 'b')",
	} {
		f.Add(source, []byte(`{"resolved":true,"reward":1,"info":{"reward":[1,null]},"tags":["a","b"]}`))
	}
	f.Fuzz(func(t *testing.T, source string, raw []byte) {
		if len(source) > 1<<10 || len(raw) > 1<<12 {
			return
		}
		judge, err := judgeWhere(source)
		if err != nil {
			return
		}
		// The members of any object are there to be judged, whatever dialect it is.
		tr := &format.Trajectory{Repo: "a/b"}
		if pyjson.WithIndex(raw, func(root pyjson.Value) error { tr.Places = root.Places(); return nil }) != nil {
			return
		}
		v, err := judge.Judge(format.Record{File: "x.jsonl", Line: 1, Raw: raw}, tr)
		if err != nil || v.Evidence == "" {
			t.Errorf("%q judges %q %+v, %v", source, raw, v, err)
		}
	})
}
