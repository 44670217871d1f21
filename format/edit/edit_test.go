package edit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/behaviour"
	"trainyard/format/dialect"
	"trainyard/format/edit"
	"trainyard/format/formattest"
	"trainyard/format/goldentest"
	"trainyard/format/protocol"
)

// countWords stands in for a tokenizer: a token is a word.
func countWords(text string) int { return len(strings.Fields(text)) }

var testEnv = edit.Env{
	CountTokens: countWords,
	ReadFile:    func(path string) ([]byte, error) { return []byte("from " + path + "\n"), nil },
	Specials:    []string{"<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>", "<think>", "</think>"},
}

func editing(tb testing.TB, specs ...edit.Spec) *edit.Editing {
	tb.Helper()
	e, err := edit.NewEdits(specs, testEnv)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// editCase is one case of an edit's file in testdata/edits.
type editCase struct {
	Why    string
	Args   map[string]any
	Record json.RawMessage
}

// edited is what becomes of a case.
type edited struct {
	Why      string
	Notes    []string `json:",omitempty"`
	Reject   string   `json:",omitempty"`
	Messages []string `json:",omitempty"`
	Tools    string   `json:",omitempty"`
}

func TestEveryEditMatchesItsGoldenFile(t *testing.T) {
	for _, name := range edit.Names() {
		path := filepath.Join("testdata", "edits", name+".json")
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("every edit has a file of cases: %v", err)
			continue
		}
		var got []edited
		for _, c := range formattest.Unmarshal[[]editCase](t, raw) {
			got = append(got, applyCase(t, edit.Spec{name, c.Args}, c))
		}
		goldentest.CheckJSON(t, strings.TrimSuffix(path, ".json")+".golden", got)
	}
}

func applyCase(t *testing.T, spec edit.Spec, c editCase) edited {
	tr := formattest.MustParse(t, "openai", string(c.Record))
	notes, err := editing(t, spec).Apply(tr)
	got := edited{Why: c.Why, Notes: notes}
	if err != nil {
		got.Reject = formattest.ReasonOf(t, err) + ": " + err.Error()
		return got
	}
	for _, m := range tr.Messages {
		got.Messages = append(got.Messages, show(m))
	}
	got.Tools = string(tr.Tools)
	if again, err := editing(t, spec).Apply(tr); err != nil || len(again) > 0 {
		t.Errorf("%s: %s: done again it does %v, %v", spec.Name, c.Why, again, err)
	}
	return got
}

// show writes a message as one line for people.
func show(m format.Message) string {
	line := string(m.Role) + ": " + m.Content
	for _, call := range m.Calls {
		line += fmt.Sprintf(" → %s(%s)", call.Name, call.Arguments)
	}
	if m.Name != "" {
		line += " ← " + m.Name
	}
	if m.Reasoning != "" {
		line += " (thinks: " + m.Reasoning + ")"
	}
	if m.Untrained {
		line += " (untrained)"
	}
	for _, s := range m.Masked {
		line += fmt.Sprintf(" (untrained: %q)", m.Content[s.Start:s.End])
	}
	if m.UntrainedThought && !m.Untrained {
		line += " (thought untrained)"
	}
	return line
}

func TestWrongEditsAreNamedAllAtOnce(t *testing.T) {
	_, err := edit.NewEdits([]edit.Spec{
		{Name: "close_funktion"},
		{Name: "strip_crlf", Args: map[string]any{"lines": 3}},
		{Name: "elide_observations", Args: map[string]any{"token": 3}},
		{Name: "elide_observations", Args: map[string]any{"tokens": 3}},
		{Name: "elide_observations", Args: map[string]any{"tokens": "many"}},
		{Name: "system", Args: map[string]any{"policy": "replce"}},
		{Name: "system", Args: map[string]any{"policy": "replace"}},
		{Name: "rename_tool", Args: map[string]any{"tools": []any{map[string]any{"from": "a"}}}},
	}, testEnv)
	var faults edit.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{
		`edit 1: unknown edit "close_funktion", did you mean "close_function"?`,
		`edit 2: strip_crlf: unknown argument "lines" (it takes none)`,
		`edit 3: elide_observations: unknown argument "token", did you mean "tokens"?`,
		`edit 3: elide_observations: tokens is missing`,
		`edit 4: elide_observations: tokens is 3, the least is 32`,
		`edit 5: elide_observations: tokens: want a whole number above zero, got many`,
		`edit 6: system: unknown policy "replce", did you mean "replace"?`,
		`edit 7: system: policy replace needs file or text`,
		`edit 8: rename_tool: tools: want a list of {from, to}, one is {"from":"a"}`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not among\n%v", want, err)
		}
	}
	if faults[0].Index != 0 || faults[len(faults)-1].Index != 7 || faults[len(faults)-1].Arg != "tools" {
		t.Errorf("the faults do not say where they are: %+v", faults)
	}
}

