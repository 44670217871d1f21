package evidence_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/format/formattest"
)

// judged applies an Accept to one record.
func judged(tb testing.TB, a evidence.Accept, record string) evidence.Verdict {
	tb.Helper()
	j, err := evidence.NewJudge(a)
	if err != nil {
		tb.Fatal(err)
	}
	return judgedBy(tb, j, record)
}

func judgedBy(tb testing.TB, j *evidence.Judge, record string) evidence.Verdict {
	tb.Helper()
	raw := strings.TrimSuffix(record, "}") + `,"messages":[` + formattest.AskOK + `]}`
	raw = strings.Replace(raw, "{,", "{", 1)
	v, err := j.Judge(format.Record{Raw: []byte(raw)}, formattest.MustParse(tb, "openai", raw))
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func TestAFieldIsStrict(t *testing.T) {
	for value, want := range map[string]evidence.Outcome{
		`true`: evidence.Accepted, `1`: evidence.Accepted, `1.0`: evidence.Accepted, `"true"`: evidence.Accepted, `"Resolved"`: evidence.Accepted,
		`false`: evidence.Refused, `0`: evidence.Refused, `"False"`: evidence.Refused, `"unresolved"`: evidence.Refused,
		`null`: evidence.Unknown, `0.5`: evidence.Unknown, `2`: evidence.Unknown, `"submitted"`: evidence.Unknown, `"yes"`: evidence.Unknown, `""`: evidence.Unknown, `{}`: evidence.Unknown, `[true]`: evidence.Unknown,
	} {
		if got := judged(t, evidence.Accept{Field: "resolved"}, `{"resolved":`+value+`}`); got.Outcome != want {
			t.Errorf("%s: got %s (%s), want %s", value, got.Outcome, got.Evidence, want)
		}
	}
}

func TestAFieldSaysWhatWasLookedFor(t *testing.T) {
	for _, c := range []struct {
		path, record string
		want         evidence.Verdict
	}{
		{"resolved", `{}`, evidence.Verdict{evidence.Unknown, "resolved is not in the record"}},
		{"resolved", `{"resolved":true}`, evidence.Verdict{evidence.Accepted, "resolved is true"}},
		{"resolved", `{"resolved":"maybe"}`, evidence.Verdict{evidence.Unknown, `resolved is "maybe", which is neither yes nor no`}},
		{"report.resolved", `{"report":{"resolved":false}}`, evidence.Verdict{evidence.Refused, "report.resolved is false"}},
		{"report.resolved", `{"report":{}}`, evidence.Verdict{evidence.Unknown, "report.resolved is not in the record"}},
		{"report.resolved", `{"report":7}`, evidence.Verdict{evidence.Unknown, "report.resolved is not in the record"}},
		{"test_result.report.resolved", `{"test_result":"{\"report\": {\"resolved\": true}}"}`, evidence.Verdict{evidence.Accepted, "test_result.report.resolved is true"}},
	} {
		if got := judged(t, evidence.Accept{Field: c.path}, c.record); got != c.want {
			t.Errorf("%s of %s: got %+v, want %+v", c.path, c.record, got, c.want)
		}
	}
}

func TestWhereJudgesByTheRecordAndTheTrajectory(t *testing.T) {
	for _, c := range []struct {
		where, record string
		want          evidence.Outcome
	}{
		{`resolved && n_steps < 100`, `{"resolved":true}`, evidence.Accepted},
		{`resolved && n_steps < 1`, `{"resolved":true}`, evidence.Refused},
		{`resolved`, `{"resolved":false}`, evidence.Refused},
		{`resolved`, `{}`, evidence.Unknown},
		{`resolved == true`, `{}`, evidence.Unknown},
		{`!failed`, `{}`, evidence.Unknown},
		{`resolved ?? false`, `{}`, evidence.Refused},
		{`(reward ?? 0) > 0.5`, `{"reward":0.75}`, evidence.Accepted},
		{`error == nil`, `{}`, evidence.Accepted},
		{`error == nil`, `{"error":"boom"}`, evidence.Refused},
		{`resolved`, `{"resolved":1}`, evidence.Unknown},
		{`resolved == 1`, `{"resolved":1}`, evidence.Accepted},
		{`report.resolved`, `{"report":{"resolved":true}}`, evidence.Accepted},
		{`report.resolved`, `{"report":{}}`, evidence.Unknown},
		{`any(tests, # == "pass")`, `{"tests":["fail","pass"]}`, evidence.Accepted},
		{`let r = reward * 2; r > 1`, `{"reward":0.6}`, evidence.Accepted},
		{`teacher startsWith "claude" && repo == "o/n" && instance_id == "o__n-1"`, `{"model":"claude-4","instance_id":"o__n-1"}`, evidence.Accepted},
		{`resolved && exit_status in ["submitted", "done"]`, `{"resolved":true,"exit_status":"done"}`, evidence.Accepted},
		{`"loop" not in flags && features.steps < 9 && resolved`, `{"resolved":true}`, evidence.Accepted},
		{`any(flags, # in ["loop", "reward_mismatch"]) and ("loop" in flags) == (teacher == "x")`, `{"resolved":true,"reward":0}`, evidence.Accepted},
		{`"reward_mismatch" in flags`, `{"resolved":true,"reward":0}`, evidence.Accepted},
		{`features.exploration > 0.5`, `{}`, evidence.Refused},
	} {
		if got := judged(t, evidence.Accept{Where: c.where}, c.record); got.Outcome != c.want {
			t.Errorf("%s of %s: got %s (%s), want %s", c.where, c.record, got.Outcome, got.Evidence, c.want)
		}
	}
}

func TestWhereSaysWhatItLacks(t *testing.T) {
	for _, c := range []struct{ where, record, want string }{
		{"a && b && n_steps > 0", `{"a":true}`, "a && b && n_steps > 0: b not in the record"},
		{"n_step < 25", `{}`, `n_step < 25: n_step not in the record (did you mean "n_steps"?)`},
		{"report.resolved", `{}`, "report.resolved: report.resolved not in the record"},
		{"resolved", `{"resolved":null}`, "resolved: resolved is null"},
		{"resolved", `{"resolved":"true"}`, `resolved is "true", which is neither true nor false`},
		{"resolved && n_steps < 9", `{"resolved":"true"}`, "resolved && n_steps < 9 fails: text where true or false is needed (1:10)"},
	} {
		if got := judged(t, evidence.Accept{Where: c.where}, c.record); got.Outcome != evidence.Unknown || got.Evidence != c.want {
			t.Errorf("got %s, %q, want %q", got.Outcome, got.Evidence, c.want)
		}
	}
}

func TestWrongAcceptanceIsRefusedBeforeAnythingIsRead(t *testing.T) {
	for _, c := range []struct {
		accept evidence.Accept
		want   string
	}{
		{evidence.Accept{Where: "resolved &&"}, "(1:11)"},
		{evidence.Accept{Where: `n_steps < "x"`}, "(1:9)"},
		{evidence.Accept{Where: "n_steps + 1"}, "expected bool, but got int"},
		{evidence.Accept{Where: "resolvd(1)"}, `unknown function "resolvd"`},
		{evidence.Accept{Where: `exit_status == "submitted"`}, "how a run ended does not say that it succeeded"},
		{evidence.Accept{Where: `info.exit_status == "submitted"`}, "how a run ended does not say that it succeeded"},
		{evidence.Accept{Where: "features.stepz > 3"}, `unknown feature "stepz", did you mean "steps"?`},
		{evidence.Accept{Where: `not ("lop" in flags)`}, `unknown flag "lop", did you mean "loop"?`},
		{evidence.Accept{Where: `"lop" not in flags`}, `unknown flag "lop"`},
		{evidence.Accept{Where: `none(flags, # == "lop")`}, `unknown flag "lop"`},
		{evidence.Accept{Where: `any(flags, {# in ["loop", "secrt"]})`}, `unknown flag "secrt", did you mean "secret"?`},
		{evidence.Accept{Where: `all(["lop", "secret"], # not in flags)`}, `unknown flag "lop"`},
		{evidence.Accept{Where: `count(filter(flags, # != "loop"), # != "lop") > 0`}, `unknown flag "lop"`},
		{evidence.Accept{Where: `flags != ["lop"]`}, `unknown flag "lop"`},
		{evidence.Accept{Where: `"duplicate" not in flags`}, `flag "duplicate" is set while mixing`},
		{evidence.Accept{Field: "a..b"}, "a dotted path has no empty part"},
		{evidence.Accept{Field: "a", Any: true}, "choose one of field, where, report, any"},
		{evidence.Accept{Report: "/no/such/report.json"}, "no such file"},
		{evidence.Accept{Report: formattest.Write(t, "report.json", `{"total": 3}`)}, "no verdict on any instance"},
		{evidence.Accept{Report: formattest.Write(t, "report.json", `{"total": `)}, "report.json: not JSON"},
		{evidence.Accept{Report: formattest.Write(t, "all_preds.jsonl", `{"instance_id":"a"}`+"\n\n{")}, "all_preds.jsonl:3: not JSON"},
		{evidence.Accept{Report: t.TempDir()}, "no report below this directory"},
	} {
		if _, err := evidence.NewJudge(c.accept); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %s", c.accept, err, c.want)
		}
	}
}

