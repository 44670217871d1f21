package mix

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// issue is a made-up problem statement that no other has words in common with.
func issue(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 77))
	var text strings.Builder
	fmt.Fprintf(&text, "### Describe the bug\n\n")
	for k := range 40 {
		fmt.Fprintf(&text, "term%d_%d breaks %d. ", n, k, r.Uint32())
	}
	return text.String()
}

func solution(n int) string {
	return fmt.Sprintf("--- a/x.py\n+++ b/x.py\n@@ -1 +1,3 @@\n+    first_%d = compute(alpha, beta_%d)\n+    second_%d = combine(first_%d, gamma)\n+    return finish(second_%d, delta=epsilon)\n", n, n, n, n, n)
}

type sweRow struct {
	ID        string `json:"instance_id" parquet:"instance_id"`
	Repo      string `json:"repo" parquet:"repo"`
	Statement string `json:"problem_statement" parquet:"problem_statement"`
	Patch     string `json:"patch" parquet:"patch"`
}

func sweRows() (rows []sweRow) {
	for n := range 5 {
		rows = append(rows, sweRow{fmt.Sprintf("Bench__Repo%d-%d", n, 100+n), fmt.Sprintf("Bench/Repo%d", n), issue(n), solution(n)})
	}
	return rows
}

func putFile(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func jsonLines[T any](t *testing.T, rows []T) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, row := range rows {
		if err := json.NewEncoder(&b).Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// A chatRecord is a record of chat JSONL.
type chatRecord struct {
	Instance string              `json:"instance_id,omitempty"`
	Repo     string              `json:"repo,omitempty"`
	Resolved bool                `json:"resolved"`
	Messages []map[string]string `json:"messages"`
}

func rolloutOf(instance, repo, task, answer string) chatRecord {
	return chatRecord{instance, repo, true, []map[string]string{
		{"role": "system", "content": "You work on code. " + issue(0)}, // a template may say what a benchmark says
		{"role": "user", "content": task}, {"role": "assistant", "content": answer},
	}}
}

// contaminatedRollouts are clean ones with one of each kind among them.
func contaminatedRollouts() []chatRecord {
	var all []chatRecord
	for n := range 20 {
		all = append(all, rolloutOf(fmt.Sprint("mine__repo-", n), fmt.Sprint("mine/repo", n), fmt.Sprintf("Do the task %d of mine.", n), fmt.Sprint("Done it with care, ", n)))
	}
	all[3].Instance = "bench/repo1:pr-101"
	all[5].Repo = "https://github.com/bench/repo2.git"
	all[7].Messages[1]["content"] = "Solve this:\n" + issue(3)[30:] + "\nThank you."
	all[9].Messages[2]["content"] = "I write\n```python\n" + strings.ReplaceAll(solution(4), "\n+    ", "\n  ") + "```"
	return all
}

func decontaminated(t *testing.T, file string, rows []chatRecord, by ...string) (Config, *Manifest) {
	t.Helper()
	cfg := prepareConfig(t, putFile(t, filepath.Join(t.TempDir(), "mine.jsonl"), jsonLines(t, rows)))
	cfg.Decontaminate = Decontamination{Files: []string{file}, By: by}
	cfg.Validation, cfg.Window = 0, 20_000
	return cfg, mustPrepare(t, cfg).Manifest
}

func TestEachRuleFindsItsOwnAndTellsWhere(t *testing.T) {
	dir := t.TempDir()
	lines := putFile(t, filepath.Join(dir, "bench.jsonl"), jsonLines(t, sweRows()))
	list, err := json.Marshal(sweRows())
	if err != nil {
		t.Fatal(err)
	}
	var rows bytes.Buffer
	if err := parquet.Write(&rows, sweRows()); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{lines, putFile(t, filepath.Join(dir, "bench.json"), list), putFile(t, filepath.Join(dir, "bench.parquet"), rows.Bytes())} {
		t.Run(filepath.Ext(file), func(t *testing.T) {
			cfg, m := decontaminated(t, file, contaminatedRollouts())
			got := map[int]string{}
			for _, l := range outcomeLines(t, cfg) {
				if l.Outcome == Contaminated {
					got[l.Line] = l.Reason
					checkSpan(t, cfg, &l)
				} else if l.Outcome != Kept {
					t.Errorf("line %d: %s", l.Line, l.Outcome)
				}
			}
			if want := map[int]string{4: ByInstance, 6: ByRepo, 8: ByNgram, 10: ByPatch}; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("found %v, want %v", got, want)
			}
			if c := m.Contamination; c.Instances != 5 || c.Repos != 5 || fmt.Sprint(c.Found) != "map[instance:1 ngram:1 patch:1 repo:1]" || !slices.Equal(c.By, DecontaminationRules) {
				t.Errorf("%+v", c)
			}
			if f := m.Totals.Funnel; f.Wanted.Records != 20 || f.Clean.Records != 16 || f.Unique.Records != 16 {
				t.Errorf("%+v", f)
			}
			if r := m.Sources[0].Retention; r.All.Records != 16 {
				t.Errorf("windows are told for %d records, of which 16 are within reach", r.All.Records)
			}
			if len(m.Inputs) != 1 || m.Inputs[0].File != file {
				t.Errorf("the benchmark is not pinned: %v", m.Inputs)
			}
		})
	}
}

// checkSpan holds that the bytes which an outcome names are those of the
// statement.
func checkSpan(t *testing.T, cfg Config, l *accounted) {
	t.Helper()
	if l.Reason != ByNgram {
		return
	}
	var message, start, end, words, all int
	if _, err := fmt.Sscanf(l.Detail, "message %d [%d, %d) has %d of %d words", &message, &start, &end, &words, &all); err != nil {
		t.Fatalf("%q: %v", l.Detail, err)
	}
	text := contaminatedRollouts()[l.Line-1].Messages[message]["content"]
	if span := text[start:end]; !strings.Contains(issue(3), span) || len(span) < len(issue(3))*9/10 || words < 100 || all < words {
		t.Errorf("%d words at [%d, %d): %q", words, start, end, span)
	}
	if !strings.Contains(l.Detail, "Bench__Repo3-103") || !strings.Contains(l.Detail, "breaks") {
		t.Errorf("%q", l.Detail)
	}
}

func TestOnlyTheRulesThatAreAskedForCount(t *testing.T) {
	file := putFile(t, filepath.Join(t.TempDir(), "bench.jsonl"), jsonLines(t, sweRows()))
	_, m := decontaminated(t, file, contaminatedRollouts(), ByPatch)
	if n := m.Totals.Outcomes[Contaminated].Records; n != 1 || m.Contamination.Found[ByPatch] != 1 {
		t.Errorf("%d, %+v", n, m.Contamination)
	}
}

func TestAListOfIDsServesTheirRules(t *testing.T) {
	for name, text := range map[string]string{
		"ids.txt":  "bench__repo1-101\n\nbench__repo2-102\n",
		"mark.txt": "\ufeffbench__repo1-101\r\nbench__repo2-102",
		"ids.json": `["bench__repo1-101", "bench__repo2-102"]`,
		"multi.jsonl": `{"org": "bench", "repo": "repo1", "number": 101, "fix_patch": "+x"}` + "\n" +
			`{"org": "bench", "repo": "repo2", "number": "102", "fix_patch": "+y"}`,
	} {
		_, m := decontaminated(t, putFile(t, filepath.Join(t.TempDir(), name), []byte(text)), contaminatedRollouts())
		if c := m.Contamination; c.Found[ByInstance] != 1 || c.Found[ByRepo] != 1 || slices.Contains(c.By, ByNgram) {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// What three repositories have in common is a template's, whatever the
// benchmark says; a copy in one repository's many rollouts is a leak.
func TestATemplateIsNoContamination(t *testing.T) {
	file := putFile(t, filepath.Join(t.TempDir(), "bench.jsonl"), jsonLines(t, sweRows()))
	rows := append(contaminatedRollouts()[10:], contaminatedRollouts()[10:]...)
	for n := range rows {
		rows[n].Repo += fmt.Sprint("-", n)
		rows[n].Messages[2]["content"] += fmt.Sprint(n)
	}
	for n := range 3 {
		rows[n].Messages[1]["content"] += issue(1)[:300]
		rows[n+10].Messages[1]["content"] += issue(3) // but most of a statement is a leak
	}
	for n := 4; n < 9; n++ {
		rows[n].Repo = []string{"mine/one", "Mine/One.git", "", "", ""}[n-4]
		rows[n].Messages[1]["content"] += issue(2)
	}
	_, m := decontaminated(t, file, rows, ByNgram)
	if n := m.Totals.Outcomes[Contaminated].Records; n != 8 || m.Contamination.TemplateGrams < 20 {
		t.Errorf("%d found, %+v", n, m.Contamination)
	}
}

// The exact repeat of a contaminated text is contaminated too, whatever its
// own record says.
func TestTheRepeatOfAContaminatedTextIsNotKept(t *testing.T) {
	file := putFile(t, filepath.Join(t.TempDir(), "ids.txt"), []byte("bench__repo1-101\n"))
	rows := contaminatedRollouts()
	twin := rows[3]
	twin.Instance = "mine__other-1"
	cfg, m := decontaminated(t, file, append(rows, twin), ByInstance)
	lines := outcomeLines(t, cfg)
	last := lines[len(lines)-1]
	if m.Totals.Outcomes[Contaminated].Records != 2 || last.Outcome != Contaminated || !strings.HasPrefix(last.Detail, "the same text as mine.jsonl:4: instance bench__repo1-101") {
		t.Errorf("%+v", last.Entry)
	}
}

func TestABenchmarkOfTheWrongShapeIsOneClearError(t *testing.T) {
	rows := jsonLines(t, contaminatedRollouts())
	for _, c := range []struct{ name, text, by, want string }{
		{"b.jsonl", `{"question": "why", "answer": "so"}`, "", "b.jsonl:1: no row of a benchmark: it has no instance_id, and has answer, question (JSON or Parquet with instance_id"},
		{"b.jsonl", `{"instance_id": "a__b-1"}` + "\n" + `{"instance_id": 7}`, "", "b.jsonl:2: no row of a benchmark: json: cannot unmarshal number"},
		{"b.jsonl", `{"instance_id": "a__b-1"} x`, "", "b.jsonl:1: "},
		{"b.jsonl", `[1, 2]`, "", `b.jsonl:1: "[1, 2]" is no row of a benchmark`},
		{"b.json", "", "", "b.json:1: the file holds no record"},
		{"b.txt", "", "", "b.txt: the file is empty"},
		{"b.txt", "an essay about software\n", "", `b.txt:1: "an essay about software" is neither a row nor an id`},
		{"b.txt", "a__b-1\ra__b-2\r", "", `b.txt:1: "a__b-1\ra__b-2" is neither a row nor an id`},
		{"b.txt", strings.Repeat("a", 1<<20), "", "b.txt:1: "},
		{"b.parquet", "PAR1 but not so", "", "b.parquet:1: no Parquet file that can be read"},
		{"b.jsonl", `{"instance_id": "a__b-1", "hints": "x"}`, ByNgram, "by ngram needs problem_statement, and the rows of "},
	} {
		dir := t.TempDir()
		cfg := prepareConfig(t, putFile(t, filepath.Join(dir, "mine.jsonl"), rows))
		cfg.Decontaminate.Files = []string{putFile(t, filepath.Join(dir, c.name), []byte(c.text))}
		if c.by != "" {
			cfg.Decontaminate.By = []string{c.by}
		}
		_, err := Prepare(context.Background(), cfg)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("%s %q: %v, want %q", c.name, c.text, err, c.want)
		}
		if _, statErr := os.Stat(cfg.Out); statErr == nil {
			t.Errorf("%s: the output directory was made", c.name)
		}
	}
}
