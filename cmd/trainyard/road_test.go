package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/cmd/trainyard/face"
	"trainyard/format/evidence"
	"trainyard/format/loss"
	"trainyard/format/protocol"
	"trainyard/format/style"
	"trainyard/mix"
	"trainyard/mix/convert"
	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

// oddRecords end in reasons that the dialects' own files do not have.
const oddRecords = `{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","weight":0},{"role":"user","content":"q"},{"role":"assistant","content":"b"}]}
{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","weight":0}]}
{"messages":[{"role":"user","content":"q"}]}
{"messages":[{"role":"oracle","content":"q"}]}
{"messages":[]}
{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]},{"role":"assistant","content":"a"}]}
{"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"[1]"}}]}]}
{"messages":[{"role":"user","content":"<|im_end|> q"},{"role":"assistant","content":"a <|im_start|>\n\n"}]}
{"resolved_ids":["a"],"unresolved_ids":[]}
{"cut":
`

// What inspect says of a record is what prepare makes of it: for every file of
// every dialect, and every template, output and style, token counts, trained tokens
// and marks equal the row's, and a reason is the same reason.
func TestInspectShowsWhatPrepareDoes(t *testing.T) {
	odd := filepath.Join(t.TempDir(), "odd.jsonl")
	if err := os.WriteFile(odd, []byte(oddRecords), 0o644); err != nil {
		t.Fatal(err)
	}
	paths := append(dialectFiles(t), odd)
	type road struct{ template, output, style string }
	var roads []road
	for _, output := range slices.Sorted(maps.Keys(shard.Outputs)) {
		for _, template := range slices.Sorted(maps.Keys(chat.Templates)) {
			roads = append(roads, road{template, output, "openhands"})
		}
		for _, as := range style.StyleNames() {
			roads = append(roads, road{"qwen2.5", output, as})
		}
	}
	for _, r := range roads {
		t.Run(fmt.Sprint(r), func(t *testing.T) {
			t.Parallel()
			seen := 0
			for _, path := range paths {
				seen += compareWithInspect(t, path, roadConfig(t, path, r.template, r.output, r.style))
			}
			if seen < 100 {
				t.Errorf("%d records were compared", seen)
			}
		})
	}
}

// The same holds for policies, which both ask at the same place.
func TestInspectShowsWhatPoliciesTake(t *testing.T) {
	for text, spec := range map[string]loss.Spec{
		"{last: 2}":          {"last": 2},
		"{not: errors}":      {"not": "errors"},
		"{from: first_edit}": {"from": "first_edit"},
		"{where: n_calls>0}": {"where": "n_calls>0"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			for _, path := range dialectFiles(t) {
				cfg := roadConfig(t, path, "qwen2.5", "tokens", "openhands")
				cfg.Loss = spec
				compareWithInspect(t, path, cfg, "--loss", text)
			}
		})
	}
}

