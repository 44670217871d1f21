package report

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"trainyard/mix"
	"trainyard/mix/sample"
	"trainyard/mix/shard"
)

func mustCard(t *testing.T, dir string, p Publishing) {
	t.Helper()
	if _, err := WriteCard(context.Background(), &mustOpen(t, dir).Datasets[0], p, ""); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestACardNamesEachSplitThatIsThereAndNeverCountsOne(t *testing.T) {
	for name, change := range map[string]func(*mix.Config){
		"train validation": nil,
		"train":            func(cfg *mix.Config) { cfg.Validation = 0 },
	} {
		dir := prepared(t, change)
		mustCard(t, dir, Publishing{License: "mit"})
		head, _, _ := strings.Cut(strings.TrimPrefix(mustRead(t, filepath.Join(dir, CardFile)), "---\n"), "\n---\n")
		var found []string
		for _, m := range regexp.MustCompile(`- split: (\w+)\n    path: (\S+)`).FindAllStringSubmatch(head, -1) {
			files, err := filepath.Glob(filepath.Join(dir, m[2]))
			if err != nil || len(files) == 0 {
				t.Errorf("split %s has no file at %s", m[1], m[2])
			}
			found = append(found, m[1])
		}
		if got := strings.Join(found, " "); got != name+" outcomes" {
			t.Errorf("the card has the splits %s, not %s outcomes", got, name)
		}
		if strings.Contains(head, "splits:") || !strings.Contains(head, `license: "mit"`) {
			t.Errorf("the card begins with\n%s", head)
		}
	}
}

func TestACardChangesNothingOfTheDataset(t *testing.T) {
	dir := prepared(t, nil)
	disk, err := mix.OpenDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := mustRead(t, filepath.Join(dir, mix.ManifestFile))
	mustCard(t, dir, Publishing{})
	first := mustRead(t, filepath.Join(dir, CardFile))
	mustCard(t, dir, Publishing{}) // over itself
	if err := disk.Verify(context.Background()); err != nil || mustRead(t, filepath.Join(dir, mix.ManifestFile)) != before || mustRead(t, filepath.Join(dir, CardFile)) != first {
		t.Errorf("the dataset or the card is another now: %v", err)
	}
}

func TestWhatAHandChangedIsNeverWrittenOver(t *testing.T) {
	dir := prepared(t, nil)
	mustCard(t, dir, Publishing{})
	path := filepath.Join(dir, CardFile)
	if err := os.WriteFile(path, []byte("# my words\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := WriteCard(context.Background(), &mustOpen(t, dir).Datasets[0], Publishing{}, "")
	if err == nil || !strings.Contains(err.Error(), "changed by hand") || mustRead(t, path) != "# my words\n" {
		t.Errorf("got %v, and the card says %q", err, mustRead(t, path))
	}
	other := t.TempDir()
	if _, err := WriteCard(context.Background(), &mustOpen(t, dir).Datasets[0], Publishing{}, other); err != nil {
		t.Error(err)
	}
}

// A card goes with its dataset when another takes its place; what a hand changed
// stands in the way of that, as any file of the user's does.
func TestAReplacedDatasetTakesItsCardAlong(t *testing.T) {
	var cfg mix.Config
	dir := prepared(t, func(c *mix.Config) { cfg = *c })
	mustCard(t, dir, Publishing{})
	cfg.Replace = true
	if err := os.WriteFile(cfg.Sources[0].Inputs[0].Path, []byte(agents(40)), 0o644); err != nil {
		t.Fatal(err)
	}
	card := filepath.Join(dir, CardFile)
	mine := mustRead(t, card)
	if err := os.WriteFile(card, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := mix.Prepare(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), CardFile) {
		t.Errorf("a changed card was no hindrance: %v", err)
	}
	if err := os.WriteFile(card, []byte(mine), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := mix.Prepare(context.Background(), cfg); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{CardFile, CroissantFile, "audit"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s of the dataset that went is still there", name)
		}
	}
}

func TestTheTableOfOutcomesHasEveryRecord(t *testing.T) {
	dir := prepared(t, nil)
	mustCard(t, dir, Publishing{})
	rows, err := parquet.ReadFile[shard.OutcomeRow](filepath.Join(dir, OutcomesFile))
	if err != nil {
		t.Fatal(err)
	}
	m := mustOpen(t, dir).Datasets[0].Manifest
	counts := map[string]int64{}
	for _, r := range rows {
		counts[r.Outcome]++
		if r.Outcome == "duplicate" && r.Reason == "content" && (r.OfFile == "" || r.OfLine == 0) {
			t.Errorf("a duplicate of nothing: %+v", r)
		}
	}
	if int64(len(rows)) != m.Totals.Funnel.Read.Records {
		t.Errorf("%d rows, %d records were read", len(rows), m.Totals.Funnel.Read.Records)
	}
	for outcome, c := range m.Totals.Outcomes {
		if counts[string(outcome)] != c.Records {
			t.Errorf("%d are %s, the manifest says %d", counts[string(outcome)], outcome, c.Records)
		}
	}
}

// Every file of the metadata is as the manifest has it, and every field is of a
// file or set that is listed.
func TestCroissantNamesTheFilesOfTheManifest(t *testing.T) {
	dir := prepared(t, nil)
	mustCard(t, dir, Publishing{Creator: "a lab", Date: "2026-11-28"})
	var doc struct {
		ConformsTo   string `json:"conformsTo"`
		Distribution []struct {
			Type   string `json:"@type"`
			ID     string `json:"@id"`
			SHA256 string `json:"sha256"`
		} `json:"distribution"`
	}
	text := mustRead(t, filepath.Join(dir, CroissantFile))
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	var ids []string
	for _, f := range doc.Distribution {
		sums[f.ID], ids = f.SHA256, append(ids, f.ID)
	}
	disk, err := mix.OpenDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range disk.Manifest.Shards {
		if sums[s.File] != s.SHA256 {
			t.Errorf("%s has the digest %q, the manifest says %s", s.File, sums[s.File], s.SHA256)
		}
	}
	if sums[OutcomesFile] != mix.Digest("", []byte(mustRead(t, filepath.Join(dir, OutcomesFile)))).SHA256 {
		t.Error("the table of outcomes has another digest")
	}
	for _, m := range regexp.MustCompile(`"(?:fileSet|fileObject)": \{\s*"@id": "([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if !slices.Contains(ids, m[1]) {
			t.Errorf("a field is of %q, which is not listed", m[1])
		}
	}
	if doc.ConformsTo != "http://mlcommons.org/croissant/1.1" {
		t.Errorf("conforms to %s", doc.ConformsTo)
	}
}

func TestPublishingSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		p    Publishing
		want string
	}{
		{Publishing{License: "other"}, "name and link"},
		{Publishing{License: "mit", LicenseName: "x"}, "license other alone"},
		{Publishing{Date: "28.11.2026"}, "YYYY-MM-DD"},
	} {
		if err := c.p.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.p, err)
		}
	}
}

// Every column of every output is told, and no other.
func TestCroissantKnowsTheColumnsOfEveryOutput(t *testing.T) {
	for output, kind := range shard.Outputs {
		dir := prepared(t, func(cfg *mix.Config) { cfg.Output = output })
		d := &mustOpen(t, dir).Datasets[0]
		told := map[string]bool{}
		for _, f := range rowRecords(d.Manifest)["field"].([]any) {
			told[f.(object)["name"].(string)] = true
		}
		want := kind.Schema().Names()
		for _, name := range want {
			if !told[name] {
				t.Errorf("%s: the column %s is not told", output, name)
			}
		}
		if len(told) != len(want) {
			t.Errorf("%s: %d columns are told, there are %d", output, len(told), len(want))
		}
	}
}

// A trajectory that is taken twice is two rows, of the card and of its teacher.
func TestRowsThatStandTwiceAreCountedTwice(t *testing.T) {
	dir := prepared(t, func(cfg *mix.Config) {
		cfg.Sampler = "shares"
		for k := range cfg.Sources {
			cfg.Sources[k].Amount = sample.Amount{By: sample.ByEpochs, N: 2}
		}
	})
	mustCard(t, dir, Publishing{})
	d := &mustOpen(t, dir).Datasets[0]
	rows := d.Manifest.Totals.Train.Rows
	if rows != 2*d.Whole.Train {
		t.Fatalf("%d rows of %d records", rows, d.Whole.Train)
	}
	if text := mustRead(t, filepath.Join(dir, CardFile)); !strings.Contains(text, fmt.Sprintf(" %d rows to train on", rows)) {
		t.Errorf("the card does not say that there are %d rows", rows)
	}
	all := 0.0
	for _, row := range d.teacherSection().Tables[0].Rows {
		part, err := strconv.ParseFloat(strings.TrimSuffix(row.Cells[1].Text, " %"), 64)
		if err != nil {
			t.Fatal(err)
		}
		all += part
	}
	if math.Abs(all-100) > 0.2 {
		t.Errorf("the teachers have %.1f %% of the rows", all)
	}
}