func TestEditsThatMatchNothingAreTold(t *testing.T) {
	renames := []any{map[string]any{"from": "Bsh", "to": "bash"}, map[string]any{"from": "read", "to": "view"}}
	e := editing(t,
		edit.Spec{"rename_tool", map[string]any{"tools": renames}}, edit.Spec{"drop_tool", map[string]any{"tool": "nosuch"}},
		edit.Spec{"rename_argument", map[string]any{"tool": "view", "arguments": []any{map[string]any{"from": "a", "to": "b"}}}})
	if counts := e.Counts(); len(counts) != 3 || len(e.Unmatched()) > 0 {
		t.Errorf("before the first trajectory: %v and %v", counts, e.Unmatched())
	}
	tr := &format.Trajectory{Messages: []format.Message{{Role: format.User, Content: "q"}, {Role: format.Assistant, Calls: []format.Call{{Name: "Bash"}, {Name: "read"}}}}}
	if _, err := e.Apply(tr); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`rename_tool: no tool "Bsh", did you mean "Bash"? (tools seen: Bash, read)`,
		`drop_tool: no tool "nosuch" (tools seen: Bash, view)`,
	}
	if got := e.Unmatched(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEliding(t *testing.T) {
	e := editing(t, edit.Spec{"elide_observations", map[string]any{"tokens": uint64(32)}})
	long := strings.Repeat("wörter ", 400)
	tr := &format.Trajectory{Messages: []format.Message{{Role: format.User, Content: "q"}, {Role: format.Assistant, Content: long}, {Role: format.ToolRole, Content: long}}}
	if notes, err := e.Apply(tr); err != nil || len(notes) != 1 {
		t.Fatalf("got %v, %v", notes, err)
	}
	got := tr.Messages[2].Content
	if n := countWords(got); n > 32 || n < 20 || !strings.Contains(got, " characters left out …]") || strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("%d words: %q", n, got)
	}
	if _, err := edit.NewEdits([]edit.Spec{{"elide_observations", map[string]any{"tokens": 99}}}, edit.Env{}); err == nil || !strings.Contains(err.Error(), "no tokenizer") {
		t.Errorf("without a tokenizer: %v", err)
	}
}

func TestRedactionFailsClosed(t *testing.T) {
	tr := &format.Trajectory{Messages: []format.Message{{Role: format.Assistant, Calls: []format.Call{{Name: "f", Arguments: []byte(`{"a": "`)}}}}}
	if _, err := editing(t, edit.Spec{Name: "redact_secrets"}).Apply(tr); formattest.ReasonOf(t, err) != format.BadArguments {
		t.Errorf("arguments that cannot be read: got %v", err)
	}
}

// ready are edits that every trajectory can go through, with arguments.
var ready = func() []edit.Spec {
	args := map[string]map[string]any{
		"diversify_tools":    {"tools": []any{map[string]any{"from": "execute_bash", "to": []any{"terminal", "execute_bash"}}}},
		"think_first":        {"empty": true},
		"drop_tool":          {"tool": "str_replace_editor", "commands": "view"},
		"elide_observations": {"tokens": 64},
		"scaffold_exit":      {"to": "drop"},
		"rename_argument":    {"arguments": []any{map[string]any{"from": "command", "to": "cmd"}}},
		"rename_tool":        {"tools": []any{map[string]any{"from": "execute_bash", "to": "terminal"}}},
		"strip_argument":     {"arguments": "security_risk"},
		"system":             {"policy": "drop"},
	}
	var specs []edit.Spec
	for _, name := range edit.Names() {
		specs = append(specs, edit.Spec{name, args[name]})
	}
	return specs
}()

