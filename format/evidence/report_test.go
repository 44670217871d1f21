package evidence_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/format/formattest"
)

// outcomesBy judges records of the given instances by a report of that name
// and content.
func outcomesBy(t *testing.T, name, content string, instances ...string) (got string) {
	t.Helper()
	j, err := evidence.NewJudge(evidence.Accept{Report: formattest.Write(t, name, content)})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, id := range instances {
		v := judgedBy(t, j, `{"instance_id":"`+id+`"}`)
		if v.Evidence == "" {
			t.Errorf("%s: %s without evidence", name, id)
		}
		got += v.Outcome.String()[:1]
	}
	return got
}

func TestReportsAreReadByWhatTheyHold(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{ // want: of a, b, c
		{"results.json", `{"no_generation":["b"],"no_logs":["c"],"resolved":["a"]}`, "aru"},
		{"results.json", `{"resolved":["a"],"applied":["a","b"],"install_fail":["b"]}`, "aru"},
		{"final.json", `{"resolved_ids":["a"],"unresolved_ids":["b"],"completed_ids":["a","b","c"]}`, "aru"},
		{"only.json", `{"unresolved_ids":["b"]}`, "uru"},
		{"map.json", `{"a":true,"b":false,"c":null}`, "aru"},
		{"map.json", `{"a":1.0,"b":0.0,"c":0.5}`, "aru"},
		{"map.json", `{"a":"passed","b":"FAILED"}`, "aru"},
		{"map.json", `{"a":{"success":true},"b":{"is_resolved":false},"c":{"note":"x"}}`, "aru"},
		{"tb.json", `{"results":[{"task_id":"a","trial_name":"a.1","is_resolved":true},{"task_id":"b","is_resolved":false}],"n_resolved":1,"accuracy":0.5}`, "aru"},
		{"tb.json", `{"results":[{"task_id":"a","is_resolved":true},{"task_id":"a","is_resolved":false}]}`, "uuu"},
		{"rows.json", `[{"instance_id":"a","passed":true},{"instance_id":"b","reward":0},{"instance_id":"c","reward":0.5}]`, "aru"},
		{"rows.jsonl", "{\"instance_id\":\"a\",\"full_success\":true}\n{\"instance_id\":\"b\",\"full_success\":false,\"success\":true}\n", "aru"},
		{"ids.json", `["a"]`, "auu"},
		{"failed.json", `["b"]`, "uru"},
		{"unresolved_ids.txt", "b\n\n", "uru"},
		{"ids.txt", "\ufeffa\r\n", "auu"},
		{"ids.jsonl", "\"a\"\n", "auu"},
		{"graded.csv", "instance_id,resolved\na,True\nb,False\nc,\n", "aru"},
		{"graded.csv", "\ufeffnote,id,verdict\n\"x, y\",a,passed\nz,b,failed\n", "aru"},
		{"graded.csv", "a,1\nb,0\n", "aru"},
		{"graded.tsv", "ID\tSuccess\na\ttrue\nb\tfalse\n", "aru"},
		{"graded.csv", "id;verdict\na;true\nb;false\n", "aru"},
		{"rows.json", `[{"id":"a","success":true},{"name":"b","success":false}]`, "aru"},
		{"rows.jsonl", "{\"instance_id\":\"a\",\"verdict\":\"passed\"}\n{\"instance_id\":\"b\",\"score\":0}\n{\"instance_id\":\"c\",\"score\":0.3}\n", "aru"},
		{"rows.jsonl", "{\"instance_id\":\"a\"}\n", "auu"},
		{"nested.json", `{"model":"m","results":{"a":{"resolved":true},"b":{"resolved":false}}}`, "aru"},
		{"map.json", `{"a":"RESOLVED_FULL","b":"RESOLVED_NO"}`, "aru"},
		{"ids.csv", "instance_id\na\n", "auu"},
		{"output.jsonl.eval.json", `{"summary":{"total":2,"passed":1},"results":[{"instance_id":"a","success":true},{"instance_id":"b","success":false}]}`, "aru"},
		{"a.json", `{"resolved":true,"patch_exists":true}`, "auu"},
	} {
		if got := outcomesBy(t, c.name, c.content, "a", "b", "c"); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.name, c.content, got, c.want)
		}
	}
}

func TestWhatIsNoReportIsRefused(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"table.csv", "a,b,c\n1,2,3\n", "no column of ids"},
		{"table.csv", "id,\"a\n", "table.csv: parse error on line 1"},
		{"metrics.json", `{"resolved_instances":12,"total":30}`, "no verdict on any instance"},
		{"empty.json", `{"resolved_ids":[]}`, "no verdict on any instance"},
		{"run.csv", "instance_id,status\na,completed\n", "no column of ids"}, // how a run ended is no verdict
	} {
		_, err := evidence.NewJudge(evidence.Accept{Report: formattest.Write(t, c.name, c.content)})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.content, err, c.want)
		}
	}
}

