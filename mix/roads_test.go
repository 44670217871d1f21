package mix

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format/behaviour"
	"trainyard/format/edit"
	"trainyard/mix/shard"
)

const session = `{"id":"s","resolved":true,"messages":[` +
	`{"role":"system","content":"Old."},{"role":"user","content":"q\u001b[0m"},` +
	`{"role":"assistant","content":"a","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]},` +
	`{"role":"tool","tool_call_id":"1","content":"LONG"},{"role":"assistant","content":"done \u001b[1mnow"}]}` + "\n"

// treatedConfig is a source that needs everything a recipe can supply.
func treatedConfig(t *testing.T) (cfg Config, dir string) {
	t.Helper()
	dir = t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("a.jsonl", strings.Replace(session, "LONG", strings.Repeat("many words ", 400), 1))
	put("system.txt", "New.\n")
	put("tools.json", `[{"type":"function","function":{"name":"g","description":"Does g."}}]`)
	put("words.txt", "=== system\n{{system}}\nTools:\n{{tools}}\n=== tool\n{{name}}: {{description}}\n=== parameter\n{{name}}\n")
	cfg = prepareConfig(t, filepath.Join(dir, "a.jsonl"))
	cfg.ReadFile = func(path string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, path)) }
	cfg.ToolPrompt, cfg.Flags, cfg.Validation = "words.txt", true, 0
	cfg.Sources[0].System, cfg.Sources[0].Tools = "system.txt", "tools.json"
	cfg.Sources[0].Edits = []edit.Spec{{Name: "rename_tool", Args: map[string]any{"tools": []any{map[string]any{"from": "f", "to": "g"}}}}}
	cfg.Edits = []edit.Spec{{Name: "strip_ansi"}, {Name: "elide_observations", Args: map[string]any{"tokens": 100}}}
	return cfg, dir
}

func TestEditsAndSuppliedFilesReachTheRowsAndAreCounted(t *testing.T) {
	cfg, dir := treatedConfig(t)
	m := mustPrepare(t, cfg).Manifest
	d, err := OpenDataset(cfg.Out)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, path := range d.Shards("train") {
		err := shard.ReadRows(path, func(r *shard.Row) error {
			for _, m := range r.Messages {
				got = append(got, m.Content)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	text := strings.Join(got, "¶")
	for _, want := range []string{"New.\n\nTools:\ng: Does g.¶", "¶q¶", "<function=g>", "characters left out", "¶done now"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	notes := m.Sources[0].Notes
	if notes["strip_ansi"] != 2 || notes["elide_observations"] != 1 || notes["rename_tool"] == 0 || notes["supplied_system"] != 1 {
		t.Errorf("notes are %v", notes)
	}
	for name, data := range readDir(t, cfg.Out) {
		if strings.Contains(data, dir) {
			t.Errorf("%s holds where the files lie", name)
		}
	}
}

func TestEditsThatMatchNothingAreInTheReport(t *testing.T) {
	cfg, _ := treatedConfig(t)
	cfg.Edits = []edit.Spec{{Name: "strip_crlf"}, {Name: "drop_tool", Args: map[string]any{"tool": "h"}}}
	s := mustPrepare(t, cfg).Manifest.Sources[0]
	for _, name := range []string{"strip_crlf", "drop_tool"} {
		if n, told := s.Notes[name]; n != 0 || !told {
			t.Errorf("%s: %d, told %v", name, n, told)
		}
	}
	if len(s.Unmatched) != 1 || s.Unmatched[0] != `drop_tool: no tool "h" (tools seen: g)` {
		t.Errorf("got %q", s.Unmatched)
	}
}

func TestAChangedFileOfTheRecipeMakesAnotherDataset(t *testing.T) {
	cfg, dir := treatedConfig(t)
	m := mustPrepare(t, cfg).Manifest
	var files []string
	for _, f := range m.Inputs {
		files = append(files, f.File)
	}
	if strings.Join(files, " ") != "words.txt system.txt tools.json" {
		t.Errorf("the manifest pins %v", files)
	}
	for _, name := range files {
		if res, err := Prepare(t.Context(), cfg); err != nil || !res.Reused {
			t.Fatalf("before %s changes: reused %v, %v", name, res.Reused, err)
		}
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Prepare(t.Context(), cfg); !errors.Is(err, ErrOccupied) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s has changed, and the old dataset is taken for the new: %v", name, err)
		}
		cfg.Replace = true
		mustPrepare(t, cfg)
		cfg.Replace = false
	}
}

func TestAllThatIsWrongWithSuppliedFilesIsToldAtOnce(t *testing.T) {
	cfg, dir := treatedConfig(t)
	for _, name := range []string{"words.txt", "tools.json", "a.jsonl"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cfg.Sources[0].System = "nowhere.txt"
	_, err := Prepare(t.Context(), cfg)
	if err == nil {
		t.Fatal("it prepared")
	}
	for _, want := range []string{`tool prompt: words.txt: no section "system"`, "system: nowhere.txt: open", "source s0: tools: tools.json: the file holds an object, not a list of tools"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in\n%v", want, err)
		}
	}
}

func TestAnEditThatRefusesARecordIsAnOutcome(t *testing.T) {
	cfg, dir := treatedConfig(t)
	both := strings.Replace(session, `"{}"`, `"{\"a\":1,\"b\":2}"`, 1)
	if err := os.WriteFile(filepath.Join(dir, "a.jsonl"), []byte(both), 0o644); err != nil {
		t.Fatal(err)
	}
	rename := map[string]any{"arguments": []any{map[string]any{"from": "a", "to": "b"}}}
	cfg.Sources[0].Edits = []edit.Spec{{Name: "rename_argument", Args: rename}}
	res, err := Prepare(t.Context(), cfg)
	if !errors.Is(err, ErrNothingLeft) || res.Manifest.Sources[0].Reasons["rejected: bad_arguments"] != 1 {
		t.Errorf("got %+v, %v", res, err)
	}
}

// Flags are of the rows in shards, so that a share of them has a whole.
func TestFlagsAreCountedOverTheRowsInShards(t *testing.T) {
	cfg, _ := treatedConfig(t)
	cfg.Edits, cfg.Window = nil, 400
	res, err := Prepare(t.Context(), cfg)
	if res == nil || err == nil {
		t.Fatalf("got %v, %v; the only record is too long", res, err)
	}
	if flags := res.Manifest.Sources[0].Flags; flags[behaviour.FlagANSI] != 0 || flags[behaviour.FlagOverLength] != 1 {
		t.Errorf("flags are %v", flags)
	}
	cfg.Window = 8192
	if flags := mustPrepare(t, cfg).Manifest.Sources[0].Flags; flags[behaviour.FlagANSI] != 1 || flags[behaviour.FlagOverLength] != 0 {
		t.Errorf("with room for it, flags are %v", flags)
	}
	cfg.Flags, cfg.Out = false, filepath.Join(t.TempDir(), "other")
	if m := mustPrepare(t, cfg).Manifest; len(m.Sources[0].Flags) > 0 {
		t.Errorf("flags are %v without being asked for", m.Sources[0].Flags)
	}
}