func TestReportsOfEveryShape(t *testing.T) {
	dir := t.TempDir()
	for path, content := range map[string]string{
		"o__n-1/report.json":      `{"resolved": true, "tests_status": {}}`,
		"o__n-2/report.json":      `{"o__n-2": {"resolved": false}}`,
		"deep/o__n-3/report.json": `{"o__n-3": {"resolved": true}}`,
		"report.json":             `{"resolved_ids": ["o__n-4", "o__n-2"], "unresolved_ids": ["o__n-5"], "error_ids": ["o__n-6"]}`,
	} {
		full := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	j, err := evidence.NewJudge(evidence.Accept{Report: dir})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]evidence.Outcome{
		"o__n-1": evidence.Accepted, "o__n-2": evidence.Unknown, "o__n-3": evidence.Accepted, "o__n-4": evidence.Accepted, "o__n-5": evidence.Refused, "o__n-6": evidence.Refused,
		"o__n-1_4": evidence.Accepted, "o__n-9": evidence.Unknown, "": evidence.Unknown,
	} {
		v := judgedBy(t, j, `{"instance_id":"`+id+`"}`)
		if v.Outcome != want || v.Evidence == "" {
			t.Errorf("%q: got %+v, want %s", id, v, want)
		}
	}
	if v := judgedBy(t, j, `{"instance_id":"o__n-2"}`); !strings.HasPrefix(v.Evidence, "reports disagree") {
		t.Errorf("a disagreement: got %q", v.Evidence)
	}
}

