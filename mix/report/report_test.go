package report

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/evidence"
	"trainyard/mix"
	"trainyard/mix/shard"
)

const token = "ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8" // of the shape of a credential, and none

// A rollout writes one record with calls of a shell and an editor.
func rollout(n int, resolved bool, steps ...string) string {
	messages := `{"role":"system","content":"You work on code."},{"role":"user","content":"Mend issue ` + fmt.Sprint(n) + `. <script>alert(1)</script> \u001b[31mred\u001b[0m ` + token + `"}`
	for i, step := range steps {
		name, key := "execute_bash", "command"
		args := fmt.Sprintf(`{%q:%q}`, key, step)
		if path, isEdit := strings.CutPrefix(step, "edit "); isEdit {
			name, args = "str_replace_editor", fmt.Sprintf(`{"command":"str_replace","path":%q,"old_str":"a","new_str":"b"}`, path)
		}
		messages += fmt.Sprintf(`,{"role":"assistant","content":"Step %d of %d.","tool_calls":[{"id":"%d","type":"function","function":{"name":%q,"arguments":%q}}]},{"role":"tool","tool_call_id":"%d","content":"ok"}`, i, n, i, name, args, i)
	}
	messages += `,{"role":"assistant","content":"It is done."}`
	tools := `[{"type":"function","function":{"name":"execute_bash","parameters":{"type":"object","properties":{"command":{"type":"string"}}}}},{"type":"function","function":{"name":"str_replace_editor","parameters":{"type":"object","properties":{"command":{"type":"string"},"path":{"type":"string"},"old_str":{"type":"string"},"new_str":{"type":"string"}}}}}]`
	return fmt.Sprintf(`{"instance_id":"owner__repo%d-%d","repo":"Owner/Repo%d","resolved":%v,"model":"teacher-%d","messages":[%s],"tools":%s}`+"\n", n%5, n, n%5, resolved, n%2, messages, tools)
}

// agents explore, edit and run; scripts write one file and run it, as data made
// of programming contests has it.
func agents(n int) string {
	var b strings.Builder
	for i := range n {
		steps := []string{"cd pkg && ls", "grep -rn f .", "cat pkg/f.py", "find . -name f.py", "edit /repo/pkg/f.py", "python -m pytest"}
		if i%4 == 0 {
			steps = append(steps, "make", "make", "make", "make")
		}
		b.WriteString(rollout(i, i%3 != 0, steps...))
	}
	return b.String()
}

func scripts(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(rollout(1000+i, true, "edit /repo/solution.py", "python solution.py", "python solution.py < in"))
	}
	return b.String()
}

// prepared makes a dataset of two sources.
func prepared(t testing.TB, change func(*mix.Config)) string {
	t.Helper()
	dir := t.TempDir()
	cents := 0.02
	cfg := mix.Config{
		Recipe: mix.RecipeID{Name: "test", Fingerprint: "f", Data: "d"}, YAML: []byte("name: test\n"),
		Template: "qwen2.5", Tools: "openhands", Output: "messages", Sampler: "all", Unit: mix.Trajectories, Seed: 3,
		Window: 4000, Unique: mix.UniqueContent, Validation: 0.2, Out: filepath.Join(dir, "out"),
	}
	for name, text := range map[string]string{"agents": agents(30), "scripts": scripts(12) + scripts(2) + "not json\n"} {
		path := filepath.Join(dir, name+".jsonl")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		cfg.Sources = append(cfg.Sources, mix.Source{
			Name: name, Inputs: []mix.Place{{Path: path, Given: name + ".jsonl"}}, Format: "auto", Task: name, Share: 1,
			Accept: evidence.Accept{Field: "resolved"},
		})
	}
	slices.SortFunc(cfg.Sources, func(a, b mix.Source) int { return strings.Compare(a.Name, b.Name) })
	cfg.Sources[0].Images, cfg.Sources[0].SetupCost = 2, &cents
	if change != nil {
		change(&cfg)
	}
	if _, err := mix.Prepare(context.Background(), cfg); err != nil {
		t.Fatal(err)
	}
	return cfg.Out
}

