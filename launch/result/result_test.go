package result_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/launch/result"
)

var update = flag.Bool("update", false, "write the golden files anew")

// words is a result as the golden files have it, a line for each thing that is said.
func words(r result.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "== %s of %s", r.Source.Format, r.Source.File)
	if r.Source.Parts > 0 {
		fmt.Fprintf(&b, " in %d parts", r.Source.Parts)
	}
	for _, said := range [][2]string{{"benchmark", r.Benchmark}, {"split", r.Split}, {"scaffold", r.Scaffold}, {"model", r.Model}, {"seed", number(r.Seed)}, {"step", number(r.Step)}, {"metric", r.Metric}} {
		if said[1] != "" {
			fmt.Fprintf(&b, "\n%s %s", said[0], said[1])
		}
	}
	if r.Asked > 0 {
		fmt.Fprintf(&b, "\nasked %d", r.Asked)
	}
	for _, i := range r.Instances {
		fmt.Fprintf(&b, "\n  %s: %q", i.ID, i.Verdict)
		if i.Score != nil {
			fmt.Fprintf(&b, " %v", *i.Score)
		}
	}
	for _, a := range r.Aggregates {
		fmt.Fprintf(&b, "\n  %s = %v of %d", a.Metric, a.Value, a.N)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "\n  note: %s", note)
	}
	return b.String() + "\n"
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

// A format that has no case fails: testdata has a directory for each.
func TestEveryFormatReadsItsCases(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for name := range result.Formats {
		read, err := result.Read(filepath.Join("testdata", name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var b strings.Builder
		for _, r := range read.Results {
			if r.Source.Format != name || len(r.Source.SHA256) != 64 {
				t.Errorf("%s: %+v", name, r.Source)
			}
			r.Source.File, _ = strings.CutPrefix(r.Source.File, here+"/")
			b.WriteString(words(r))
			if _, err := json.Marshal(r); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, left := range read.Left {
			fmt.Fprintf(&b, "left %s\n", left.File)
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || len(read.Results) == 0 || b.String() != string(want) {
			t.Errorf("%s: got\n%swant\n%s%v", name, b.String(), want, err)
		}
	}
}

func TestWhatIsNoReportIsOneErrorThatTellsWhatWasSeen(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ name, content, want string }{
		{"a.json", `{"resolvd_ids": ["a"], "total": 3}`, "an object with resolvd_ids, total; `trainyard list results`"},
		{"a.json", `{"resolved_ids": ["a"], "unresol`, "not JSON, or cut off: "},
		{"a.jsonl", "{\"instance_id\": \"a\", \"resolved\": true}\n{\"instance_id\": \"b\", \"res", "a.jsonl:2: not JSON, or cut off"},
		{"a.json", `{"resolved_ids": ["a", "b"], "unresolved_ids": ["b"]}`, "b is told twice, as resolved and as unresolved"},
		{"a.jsonl", "{\"instance_id\": \"a\", \"resolved\": true}\n{\"instance_id\": \"a\", \"resolved\": false}\n", "a is told twice"},
		{"a.json", `{"resolved_ids": ["a", ""], "unresolved_ids": []}`, `"" cannot be the id of an instance`},
		{"a.json", `{"resolved_ids": ["a\nb"], "unresolved_ids": []}`, "cannot be the id of an instance"},
		{"a.json", `{"resolved_ids": [1, 2]}`, "no report of an evaluation"},
		{"a.json", `{"resolved_ids": ["a"], "unresolved_ids": [], "Mean coverage": 1, "instance_metrics": {}}`, "it fits commit-0 and swt-bench at once"},
		{"a.json", `{"resolved_ids": ["a"], "unresolved_ids": [], "ids_resolved": ["a"], "ids_unresolved": [], "pending_ids": []}`, "it fits sb-cli and swe-smith at once"},
		{"a.csv", "id,verdict\na,perhaps\n", `a is judged "perhaps", which is no verdict`},
		{"a.csv", "a,b,c\n1,2,3\n", `a table that begins with "a,b,c"`},
		{"a.csv", "id,\"a\n", "a text that begins with"},
		{"a.json", `[{"messages": [], "instance_id": "a", "resolved": true}]`, "the first of them an object with messages"},
		{"a.json", `[]`, "0 values"},
		{"a.json", `{}`, "an object with no members"},
		{"a.json", ``, "not JSON"},
		{"a.json", `{"accuracy": 0.5}`, "an object with accuracy"},
	} {
		path := filepath.Join(dir, c.name)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		read, err := result.Read(path)
		if err == nil || !strings.Contains(err.Error(), c.want) || len(read.Results) > 0 {
			t.Errorf("%s: got %v, want %s", c.content, err, c.want)
		}
	}
	if _, err := result.Read(filepath.Join(dir, "none.json")); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// Below a directory the same is left, with the reason, and does not hide the rest.
func TestADirectoryIsReadAroundWhatIsNoReport(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"good.json": `{"resolved_ids": ["a"], "unresolved_ids": ["b"]}`, "cut.json": `{"resolved_ids": [`, ".hidden/x.json": `{"resolved_ids": ["a"]}`,
		"llm_completions/a/x.json": `{"resolved_ids": ["a"]}`, "empty.json": ``, "readme.md": "x",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read, err := result.Read(dir)
	if err != nil || len(read.Results) != 1 || len(read.Left) != 1 || filepath.Base(read.Left[0].File) != "cut.json" {
		t.Errorf("%+v, %v", read, err)
	}
}

func TestTheSameInstanceInTwoPartsIsRefused(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "report.json"), []byte(`{"fox__den-1": {"patch_exists": true, "resolved": true}}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := result.Read(filepath.Join(dir, "a", "report.json"), filepath.Join(dir, "b", "report.json"))
	if err == nil || !strings.Contains(err.Error(), "is about fox__den-1 too") {
		t.Errorf("%v", err)
	}
}

// The digest of parts does not depend on the order in which they are named.
func TestPartsInAnyOrderAreOneResult(t *testing.T) {
	parts, err := filepath.Glob("testdata/swe-bench-instance/logs/*/report.json")
	if err != nil || len(parts) != 3 {
		t.Fatal(parts, err)
	}
	forward, err := result.Read(parts...)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(parts)
	backward, err := result.Read(parts...)
	if err != nil || len(forward.Results) != 1 || len(backward.Results) != 1 || words(forward.Results[0]) != words(backward.Results[0]) || forward.Results[0].Source != backward.Results[0].Source {
		t.Errorf("%+v\n%+v, %v", forward, backward, err)
	}
}

func TestNamesOfBenchmarksHaveOneSpelling(t *testing.T) {
	for name, want := range map[string]string{
		"princeton-nlp/SWE-bench_Verified": "swe-bench_verified", "a__b": "a__b", " SWE-bench Verified ": "swe-bench-verified", "gsm8k": "gsm8k", "": "",
	} {
		if got := result.Benchmark(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	for _, c := range []struct {
		said, asked string
		want        bool
	}{
		{"", "anything", true}, {"swt-bench", "SWT-bench Verified", true}, {"swe-bench_verified", "swe-bench-verified", true},
		{"swt-bench", "swe-bench_verified", false}, {"livecodebench", "swe-bench", false},
	} {
		if got := result.Fits(c.said, c.asked); got != c.want {
			t.Errorf("%s as %s: %v", c.said, c.asked, got)
		}
	}
}