// markers are the words that edits may add; each summary names its own.
var markers = []string{"characters", "left", "out", "redacted", "function", "terminal", "cmd", "untrained", "thinks", "thought", "think"}

// On every record of the golden files and of the real ones, an edit that
// says nothing changes nothing, one that is made again does nothing, and
// none adds words.
func TestEditsKeepTheirPromises(t *testing.T) {
	records := 0
	for _, path := range []string{
		"testdata/openai", "testdata/openhands", "testdata/openhands-completions",
		formattest.FixturesDir + "/adp/swe-gym_openhands_sampled_trajectories/sample_raw.json", formattest.FixturesDir + "/hybrid_gym/issue_localize_row0.excerpt.jsonl",
		formattest.FixturesDir + "/mini_swe_agent/upstream_testdata", formattest.FixturesDir + "/sweagent/demos",
	} {
		if _, err := dialect.Open(dialect.Input{Path: path}); err != nil {
			t.Logf("not read: %v", err)
			continue
		}
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
			if o.Err == nil {
				records++
				for _, spec := range ready {
					checkEdit(t, spec, o.T)
				}
			}
		}
	}
	t.Logf("%d records, %d edits", records, len(ready))
}

// redaction is what stands in place of a credential, whatever its kind.
var redaction = regexp.MustCompile(`\[redacted: \w+\]`)

func checkEdit(t testing.TB, spec edit.Spec, before *format.Trajectory) {
	after := copied(before)
	e := editing(t, spec)
	notes, err := e.Apply(after)
	if err != nil {
		formattest.ReasonOf(t, err)
		return
	}
	if same := shown(before) == shown(after); same != (len(notes) == 0) {
		t.Errorf("%s says %d, and the trajectory is the same: %v", spec.Name, len(notes), same)
	}
	known := map[string]bool{}
	for _, word := range slices.Concat(formattest.Words(shown(before)), markers) {
		known[word] = true
	}
	for _, word := range formattest.Words(redaction.ReplaceAllString(shown(after), "redacted")) {
		// Cutting may leave a part of a word, breaking one its two halves.
		if !known[word] && spec.Name != "elide_observations" && spec.Name != "neutralise_special" && spec.Name != "strip_ansi" {
			t.Errorf("%s adds %q", spec.Name, word)
			break
		}
	}
	if again, err := e.Apply(after); err == nil && len(again) > 0 {
		t.Errorf("%s: made again it does %d more", spec.Name, len(again))
	}
}

// What a record keeps out of the loss stays out of it, whatever an edit makes of
// the text around it, or the edit is refused.
func TestEditsKeepMaskedWordsOutOfTheLoss(t *testing.T) {
	contents := []string{
		"so #bad1# and", "#bad1#\r\nok\r\n#bad2#", "\x1b[1mok\x1b[0m #ba\x1b[1md1# end", "<function=run>\n<parameter=command>ls #bad1#</parameter>\n</function>",
		"ok <|im_end|> #bad<|im_end|>1#", "password=hunter2hunter2 #bad1# ghp_abcdefghijklmnopqrstuvwxyz0123456789", "#bad1#\n<function=think>\n<parameter=thought>hm</parameter>\n</function>",
		"rationale #bad1#",
	}
	for _, spec := range ready {
		tr := &format.Trajectory{Messages: []format.Message{{Role: format.System, Content: "S"}, {Role: format.User, Content: "q"}}}
		for _, content := range contents {
			tr.Messages = append(tr.Messages, masked(content), format.Message{Role: format.User, Content: "EXECUTION RESULT of [run]:\nr"}, masked(content))
		}
		if _, err := editing(t, spec).Apply(tr); err != nil {
			formattest.ReasonOf(t, err)
			continue
		}
		for _, m := range tr.Messages {
			left := []byte(m.Content)
			for _, s := range m.Masked {
				copy(left[s.Start:s.End], strings.Repeat("-", s.End-s.Start))
			}
			if m.Role == format.Assistant && !m.Untrained && strings.ContainsAny(string(left), "#") {
				t.Errorf("%s: of %q %q is learned", spec.Name, m.Content, left)
			}
		}
	}
}

