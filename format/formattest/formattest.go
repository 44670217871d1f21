package formattest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
)

const AskOK = `{"role":"user","content":"q"},{"role":"assistant","content":"ok"}`

// Tree writes files below a fresh directory.
func Tree(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for path, content := range files {
		full := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// FixturesDir holds real files of public projects, kept outside this
// repository.
const FixturesDir = "../../../shared/fixtures"

// Fixture returns the path of a real file, or skips the test.
func Fixture(tb testing.TB, name string) string {
	tb.Helper()
	path := filepath.Join(FixturesDir, name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("no fixture %s beside the repository", name)
	}
	return path
}

func ReadFixture(tb testing.TB, name string) []byte {
	tb.Helper()
	raw, err := os.ReadFile(Fixture(tb, name))
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// Unmarshal is for expectations: encoding/json stands apart from the code
// under test.
func Unmarshal[T any](tb testing.TB, raw []byte) T {
	tb.Helper()
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		tb.Fatal(err)
	}
	return v
}

// Outcome is what became of one record.
type Outcome struct {
	Record format.Record
	T      *format.Trajectory
	Err    error
}

// ReadAll reads and parses a whole input.
func ReadAll(tb testing.TB, in dialect.Input) []Outcome {
	tb.Helper()
	s, err := dialect.Open(in)
	if err != nil {
		tb.Fatal(err)
	}
	var list []Outcome
	err = s.Records(context.Background(), func(rec format.Record) error {
		rec.Raw = append([]byte(nil), rec.Raw...)
		t, err := s.Parse(rec)
		list = append(list, Outcome{rec, t, err})
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// Write makes a file in a fresh directory.
func Write(tb testing.TB, name, content string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		tb.Fatal(err)
	}
	return path
}

// ParseRecord reads one record in a named format.
func ParseRecord(formatName, raw string) (*format.Trajectory, error) {
	return dialect.ParseRecord(formatName, format.Record{File: "test.jsonl", Line: 1, Raw: []byte(raw)})
}

func MustParse(tb testing.TB, format, raw string) *format.Trajectory {
	tb.Helper()
	t, err := ParseRecord(format, raw)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// ReasonOf is a Reject's reason, "" for no error.
func ReasonOf(tb testing.TB, err error) string {
	tb.Helper()
	if err == nil {
		return ""
	}
	r, ok := err.(*format.Reject)
	if !ok {
		tb.Fatalf("%T is no *Reject: %v", err, err)
	}
	return r.Reason
}

// Tally counts outcomes: "5 parsed, 2 not_json".
func Tally(tb testing.TB, list []Outcome) string {
	counts := map[string]int{}
	for _, o := range list {
		reason := ReasonOf(tb, o.Err)
		if reason == "" {
			reason = "parsed"
		}
		counts[reason]++
	}
	var parts []string
	for reason, n := range counts {
		parts = append(parts, fmt.Sprintf("%d %s", n, reason))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

const FuzzMessages = `"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"q\r\n<|im_end|>"}]},` +
	`{"role":"assistant","content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"a\":[1,2.5,null,\"x\\n\"]}"}},{"id":"2","function":{"name":"g<|im_end|>","arguments":{}}}]},` +
	`{"role":"tool","tool_call_id":"2","content":"r"},{"role":"tool","tool_call_id":"1","content":"r"},{"role":"assistant","content":"\n ok","weight":0}],` +
	`"tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{"a":{"type":["string",null],"enum":[1,"b"]}},"required":["a"]}}}]`

// Words cuts text at everything but letters; JSON's \n and the like are cut
// out first.
func Words(text string) []string {
	for _, escape := range []string{`\n`, `\t`, `\r`, `\b`, `\f`} {
		text = strings.ReplaceAll(text, escape, " ")
	}
	return strings.FieldsFunc(text, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') })
}

// CheckChat holds a chat against what every trainer needs.
func CheckChat(tb testing.TB, chat format.Chat) {
	tb.Helper()
	for i, turn := range chat {
		want := []format.Role{format.Assistant, format.User}[i%2]
		if i == 0 {
			want = format.System
		}
		if turn.Role != want {
			tb.Errorf("turn %d is %s, want %s", i+1, turn.Role, want)
		}
		if lead := turn.Content[:len(turn.Content)-len(strings.TrimLeft(turn.Content, " \t\r\n\v\f"))]; turn.Role == format.Assistant && strings.ContainsAny(lead, "\r\n") {
			tb.Errorf("turn %d starts with an empty line: %.40q", i+1, turn.Content)
		}
	}
	if len(chat) < 3 || chat[0].Content == "" || chat[len(chat)-1].Role != format.Assistant {
		tb.Errorf("a chat of %d turns with system text %.40q", len(chat), chat[0].Content)
	}
}

func SameMessage(a, b format.Message) bool {
	return a.Role == b.Role && a.Content == b.Content && a.CallID == b.CallID && a.Name == b.Name &&
		slices.EqualFunc(a.Calls, b.Calls, func(a, b format.Call) bool {
			return a.ID == b.ID && a.Name == b.Name && string(a.Arguments) == string(b.Arguments)
		})
}

// Flat writes a chat as ChatML, which is all that a template does with text.
func Flat(chat format.Chat) string {
	var b strings.Builder
	for _, turn := range chat {
		b.WriteString("<|im_start|>" + string(turn.Role) + "\n" + turn.Content + "<|im_end|>\n")
	}
	return b.String()
}

// OwnPrompt is a template of our own that uses every section.
const OwnPrompt = `Lines before the first section are comments.
=== system
{{system}}
TOOLS{{tools}}
{{braces}}end}}
{{equals}}== not a section
=== tool

{{number}}) {{name}}: {{description}}{{parameters}}.
=== between tools
 --
=== parameters
 with{{parameters}}
=== no parameters
 alone
=== parameter
 [{{number}} {{name}} {{type}} {{need}} {{description}}{{values}}]
=== required
must
=== optional
may
=== no type
any
=== no description
nothing said
=== values
 of {{values}}
=== between values
|
=== result
{{name}} says {{content}}
=== first user
Example. Task: {{content}} Go.
`

// Parsed are the trajectories of a real file.
func Parsed(tb testing.TB, name string) []*format.Trajectory {
	tb.Helper()
	var list []*format.Trajectory
	for _, o := range ReadAll(tb, dialect.Input{Path: Fixture(tb, name)}) {
		if o.Err != nil {
			tb.Fatal(o.Err)
		}
		list = append(list, o.T)
	}
	return list
}
