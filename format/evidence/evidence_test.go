package evidence_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/format/formattest"
)

func TestEvaluatedRowsAndPredictions(t *testing.T) {
	dir := formattest.Tree(t, map[string]string{
		"output.swebench_eval.jsonl": `{"instance_id":"o__n-1","test_result":{"report":{"resolved":true}}}` + "\n\n" +
			`{"instance_id":"o__n-2","test_result":{"report":{"resolved":false,"test_timeout":true}}}` + "\n" + `{"instance_id":"o__n-3","test_result":{}}` + "\n",
		"preds.json":      `{"o__n-4":{"instance_id":"o__n-4","model_patch":""},"o__n-5":{"model_patch":"diff"},"o__n-1":{"model_patch":"diff"}}`,
		"all_preds.jsonl": `{"instance_id":"o__n-6","model_patch":null}` + "\n",
		"other.json":      `not read`,
	})
	j, err := evidence.NewJudge(evidence.Accept{Report: dir})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]struct {
		outcome  evidence.Outcome
		evidence string
	}{
		"o__n-1": {evidence.Accepted, "says test_result.report.resolved true"}, "o__n-2": {evidence.Refused, "says test_result.report.resolved false"}, "o__n-3": {evidence.Unknown, "no report on"},
		"o__n-4": {evidence.Refused, "empty patch"}, "o__n-5": {evidence.Unknown, "but no report says whether it works"}, "o__n-6": {evidence.Refused, "empty patch"},
	} {
		if v := judgedBy(t, j, `{"instance_id":"`+id+`"}`); v.Outcome != want.outcome || !strings.Contains(v.Evidence, want.evidence) {
			t.Errorf("%s: got %+v, want %v", id, v, want)
		}
	}
}

func TestHarborTrialsJudgeTheirOwnFiles(t *testing.T) {
	dir := formattest.Tree(t, map[string]string{
		"result.json":               `{"stats":{"n_trials":4}}`,
		"a__1/result.json":          `{"task_name":"a","trial_name":"a__1","verifier_result":{"rewards":{"reward":1.0}}}`,
		"a__2/result.json":          `{"task_name":"a","trial_name":"a__2","verifier_result":{"rewards":{"reward":0}}}`,
		"b__1/result.json":          `{"task_name":"b","trial_name":"b__1","verifier_result":null,"exception_info":{}}`,
		"c__1/verifier/reward.txt":  "1\n",
		"d__1/verifier/reward.json": `{"reward":0.5}`,
		"e__1/verifier/reward.txt":  "none",
	})
	j, err := evidence.NewJudge(evidence.Accept{Report: dir})
	if err != nil {
		t.Fatal(err)
	}
	for trial, want := range map[string]evidence.Outcome{"a__1": evidence.Accepted, "a__2": evidence.Refused, "b__1": evidence.Unknown, "c__1": evidence.Accepted, "d__1": evidence.Unknown, "e__1": evidence.Unknown} {
		rec := format.Record{File: filepath.Join(dir, trial, "agent", "trajectory.json")}
		if v, err := j.Judge(rec, &format.Trajectory{}); err != nil || v.Outcome != want || v.Evidence == "" {
			t.Errorf("%s: got %+v, %v, want %s", trial, v, err, want)
		}
	}
	for id, want := range map[string]evidence.Outcome{"a__1": evidence.Accepted, "a": evidence.Unknown} {
		if v := judgedBy(t, j, `{"instance_id":"`+id+`"}`); v.Outcome != want {
			t.Errorf("by id %s: got %+v, want %s", id, v, want)
		}
	}
}

func TestCluesShowWhatCouldJudgeARecord(t *testing.T) {
	const record = `{"target":true,"exit_status":"submitted","reward":0.5,"report":{"resolved":false},"messages":[` + formattest.AskOK + `]}`
	var got []string
	for _, c := range evidence.Clues(format.Record{Raw: []byte(record)}, formattest.MustParse(t, "openai", record)) {
		got = append(got, c.Accept.Field+" "+c.Verdict.Outcome.String())
	}
	if want := []string{"report.resolved refused", "target accepted", "reward unknown"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReportsNearASourceAreFound(t *testing.T) {
	dir := formattest.Tree(t, map[string]string{
		"trajs/o__n-1/o__n-1.traj.json": `{}`,
		"logs/o__n-1/report.json":       `{"resolved":true}`,
		"run-report.json":               `{"resolved_ids":["o__n-1"]}`,
		"preds.json":                    `{"o__n-1":{"model_patch":"d"}}`,
	})
	got := evidence.Reports(filepath.Join(dir, "trajs", "o__n-1", "o__n-1.traj.json"))
	if want := []string{filepath.Join(dir, "logs"), filepath.Join(dir, "run-report.json")}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRealRunsFindTheirReports(t *testing.T) {
	path := formattest.Fixture(t, "mini_swe_agent/gemini3pro_swebv/trajs")
	for _, report := range evidence.Reports(path) {
		j, err := evidence.NewJudge(evidence.Accept{Report: report})
		if err != nil {
			t.Fatal(err)
		}
		counts := map[evidence.Outcome]int{}
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			v, err := j.Judge(o.Record, o.T)
			if err != nil {
				t.Fatal(err)
			}
			counts[v.Outcome]++
		}
		if counts[evidence.Unknown] > 0 {
			t.Errorf("%s: %v", report, counts)
		}
		t.Logf("%s: %v", report, counts)
	}
}

func TestReportsAmongTheRecordsAreEvidenceAndNoRecords(t *testing.T) {
	const record = `{"instance_id":"o__n-1","resolved":true,"messages":[` + formattest.AskOK + `]}`
	dir := formattest.Tree(t, map[string]string{
		"run/a/chat.jsonl": record, "run/a/sb-cli-report.json": `{"resolved_ids":["o__n-1"],"unresolved_ids":[]}`,
		"run/b/bug-report.json":            record, // a record whose name is a report's
		"run/b/other-report.json":          `{"what":"ever"}`,
		"run/b/output.swebench_eval.jsonl": `{"instance_id":"o__n-2","test_result":{"report":{"resolved":false}}}`,
	})
	run := filepath.Join(dir, "run")
	for _, format := range []string{dialect.Auto, "openai"} {
		want := "1 unknown_format, 2 parsed, 2 report"
		if format != dialect.Auto {
			want = "1 no_messages, 2 parsed, 2 report"
		}
		if got := formattest.Tally(t, formattest.ReadAll(t, dialect.Input{Path: run, Format: format})); got != want {
			t.Errorf("%s: got %s, want %s", format, got, want)
		}
	}
	if got := evidence.Reports(run); !slices.Equal(got, []string{run}) {
		t.Errorf("reports: got %v", got)
	}
	if got, want := evidence.Reports(filepath.Join(run, "a")), []string{filepath.Join(run, "a", "sb-cli-report.json")}; !slices.Equal(got, want) {
		t.Errorf("reports: got %v, want %v", got, want)
	}
}