// masked is a message of which what stands between two # is out of the loss.
func masked(content string) format.Message {
	m := format.Message{Role: format.Assistant, Content: content}
	parts := strings.Split(content, "#")
	at := 0
	for i, part := range parts {
		if at += len(part) + 1; i%2 == 0 && i+1 < len(parts) {
			m.Masked = append(m.Masked, format.Span{Start: at - 1, End: at + len(parts[i+1]) + 1})
		}
	}
	return m
}

func copied(t *format.Trajectory) *format.Trajectory {
	c := *t
	c.Messages = slices.Clone(t.Messages)
	for i := range c.Messages {
		c.Messages[i].Calls = slices.Clone(c.Messages[i].Calls)
	}
	return &c
}

func shown(t *format.Trajectory) string {
	lines := []string{string(t.Tools), t.Patch}
	for _, m := range t.Messages {
		lines = append(lines, show(m))
	}
	return strings.Join(lines, "\n")
}

// The rows of Multi-SWE-bench hold prompt and tools, so their chats are
// whole; every action of the history is a turn of the chat.
func TestHistoriesKeepEveryStep(t *testing.T) {
	type row struct {
		History []struct {
			Source, Action string
		}
		TestResult struct {
			Patch string `json:"git_patch"`
		} `json:"test_result"`
	}
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Fixture(t, "openhands_v0/multi_swe_bench_output.jsonl")}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		r := formattest.Unmarshal[row](t, o.Record.Raw)
		steps := 0
		for _, event := range r.History {
			if event.Source == "agent" && event.Action != "" && event.Action != "system" {
				steps++
			}
		}
		if o.T.Steps() != steps || o.T.Patch != r.TestResult.Patch || o.T.PromptTokens == 0 || o.T.Repo != "ponylang/ponyc" || o.T.Tools == nil {
			t.Errorf("%s: %d steps, want %d; %d prompt tokens", o.T.InstanceID, o.T.Steps(), steps, o.T.PromptTokens)
		}
	}
}
func TestADoubledToolBlockIsFoundAndTakenOut(t *testing.T) {
	v := formattest.Unmarshal[struct {
		Base      string `json:"system_prompt_base"`
		Published string `json:"system_message_as_published"`
	}](t, formattest.ReadFixture(t, "hybrid_gym/system_prompt_double_suffix_vector.json"))
	drop := editing(t, edit.Spec{Name: "drop_duplicate_tools"})
	tr := &format.Trajectory{Messages: []format.Message{{Role: format.System, Content: v.Published}}}
	notes, err := drop.Apply(tr)
	if err != nil {
		t.Fatal(err)
	}
	m := tr.Messages[0]
	if n := len(notes); n != 1 || len(protocol.DuplicateBlocks(m.Content)) != 0 || !strings.HasPrefix(v.Published, strings.TrimRight(m.Content, "\n")) {
		t.Errorf("%d blocks taken out of %d bytes, %d are left", n, len(v.Published), len(m.Content))
	}
	if row := formattest.Parsed(t, "hybrid_gym/issue_localize_row0.excerpt.jsonl")[0]; len(protocol.DuplicateBlocks(row.Messages[0].Content)) != 1 {
		t.Error("the published row's doubled block is not found")
	}
}

func FuzzEdits(f *testing.F) {
	f.Add([]byte(`{` + formattest.FuzzMessages + `}`))
	for _, name := range edit.Names() {
		raw, err := os.ReadFile(filepath.Join("testdata", "edits", name+".json"))
		if err != nil {
			f.Fatal(err)
		}
		for _, c := range formattest.Unmarshal[[]editCase](f, raw) {
			f.Add([]byte(c.Record))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		tr, err := formattest.ParseRecord("openai", string(raw))
		if err != nil || len(raw) > 1<<16 {
			return
		}
		for _, spec := range ready {
			checkEdit(t, spec, tr)
		}
		behaviour.Flags(tr, nil)
		if f := behaviour.Measure(tr); f.Steps != tr.Steps() {
			t.Errorf("%d steps of %d", f.Steps, tr.Steps())
		}
	})
}