func TestNoEvidenceIsUnknown(t *testing.T) {
	if v := judged(t, evidence.Accept{}, `{"resolved":true}`); v.Outcome != evidence.Unknown || v.Evidence == "" {
		t.Errorf("got %+v", v)
	}
	if v := judged(t, evidence.Accept{Any: true}, `{}`); v.Outcome != evidence.Accepted {
		t.Errorf("any: got %+v", v)
	}
}

func TestSWESmithReportsJudgeTheirRuns(t *testing.T) {
	j, err := evidence.NewJudge(evidence.Accept{Report: formattest.Fixture(t, "sweagent/swesmith/run_evaluation")})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]evidence.Outcome{"pandas-dev__pandas.95280573.pr_53652": evidence.Accepted, "pandas-dev__pandas.95280573.pr_53856": evidence.Refused} {
		if v := judgedBy(t, j, `{"instance_id":"`+id+`"}`); v.Outcome != want {
			t.Errorf("%s: got %+v, want %s", id, v, want)
		}
	}
}

func TestReportsOfSWESmithRunsNameTheirInstances(t *testing.T) {
	report := formattest.Write(t, "report.json", `{"resolved":1,"unresolved":1,"total":2,"ids_resolved":["a__b-1"],"ids_unresolved":["a__b-2"]}`)
	j, err := evidence.NewJudge(evidence.Accept{Report: report})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]evidence.Outcome{"a__b-1": evidence.Accepted, "a__b-2": evidence.Refused, "a__b-3": evidence.Unknown} {
		if v := judgedBy(t, j, `{"instance_id":"`+id+`"}`); v.Outcome != want {
			t.Errorf("%s: got %+v, want %s", id, v, want)
		}
	}
}

func TestARefusalSaysWhichValuesMadeIt(t *testing.T) {
	const record = `{"messages":[{"role":"user","content":"Go."},{"role":"assistant","content":"Gone."}],"resolved":false,"report":{"score":0.25,"log":[1]},"patch":"0123456789012345678901234567890123456789012345678901234567890123456789"}`
	for where, want := range map[string]string{
		"resolved":                           "resolved is false",
		"resolved && n_steps < 60":           "resolved && n_steps < 60 is false (resolved is false, n_steps is 1)",
		"report.score > 0.5":                 "report.score > 0.5 is false (report.score is 0.25)",
		"resolved or len(report.log) > 1":    "resolved or len(report.log) > 1 is false (resolved is false)",
		`resolved and patch contains "diff"`: `resolved and patch contains "diff" is false (resolved is false, patch is "01234567890123456789012345678901234567890123456789012345678…)`,
	} {
		if got := judged(t, evidence.Accept{Where: where}, record); got.Outcome != evidence.Refused || got.Evidence != want {
			t.Errorf("%s: %v, want %s", where, got, want)
		}
	}
}