// dialectFiles are the files that show the dialects.
func dialectFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../../format/dialect/testdata/*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files of dialects: %v", err)
	}
	return slices.DeleteFunc(paths, func(path string) bool { return filepath.Base(path) == "fuzz" })
}

// compareWithInspect prepares the records at path and inspects them, and
// returns how many there are.
func compareWithInspect(t *testing.T, path string, cfg mix.Config, also ...string) int {
	t.Helper()
	res, err := mix.Prepare(t.Context(), cfg)
	if res == nil {
		t.Fatalf("%s: %v", path, err)
	}
	flags := append([]string{"--template", cfg.Template, "--output", cfg.Output, "--tools-as", string(cfg.Tools)}, also...)
	shown := inspected(t, path, flags...)
	entries := slices.Collect(res.Entries())
	if len(shown) != len(entries) {
		t.Fatalf("%s: prepare read %d records, inspect shows %d", path, len(entries), len(shown))
	}
	rows := rowCounts(t, cfg.Out, cfg.Output)
	for i, e := range entries {
		f := shown[i]
		switch reason, _, _ := bytes.Cut([]byte(f.Fault), []byte(":")); {
		case e.Outcome == mix.Rejected && string(reason) != e.Reason:
			t.Errorf("%s:%d: prepare rejects for %s, inspect says %q", e.File, e.Line, e.Reason, f.Fault)
		case e.Outcome != mix.Rejected && (f.Fault != "" || f.Tokens != int(e.Tokens)):
			t.Errorf("%s:%d: prepare has %d tokens, inspect %d (%s)", e.File, e.Line, e.Tokens, f.Tokens, f.Fault)
		case e.Outcome != mix.Rejected:
			count := fmt.Sprint(f.Tokens, f.Trained)
			if rows[count]--; rows[count] < 0 {
				t.Errorf("%s:%d: no row has %d tokens of which %d are trained", e.File, e.Line, f.Tokens, f.Trained)
			}
			one := inspectedOne(t, path, i+1, flags...)
			if one.Tokens != f.Tokens || one.Trained != f.Trained || one.marked() != f.Trained {
				t.Errorf("%s:%d: the list says %d tokens, %d trained; the record %d and %d, %d of them marked", e.File, e.Line, f.Tokens, f.Trained, one.Tokens, one.Trained, one.marked())
			}
		}
	}
	return len(entries)
}

// What is made of a record over the window is the same too.
func TestInspectShowsWhatPrepareMakesFit(t *testing.T) {
	const window = 150 // of the 60 records, some fit, some are made to, some cannot be
	long := filepath.Join(t.TempDir(), "long.jsonl")
	turns := strings.Repeat(`,{"role":"user","content":"and what is the next number after that one?"},{"role":"assistant","content":"the next one is larger"}`, 20)
	if err := os.WriteFile(long, []byte(`{"id":"long","messages":[{"role":"system","content":"s"}`+turns+"]}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	paths := append(dialectFiles(t), long)
	for _, policy := range slices.Sorted(maps.Keys(convert.OverWindow)) {
		if policy == convert.Fail {
			continue
		}
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			over, split := 0, 0
			for _, path := range paths {
				cfg := roadConfig(t, path, "qwen2.5", "tokens", "openhands")
				cfg.Window, cfg.OverWindow = window, policy
				res, err := mix.Prepare(t.Context(), cfg)
				if res == nil {
					t.Fatalf("%s: %v", path, err)
				}
				shown := inspected(t, path, "--output", "tokens", "--window", fmt.Sprint(window), "--over-window", policy)
				for i, e := range slices.Collect(res.Entries()) {
					f := shown[i]
					if (e.Outcome == mix.OverWindow) != (f.Over != "") || e.Outcome != mix.Rejected && f.Tokens != int(e.Tokens) || f.Rows != int(e.Rows) {
						t.Errorf("%s:%d: prepare has %s, %d tokens, %d rows; inspect %q, %d and %d", e.File, e.Line, e.Outcome, e.Tokens, e.Rows, f.Over, f.Tokens, f.Rows)
					}
					if e.Outcome == mix.OverWindow {
						over++
					}
					split += min(1, f.Rows)
				}
			}
			if over < 3 || (split > 0) != (policy == "split") {
				t.Errorf("%d are over the window, %d are split", over, split)
			}
		})
	}
}

// A row given to tokens --jsonl has the counts that prepare wrote beside it.
func TestTokensCountsWhatPrepareCounted(t *testing.T) {
	paths := dialectFiles(t)
	for _, template := range slices.Sorted(maps.Keys(chat.Templates)) {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			n := 0
			for _, path := range paths {
				n += compareWithTokens(t, path, template)
			}
			if n < 30 {
				t.Errorf("%d rows were compared", n)
			}
		})
	}
}

// compareWithTokens prepares the records at path, counts the tokens of the rows,
// and returns how many there are.
func compareWithTokens(t *testing.T, path, template string) int {
	t.Helper()
	cfg := roadConfig(t, path, template, "messages", "openhands")
	if res, err := mix.Prepare(t.Context(), cfg); res == nil {
		t.Fatalf("%s: %v", path, err)
	}
	var chats, want bytes.Buffer
	n := 0
	eachRow(t, cfg.Out, func(row *shard.Row) {
		line, err := json.Marshal(map[string]any{"messages": row.Messages})
		if err != nil {
			t.Fatal(err)
		}
		// encoding/json names the fields as Go does.
		line = bytes.ReplaceAll(bytes.ReplaceAll(line, []byte(`{"Role":`), []byte(`{"role":`)), []byte(`,"Content":`), []byte(`,"content":`))
		chats.Write(append(line, '\n'))
		fmt.Fprintf(&want, "{\"tokens\": %d, \"trained_tokens\": %d}\n", row.NTokens, row.NTrainedTokens)
		n++
	})
	var got, said bytes.Buffer
	terminal := face.NewPipes(&got, &said)
	file := filepath.Join(t.TempDir(), "chats.jsonl")
	if err := os.WriteFile(file, chats.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	run([]string{"tokens", "count", "--jsonl", "--template", template, file, "--home", t.TempDir()}, terminal)
	if got.String() != want.String() {
		t.Errorf("%s: tokens counts\n%sprepare counted\n%s%s", path, got.Bytes(), want.Bytes(), said.Bytes())
	}
	return n
}

// roadConfig takes all records at path to rows.
func roadConfig(t *testing.T, path, template, output, as string) mix.Config {
	return mix.Config{
		Recipe: mix.RecipeID{Name: "x"}, YAML: []byte("name: x\n"), Template: template, Tools: protocol.Style(as), Output: output,
		Sampler: "all", Unit: mix.Trajectories, Window: 1 << 20, Unique: mix.UniqueNone, Out: filepath.Join(t.TempDir(), "out"),
		Sources: []mix.Source{{Name: "s", Inputs: []mix.Place{{Path: path, Given: path}}, Format: "auto", Accept: evidence.Accept{Any: true}, Share: 1}},
	}
}

// eachRow reads the rows of a dataset of conversations, of which there may be
// none.
func eachRow(t *testing.T, dir string, use func(*shard.Row)) {
	t.Helper()
	d, err := mix.OpenDataset(dir)
	if err != nil {
		return
	}
	for _, path := range d.Shards("train") {
		if err := shard.ReadRows(path, func(row *shard.Row) error { use(row); return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

// rowCounts counts the rows of a dataset by their tokens and trained tokens.
func rowCounts(t *testing.T, dir, output string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	d, err := mix.OpenDataset(dir)
	if err != nil { // nothing was left
		return counts
	}
	for _, path := range d.Shards("train") {
		if output == "packed" {
			err = shard.ReadPacked(path, func(row *shard.PackedRow) error {
				for _, f := range sequenceFacts(row) {
					counts[fmt.Sprint(f.Tokens, f.Trained)]++
				}
				return nil
			})
		} else if output == "tokens" {
			err = shard.ReadTokens(path, func(row *shard.TokenRow) error {
				counts[fmt.Sprint(len(row.InputIDs), labelled(row).Trained())]++
				return nil
			})
		} else {
			err = shard.ReadRows(path, func(row *shard.Row) error {
				counts[fmt.Sprint(row.NTokens, row.NTrainedTokens)]++
				return nil
			})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return counts
}

// A shownRecord is what inspect --json says of one record.
type shownRecord struct {
	Tokens  int        `json:"tokens"`
	Trained int        `json:"trained_tokens"`
	Over    string     `json:"over_window"`
	Rows    int        `json:"rows"`
	Fault   string     `json:"fault"`
	Turns   []turnView `json:"turns"`
}

// marked counts the tokens that are shown as trained.
func (r shownRecord) marked() (n int) {
	for _, turn := range r.Turns {
		n += turn.Trained
	}
	return n
}

func inspected(t *testing.T, path string, flags ...string) (list []shownRecord) {
	t.Helper()
	answer(t, &list, append([]string{"inspect", path, "--json"}, flags...)...)
	return list
}

func inspectedOne(t *testing.T, path string, n int, flags ...string) (one shownRecord) {
	t.Helper()
	answer(t, &one, append([]string{"inspect", path, "--json", "--row", fmt.Sprint(n)}, flags...)...)
	return one
}

// answer runs the program and reads the JSON that it prints.
func answer(t *testing.T, into any, args ...string) {
	t.Helper()
	var out, conversation bytes.Buffer
	run(append(args, "--home", t.TempDir()), face.NewPipes(&out, &conversation))
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		t.Fatalf("trainyard %q: %v\n%s%s", args, err, out.Bytes(), conversation.Bytes())
	}
}
