package dialect_test

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/container"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/format/formattest"
	"trainyard/format/pyjson"
)

// The real files of SWE-agent's family: the dialect that auto finds by
// content, and what becomes of their records.
var familyFixtures = []struct{ path, dialect, outcome string }{
	{"sweagent/demos", "sweagent", "22 parsed"},
	{"sweagent/swesmith/trajectories", "sweagent", "2 parsed"},
	{"sweagent/swesmith/expected/ft_xml_example.jsonl", "openai", "2 parsed"},
	{"mini_swe_agent/gemini3pro_swebv/trajs", "mini-swe-agent", "10 parsed"},
	{"mini_swe_agent/upstream_testdata", "mini-swe-agent", "3 parsed"},
	{"adp/swe-smith/sample_raw.json", "swe-smith", "5 parsed"},
	{"parquet/swe-smith_tool_split_layout.messages_json_string.zstd.parquet", "swe-smith", "5 parsed"},
	{"adp/nebius_SWE-agent-trajectories/sample_raw.json", "nebius-swe-agent", "5 parsed"},
	{"parquet/nebius_swe-agent.nested.gzip.parquet", "nebius-swe-agent", "5 parsed"},
	{"nebius_swe_rebench_openhands/excerpt.json", "nebius-openhands", "1 parsed"},
}

func TestRealFilesOfTheSWEAgentFamily(t *testing.T) {
	t.Logf("%-75s %-17s %8s  %s", "fixture", "format", "messages", "records")
	for _, c := range familyFixtures {
		list := formattest.ReadAll(t, dialect.Input{Path: formattest.Fixture(t, c.path)})
		messages := 0
		for _, o := range list {
			if got := formatOf(t, o.Record); got != c.dialect {
				t.Errorf("%s:%d: found to be %q, want %s", o.Record.File, o.Record.Line, got, c.dialect)
			}
			if o.T != nil {
				messages += len(o.T.Messages)
			}
		}
		got := formattest.Tally(t, list)
		if got != c.outcome {
			t.Errorf("%s: got %s, want %s; first reject: %v", c.path, got, c.outcome, firstReject(list))
		}
		t.Logf("%-75s %-17s %8d  %s", c.path, c.dialect, messages, got)
	}
}

// formatOf is the dialect that auto chooses, "" where it cannot.
func formatOf(t *testing.T, rec format.Record) (name string) {
	t.Helper()
	if rec.Err != nil {
		return ""
	}
	err := pyjson.WithIndex(rec.Raw, func(root pyjson.Value) error {
		d, err := dialect.Choose(dialect.Auto, rec, root)
		name = d.Name
		return err
	})
	if _, isReject := err.(*format.Reject); err != nil && !isReject {
		t.Fatal(err)
	}
	return name
}

// Files of other scaffolds are none of this family's.
func TestTheSWEAgentFamilyClaimsNothingElse(t *testing.T) {
	family := map[string]bool{}
	var own []string
	for _, c := range familyFixtures {
		family[c.dialect] = c.dialect != "openai"
		own = append(own, c.path)
	}
	family["r2e-gym"] = true
	err := filepath.WalkDir(formattest.Fixture(t, "."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || container.KindOf(path) == container.Unknown {
			return err
		}
		name, _ := filepath.Rel(formattest.FixturesDir, path)
		for _, p := range own {
			if strings.HasPrefix(name, p) {
				return nil
			}
		}
		s, err := dialect.Open(dialect.Input{Path: path})
		if err != nil {
			return err
		}
		return s.Records(context.Background(), func(rec format.Record) error {
			if got := formatOf(t, rec); family[got] {
				t.Errorf("%s:%d is claimed by %s", name, rec.Line, got)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Real runs against the real reports that stand beside them.
func TestRealRunsOfTheSWEAgentFamilyAreJudged(t *testing.T) {
	const mini, smith = "mini_swe_agent/gemini3pro_swebv/", "sweagent/swesmith/"
	failed := map[string]bool{
		"django__django-10999": true, "django__django-15127": true, "django__django-16667": true, "pandas-dev__pandas.95280573.pr_53856": true,
	}
	for _, c := range []struct {
		runs   string
		accept evidence.Accept
	}{
		{mini + "trajs", evidence.Accept{Report: mini + "logs"}},
		{mini + "trajs", evidence.Accept{Report: mini + "sb-cli-report.json"}},
		{smith + "trajectories", evidence.Accept{Report: smith + "run_evaluation"}},
		{smith + "trajectories", evidence.Accept{Report: smith + "run_evaluation/report.json"}},
	} {
		c.accept.Report = formattest.Fixture(t, c.accept.Report)
		judge, err := evidence.NewJudge(c.accept)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Fixture(t, c.runs)}) {
			want := evidence.Accepted
			if failed[o.T.InstanceID] {
				want = evidence.Refused
			}
			if v, err := judge.Judge(o.Record, o.T); err != nil || v.Outcome != want {
				t.Errorf("%s by %s: got %+v, %v, want %s", o.T.InstanceID, c.accept.Report, v, err, want)
			}
		}
	}
}

func TestColumnsJudgeRows(t *testing.T) {
	for _, c := range []struct {
		path, field string
		want        string
	}{
		{"adp/nebius_SWE-agent-trajectories/sample_raw.json", "target", "accepted accepted accepted accepted accepted"},
		{"parquet/nebius_swe-agent.nested.gzip.parquet", "target", "accepted accepted accepted accepted accepted"},
		{"adp/swe-smith/sample_raw.json", "resolved", "accepted accepted accepted accepted accepted"},
		{"testdata/nebius-openhands/rows.jsonl", "resolved", "accepted refused accepted"},
		{"testdata/r2e-gym/run.jsonl", "reward", "accepted refused"},
	} {
		path := c.path
		if !strings.HasPrefix(path, "testdata") {
			path = formattest.Fixture(t, path)
		}
		judge, err := evidence.NewJudge(evidence.Accept{Field: c.field})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
			if o.Err != nil {
				continue
			}
			v, err := judge.Judge(o.Record, o.T)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v.Outcome.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s by %s: got %v, want %s", c.path, c.field, got, c.want)
		}
	}
}