func mustOpen(t testing.TB, dirs ...string) *Data {
	t.Helper()
	data, err := Open(context.Background(), dirs...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The numbers of a report are those of the manifest, and those that a plain
// count over the rows gives.
func TestTheNumbersAreTheManifestsAndTheRows(t *testing.T) {
	dir := prepared(t, nil)
	d := &mustOpen(t, dir).Datasets[0]
	m := d.Manifest
	for i, p := range d.Sources {
		s := m.Sources[i]
		if p.Trajectories != s.Funnel.Sampled.Records || p.Tokens.Sum != s.Funnel.Sampled.Tokens {
			t.Errorf("%s: %d rows, %d tokens, the manifest says %+v", p.Name, p.Trajectories, p.Tokens.Sum, s.Funnel.Sampled)
		}
		if got := p.Retention[0]; got.Of != s.Funnel.Unique.Records {
			t.Errorf("%s: retention is of %d records, unique are %d", p.Name, got.Of, s.Funnel.Unique.Records)
		}
	}
	w := &d.Whole
	if steps := m.Totals.Train.Steps + m.Totals.Validation.Steps; w.Content.Steps.Sum != steps || w.Content.Behaviour.Steps != steps {
		t.Errorf("%d steps, %d of them judged, the manifest says %d", w.Content.Steps.Sum, w.Content.Behaviour.Steps, steps)
	}
	if trained := m.Totals.Train.TrainedTokens + m.Totals.Validation.TrainedTokens; w.Content.Trained.Sum != trained {
		t.Errorf("%d trained tokens, the manifest says %d", w.Content.Trained.Sum, trained)
	}
	rows, repos, messages := recount(t, dir)
	if w.Trajectories != rows || w.Content.Repositories != repos || w.Content.Messages.Sum != messages {
		t.Errorf("%d rows of %d repositories with %d messages, a plain count gives %d, %d and %d",
			w.Trajectories, w.Content.Repositories, w.Content.Messages.Sum, rows, repos, messages)
	}
	for _, m := range []*Measure{&w.Tokens, &w.Content.Steps, &w.Content.Messages, &w.Content.Trained} {
		sum := int64(0)
		for _, b := range m.Histogram {
			sum += b.Rows
		}
		if sum != w.Trajectories || len(m.Histogram) > mostBins {
			t.Errorf("a histogram of %d rows in %d bins", sum, len(m.Histogram))
		}
	}
}

// Manifests of before have no retention; the outcomes tell the same.
func TestOutcomesTellTheRetentionThatTheManifestHas(t *testing.T) {
	disk, err := mix.OpenDataset(prepared(t, func(cfg *mix.Config) { cfg.Window = 500 }))
	if err != nil {
		t.Fatal(err)
	}
	l, err := readLengths(context.Background(), disk)
	if err != nil {
		t.Fatal(err)
	}
	for i := range disk.Manifest.Sources {
		s := &disk.Manifest.Sources[i]
		if got, want := retentionOf(l.unique[s.Name]), retention(s, nil); s.Retention == nil || !slices.Equal(got, want) {
			t.Errorf("%s: the outcomes tell %+v, the manifest %+v", s.Name, got, want)
		}
	}
}

// A trajectory that was split is several rows, and one trajectory.
func TestASplitTrajectoryIsOneOfSeveralRows(t *testing.T) {
	data := mustOpen(t, prepared(t, func(cfg *mix.Config) { cfg.Output, cfg.Window, cfg.OverWindow = "tokens", 450, "split" }))
	m, w := data.Datasets[0].Manifest, &data.Datasets[0].Whole
	rows := m.Totals.Train.Rows + m.Totals.Validation.Rows
	if w.Trajectories != m.Totals.Funnel.Sampled.Records || w.Tokens.Rows != w.Trajectories || rows <= w.Trajectories {
		t.Errorf("%d trajectories, %d of them measured, in %d rows; the manifest says %d", w.Trajectories, w.Tokens.Rows, rows, m.Totals.Funnel.Sampled.Records)
	}
	values, _ := readBack(t, page(t, data))
	if got := values[cellOf{"mix: The two sides", "train", "rows"}]; got != fmt.Sprint(m.Totals.Train.Rows) {
		t.Errorf("%s rows to train on, the manifest says %d", got, m.Totals.Train.Rows)
	}
}

// What a report and a card call rows is what the shards hold, and what they call
// trajectories is the records that were chosen.
func TestARowIsWhatAShardHolds(t *testing.T) {
	for name, change := range map[string]func(*mix.Config){
		"split tokens": func(cfg *mix.Config) { cfg.Output, cfg.Window, cfg.OverWindow = "tokens", 450, "split" },
		"split turns":  func(cfg *mix.Config) { cfg.Output, cfg.Window, cfg.OverWindow = "turns", 450, "split" },
		"packed":       func(cfg *mix.Config) { cfg.Output = "packed" },
		"messages":     nil,
	} {
		dir := prepared(t, change)
		data := mustOpen(t, dir)
		d := &data.Datasets[0]
		train, held := d.Manifest.Totals.Train, d.Manifest.Totals.Validation
		if split := name != "messages"; split == (d.rows() == d.Whole.Trajectories) {
			t.Fatalf("%s: %d rows of %d trajectories", name, d.rows(), d.Whole.Trajectories)
		}
		mustCard(t, dir, Publishing{})
		if want := fmt.Sprintf("%d rows to train on with %s tokens, %s of them trained, and %d for validation.", train.Rows, number(train.Tokens), number(train.TrainedTokens), held.Rows); !strings.Contains(mustRead(t, filepath.Join(dir, CardFile)), want) {
			t.Errorf("%s: the card does not say: %s", name, want)
		}
		values, _ := readBack(t, page(t, data))
		for cell, want := range map[cellOf]int64{
			{"dataset: The dataset beside published ones", "all sources", "trajectories"}:   d.Manifest.Totals.Funnel.Sampled.Records,
			{"dataset: The dataset beside published ones", "all sources", "tokens"}:         train.Tokens + held.Tokens,
			{"dataset: The dataset beside published ones", "all sources", "trained tokens"}: train.TrainedTokens + held.TrainedTokens,
			{"mix: The two sides", "train", "longest"}:                                      train.Lengths.Quantiles[20],
		} {
			if got := values[cell]; got != fmt.Sprint(want) {
				t.Errorf("%s: %+v is %s, the manifest says %d", name, cell, got, want)
			}
		}
		if said := strings.Contains(page(t, data), "has the tokens of all its rows"); said != (name == "split tokens") {
			t.Errorf("%s: what a split trajectory has is told: %v", name, said)
		}
		one, many := d.unit()
		lengths := cellOf{"lengths: Tokens of a " + one, "all sources", many}
		if want := map[string]int64{"row": d.rows(), "trajectory": d.Whole.Trajectories}[one]; values[lengths] != fmt.Sprint(want) {
			t.Errorf("%s: %+v is %s, not %d", name, lengths, values[lengths], want)
		}
		if share := values[cellOf{"teachers: Teachers", "teacher-0", "of the rows"}]; d.Whole.Content != nil && (share == "" || len(share) > len("99.9")) {
			t.Errorf("%s: %s %% of the rows are of one of two teachers", name, share)
		}
	}
}

func TestPackedRowsAreTold(t *testing.T) {
	data := mustOpen(t, prepared(t, func(cfg *mix.Config) { cfg.Output = "packed" }))
	if text := page(t, data); !strings.Contains(text, "Windows are filled by best-fit") {
		t.Error("the page does not say how rows are packed")
	}
}

func recount(t *testing.T, dir string) (rows, repos, messages int64) {
	disk, err := mix.OpenDataset(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, path := range append(disk.Shards("train"), disk.Shards("validation")...) {
		if err := shard.ReadRows(path, func(r *shard.Row) error {
			rows++
			messages += int64(len(r.Messages))
			names[format.NormalRepo(r.Repo)] = true
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return rows, int64(len(names)), messages
}

func TestScriptsFailTheSecondPrincipleAndAgentsDoNot(t *testing.T) {
	d := &mustOpen(t, prepared(t, nil)).Datasets[0]
	for i, want := range [][]Result{{Holds, Holds, Holds, Holds}, {Holds, Fails, Fails, Unknown}} {
		for k, v := range d.Sources[i].Principles {
			if v.Result != want[k] {
				t.Errorf("%s, principle %d %s: %s, not %s (%s)", d.Sources[i].Name, k+1, v.Title, v.Result, want[k], v.Grounds)
			}
		}
	}
	if d.Whole.SetupCost != nil || d.Whole.Images != 0 {
		t.Error("the whole's set-up is known, though a source does not say its own")
	}
	if got := d.Sources[0].Content.Behaviour; got.Loop == 0 || got.Stuck == 0 || got.Lookups["cd"] == 0 || got.Lookups["grep"] == 0 {
		t.Errorf("%+v", got)
	}
}

// Reading on several processors, and in any order, gives one report.
func TestAReportIsTheSameEachTime(t *testing.T) {
	dir := prepared(t, nil)
	first := page(t, mustOpen(t, dir))
	for range 5 {
		if page(t, mustOpen(t, dir)) != first {
			t.Fatal("another report of the same dataset")
		}
	}
}

func page(t testing.TB, data *Data) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, data); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A cellOf is one cell of a page as a reader of HTML finds it.
type cellOf struct{ table, row, column string }

// readBack parses a page and returns the numbers of its tables, twice: as the
// value of their elements, and as what people read.
func readBack(t *testing.T, text string) (values, shown map[cellOf]string) {
	t.Helper()
	values, shown = map[cellOf]string{}, map[cellOf]string{}
	dec := xml.NewDecoder(strings.NewReader(strings.Replace(text, "<!DOCTYPE html>", "", 1)))
	dec.Strict, dec.Entity = false, xml.HTMLEntity
	var at cellOf
	var section, inside string
	var words strings.Builder
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return values, shown
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			class := attribute(e, "class")
			switch {
			case e.Name.Local == "section":
				section = attribute(e, "id")
			case e.Name.Local == "p" && class == "caption", e.Name.Local == "th" && attribute(e, "scope") == "row":
				inside = e.Name.Local
				words.Reset()
			case e.Name.Local == "td":
				at.column = attribute(e, "data-label")
			case e.Name.Local == "data":
				inside = "data"
				words.Reset()
				values[at] = attribute(e, "value")
			}
		case xml.CharData:
			words.Write(e)
		case xml.EndElement:
			if e.Name.Local != inside {
				continue
			}
			switch inside {
			case "p":
				at.table = section + ": " + words.String()
			case "th":
				at.row = words.String()
			case "data":
				shown[at] = words.String()
			}
			inside = ""
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestThePageReadBackSaysWhatTheManifestSays(t *testing.T) {
	d := mustOpen(t, prepared(t, nil))
	values, shown := readBack(t, page(t, d))
	if len(values) < 200 {
		t.Fatalf("only %d numbers on the page", len(values))
	}
	for at, value := range values {
		if plain := strings.NewReplacer(",", "", " %", "").Replace(shown[at]); plain != value {
			t.Errorf("%+v reads %q, and its value is %q", at, shown[at], value)
		}
	}
	m := d.Datasets[0].Manifest
	want := map[cellOf]int64{
		{"mix: The two sides", "train", "rows"}:                                      m.Totals.Train.Rows,
		{"mix: The two sides", "validation", "tokens"}:                               m.Totals.Validation.Tokens,
		{"mix: The two sides", "train", "trained tokens"}:                            m.Totals.Train.TrainedTokens,
		{"mix: The two sides", "train", "repositories"}:                              int64(m.Totals.Train.Repos),
		{"funnel: Why records are in no shard", "rejected: not_json", "all sources"}: 1,
	}
	for _, s := range m.Sources {
		f := s.Funnel
		for stage, c := range map[string]mix.Count{"read": f.Read, "parsed": f.Parsed, "accepted": f.Accepted, "wanted": f.Wanted, "unique": f.Unique, "within window": f.WithinWindow, "sampled": f.Sampled} {
			want[cellOf{"funnel: Records that passed each stage", s.Name, stage}] = c.Records
		}
		for reason, n := range s.Reasons {
			want[cellOf{"funnel: Why records are in no shard", reason, s.Name}] = n
		}
		for outcome, c := range s.Outcomes {
			want[cellOf{"funnel: Records by outcome", string(outcome), s.Name}] = c.Records
		}
		for note, n := range s.Notes {
			want[cellOf{"edits: Edits made", note, s.Name}] = n
		}
	}
	for _, l := range m.Mix {
		const table = "mix: Asked, had and got, train side"
		want[cellOf{table, l.Source, "asked, trajectories"}] = l.Asked
		want[cellOf{table, l.Source, "had"}] = l.Had.Records
		want[cellOf{table, l.Source, "got, tokens"}] = l.Got.Tokens
		want[cellOf{table, l.Source, "validation"}] = l.Validation.Records
	}
	for at, n := range want {
		if values[at] != fmt.Sprint(n) {
			t.Errorf("%+v is %q on the page, the manifest says %d", at, values[at], n)
		}
	}
}

// outside finds what a browser would load: addresses in attributes and styles.
var outside = regexp.MustCompile(`(?i)(?:src|href|srcset|action|data|poster)\s*=\s*["']?(?:https?:|//|file:)|url\(|@import|<script|<link|<iframe|<img|<object`)

func TestThePageLoadsNothing(t *testing.T) {
	text := page(t, mustOpen(t, prepared(t, nil)))
	if found := outside.FindString(text); found != "" {
		t.Errorf("the page holds %q", found)
	}
}

func TestExamplesAreCleanAndCutIsCounted(t *testing.T) {
	dir := prepared(t, nil)
	data := mustOpen(t, dir)
	text := page(t, data)
	for _, bad := range []string{token, "<script>", "\x1b"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(text, "[redacted: github_token]") || !strings.Contains(text, "&lt;script&gt;") || !strings.Contains(text, "␛[31m") {
		t.Error("an example does not show what stood there")
	}
	if n := len(data.Datasets[0].Examples); n != 2*shownRows {
		t.Errorf("%d examples", n)
	}
	row := &shard.Row{TrajID: "long"}
	for range 57 {
		row.Messages = append(row.Messages, shard.Message{Role: "user", Content: strings.Repeat("ä", 2000)})
	}
	e := exampleOf(row)
	if e.LeftOut+len(e.Messages) != 57 || e.CutAt != shownTurns || e.Messages[e.CutAt].Number != 57-shownTurns+1 {
		t.Errorf("%d messages shown, %d left out before message %d", len(e.Messages), e.LeftOut, e.Messages[e.CutAt].Number)
	}
	m := e.Messages[0]
	if shown := strings.Count(m.Text, "ä"); shown+m.LeftOut != 2000 {
		t.Errorf("%d characters shown, %d left out, of 2,000", shown, m.LeftOut)
	}
}

func TestShardsThatAreNotTheManifestsAreAnError(t *testing.T) {
	dir := prepared(t, nil)
	path := filepath.Join(dir, mix.ManifestFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m mix.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	m.Sources[0].Funnel.Sampled.Records++
	if data, err = json.Marshal(&m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), dir, filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "the manifest says") || !strings.Contains(err.Error(), "not a finished dataset") {
		t.Errorf("got %v", err)
	}
}

func TestRowsOfTokensAreToldWithoutWhatTheyDoNotHold(t *testing.T) {
	d := mustOpen(t, prepared(t, func(cfg *mix.Config) { cfg.Output = "tokens" }))
	whole := &d.Datasets[0].Whole
	if whole.Content != nil || whole.Tokens.Sum == 0 || whole.Principles[1].Result != Unknown {
		t.Errorf("%+v", whole)
	}
	text := page(t, d)
	for _, want := range []string{"not counted", "Rows of tokens hold no text"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if err := Markdown(io.Discard, d); err != nil {
		t.Error(err)
	}
}

func TestDatasetsStandSideBySide(t *testing.T) {
	data := mustOpen(t, prepared(t, nil), prepared(t, func(cfg *mix.Config) { cfg.Output, cfg.Validation = "tokens", 0 }))
	values, _ := readBack(t, page(t, data))
	for i, label := range []string{"test (1)", "test (2)"} {
		whole := &data.Datasets[i].Whole
		for row, want := range map[string]int64{"trajectories": whole.Trajectories, "tokens": whole.Tokens.Sum, "of them for validation": whole.Validation} {
			if got := values[cellOf{"compare: What they hold", row, label}]; got != fmt.Sprint(want) {
				t.Errorf("%s of %s: %s, not %d", row, label, got, want)
			}
		}
	}
}

// The Markdown has the tables of the page, with no line that breaks one.
func TestMarkdownTablesAreWhole(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, mustOpen(t, prepared(t, nil))); err != nil {
		t.Fatal(err)
	}
	columns, tables := 0, 0
	for line := range strings.Lines(b.String()) {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns == 0 {
			columns, tables = n, tables+1
		}
		if n != columns {
			t.Errorf("%d columns in a table of %d: %s", n-1, columns-1, line)
		}
	}
	if tables < 12 {
		t.Errorf("only %d tables", tables)
	}
}