// The lists of Hybrid-Gym's issue_localize hold failures alone, and not those
// without a patch.
func TestAListOfFailuresJudgesTheFileItLiesBeside(t *testing.T) {
	dir := formattest.Tree(t, map[string]string{"run/output_failure_ids.json": `["b"]`, "run/output.jsonl": ""})
	j, err := evidence.NewJudge(evidence.Accept{Report: filepath.Join(dir, "run")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, record string
		want         evidence.Outcome
	}{
		{"output.jsonl", `{"instance_id":"a","test_result":{"git_patch":"diff"}}`, evidence.Accepted},
		{"output.with_completions.jsonl.gz", `{"instance_id":"a","test_result":{"git_patch":"diff"}}`, evidence.Accepted},
		{"output.jsonl", `{"instance_id":"b","test_result":{"git_patch":"diff"}}`, evidence.Refused},
		{"output.jsonl", `{"instance_id":"a","test_result":{"git_patch":" \n"}}`, evidence.Refused},
		{"output.jsonl", `{"instance_id":"a","test_result":{}}`, evidence.Unknown},
		{"output.jsonl", `{"test_result":{"git_patch":"diff"}}`, evidence.Unknown},
		{"other.jsonl", `{"instance_id":"a","test_result":{"git_patch":"diff"}}`, evidence.Unknown},
		{"output2.jsonl", `{"instance_id":"a","test_result":{"git_patch":"diff"}}`, evidence.Unknown},
	} {
		raw := strings.TrimSuffix(c.record, "}") + `,"messages":[` + formattest.AskOK + `]}`
		rec := format.Record{File: filepath.Join(dir, "run", c.file), Line: 1, Raw: []byte(raw)}
		if v, err := j.Judge(rec, formattest.MustParse(t, "openai", raw)); err != nil || v.Outcome != c.want || v.Evidence == "" {
			t.Errorf("%s of %s: got %+v, %v, want %s", c.record, c.file, v, err, c.want)
		}
	}
}

func TestADirectoryOfReportsTakesRecordsThatWereGradedInPlace(t *testing.T) {
	dir := formattest.Tree(t, map[string]string{
		"run/output.jsonl": `{"instance_id":"a","messages":[` + formattest.AskOK + `],"eval_result":{"success":true}}`, "other/output.jsonl": "",
	})
	j, err := evidence.NewJudge(evidence.Accept{Report: filepath.Join(dir, "run")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dir, record string
		want        evidence.Outcome
	}{
		{"run", `{"instance_id":"a","eval_result":{"success":true}}`, evidence.Accepted},
		{"run", `{"instance_id":"a","eval_result":{"full_success":false,"success":true}}`, evidence.Refused},
		{"run", `{"instance_id":"a","report":{"resolved":true}}`, evidence.Accepted},
		{"run", `{"instance_id":"a"}`, evidence.Unknown},
		{"other", `{"instance_id":"a","eval_result":{"success":true}}`, evidence.Unknown}, // not where the reports are
	} {
		raw := strings.TrimSuffix(c.record, "}") + `,"messages":[` + formattest.AskOK + `]}`
		rec := format.Record{File: filepath.Join(dir, c.dir, "output.jsonl"), Line: 1, Raw: []byte(raw)}
		if v, err := j.Judge(rec, formattest.MustParse(t, "openai", raw)); err != nil || v.Outcome != c.want || v.Evidence == "" {
			t.Errorf("%s in %s: got %+v, %v, want %s", c.record, c.dir, v, err, c.want)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "run", "eval_results.jsonl"), []byte(`{"instance_id":"a","success":false}`), 0o644); err != nil {
		t.Fatal(err)
	}
	j, err = evidence.NewJudge(evidence.Accept{Report: filepath.Join(dir, "run")})
	if err != nil {
		t.Fatal(err)
	}
	raw := `{"instance_id":"a","eval_result":{"success":true},"messages":[` + formattest.AskOK + `]}`
	v, err := j.Judge(format.Record{File: filepath.Join(dir, "run", "output.jsonl"), Raw: []byte(raw)}, formattest.MustParse(t, "openai", raw))
	if err != nil || v.Outcome != evidence.Unknown || !strings.Contains(v.Evidence, "reports disagree") {
		t.Errorf("a disagreement: got %+v, %v", v, err)
	}
}

func TestReportsNearRelativePathsAreFoundOnce(t *testing.T) {
	t.Chdir(formattest.Tree(t, map[string]string{
		"run/trajs/a/a.traj.json": `{}`, "run/logs/a/report.json": `{"resolved":true}`, "run/mine.json": `{"a":true}`, "run/some.json": `["a"]`,
		"run/package.json": `{"name":"x"}`, "run/chat.json": `{"instance_id":"a","resolved":true,"messages":[]}`,
	}))
	for path, want := range map[string][]string{
		"run/trajs": {"run/logs", "run/mine.json"}, "run/trajs/a": {"run/logs", "run/mine.json"}, "run/trajs/a/a.traj.json": {"run/logs", "run/mine.json"},
	} {
		if got := evidence.Reports(path); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	t.Chdir("run")
	if got, want := evidence.Reports("trajs"), []string{"logs", "mine.json"}; !slices.Equal(got, want) {
		t.Errorf("trajs: got %q, want %q", got, want)
	}
	t.Chdir("trajs")
	if got, want := evidence.Reports("."), []string{"../logs", "../mine.json"}; !slices.Equal(got, want) {
		t.Errorf(".: got %q, want %q", got, want)
	}
}

func TestReportsAmongRecordsAreKnownWhateverTheirName(t *testing.T) {
	for content, want := range map[string]string{
		`{"total_instances":2,"resolved_ids":["a"],"unresolved_ids":["b"],"schema_version":2}`: "1 report",
		`{"resolved":["a"],"no_generation":[],"no_logs":[]}`:                                   "1 report",
		`{"a__b-1":{"resolved":true},"a__b-2":{"resolved":false}}`:                             "1 report",
		`{"instance_id":"a","full_success":true,"f1":1.0}`:                                     "1 report",
		`{"results":[{"task_id":"a","is_resolved":true}],"accuracy":1.0}`:                      "1 report",
		`{"resolved":true,"patch_exists":true}`:                                                "1 report",
		`{"errors":["a"],"note":"x"}`:                                                          "1 unknown_format",
		`{"success":true}`:                                                                     "1 unknown_format",
		`{"instance_id":"a","resolved":true,"prompt":"q","response":"r"}`:                      "1 unknown_format",
	} {
		path := formattest.Write(t, "x.json", content)
		if got := formattest.Tally(t, formattest.ReadAll(t, dialect.Input{Path: path})); got != want {
			t.Errorf("%s: got %s, want %s", content, got, want)
		}
	}
}

func TestTrialsOfARunAreKnownByTheirDirectory(t *testing.T) {
	dir := formattest.Tree(t, map[string]string{
		"results.json": `{"results":[{"trial_name":"a.1-of-2","task_id":"a","is_resolved":true},{"trial_name":"a.2-of-2","task_id":"a","is_resolved":false}],"resolved_ids":["a"]}`,
	})
	j, err := evidence.NewJudge(evidence.Accept{Report: filepath.Join(dir, "results.json")})
	if err != nil {
		t.Fatal(err)
	}
	for trial, want := range map[string]evidence.Outcome{"a.1-of-2": evidence.Accepted, "a.2-of-2": evidence.Refused, "a.3-of-2": evidence.Unknown} {
		rec := format.Record{File: filepath.Join(dir, "a", trial, "sessions", "t.jsonl")}
		if v, err := j.Judge(rec, &format.Trajectory{InstanceID: "a"}); err != nil || v.Outcome != want {
			t.Errorf("%s: got %+v, %v, want %s", trial, v, err, want)
		}
	}
}

func TestAMissingFieldOffersWhatTheRecordHas(t *testing.T) {
	for _, c := range []struct{ field, record, want string }{
		{"report.resolved", `{"eval_result":{"success":true}}`, `report.resolved is not in the record, did you mean "eval_result.success"?`},
		{"resolvd", `{"resolved":true,"reward":1}`, `resolvd is not in the record, did you mean "resolved"?`},
		{"acepted", `{"accepted":true}`, `acepted is not in the record, did you mean "accepted"?`},
		{"zzz", `{"other":true}`, "zzz is not in the record"},
	} {
		if got := judged(t, evidence.Accept{Field: c.field}, c.record); got.Evidence != c.want {
			t.Errorf("got %q, want %q", got.Evidence, c.want)
		}
	}
	got := judged(t, evidence.Accept{Where: "report.resolved && n_steps < 9"}, `{"eval_result":{"success":true}}`)
	if want := `report.resolved && n_steps < 9: report.resolved not in the record, did you mean "eval_result.success"?`; got.Evidence != want {
		t.Errorf("got %q, want %q", got.Evidence, want)
	}
}
