package dialect_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// chatLine is a small valid record whose user asks n.
func chatLine(n int) string {
	return fmt.Sprintf(`{"messages":[{"role":"user","content":"%d"},{"role":"assistant","content":"ok"}]}`, n)
}

// told sums an input up: what was asked in each record, or why it was rejected.
func told(list []formattest.Outcome) string {
	var parts []string
	for _, o := range list {
		var r *format.Reject
		switch {
		case o.Err == nil:
			parts = append(parts, fmt.Sprintf("%d:%s", o.Record.Line, o.T.Messages[0].Content))
		case errors.As(o.Err, &r):
			parts = append(parts, fmt.Sprintf("%d:%s", r.Line, r.Reason))
		}
	}
	return strings.Join(parts, " ")
}

func TestContainers(t *testing.T) {
	one, two, three := chatLine(1), chatLine(2), chatLine(3)
	long := `{"messages":"` + strings.Repeat("x", 300) + `"}`
	for _, c := range []struct{ name, file, content, want string }{
		{"a line is a record, blank lines are not", "a.jsonl", one + "\n\n  \r\n" + two + "\r\n" + three, "1:1 4:2 5:3"},
		{"a line that is no JSON costs itself", "a.jsonl", one + "\n{\"messages\":[\n" + two, "1:1 2:not_json 3:2"},
		{"a last line cut off is told", "a.ndjson", one + "\n" + two[:20], "1:1 2:not_json"},
		{"a line too long is passed over", "a.jsonl", one + "\n" + long + "\n" + two + "\n" + long, "1:1 2:too_large 3:2 4:too_large"},
		{"an object is a record", "a.json", " " + one + "\n", "1:1"},
		{"an object over many lines is a record", "a.json", strings.ReplaceAll(one, ",", ",\n"), "1:1"},
		{"an array's elements are records", "a.json", "[\n" + one + ",\n" + two + " , " + three + "]\n", "1:1 2:2 3:3"},
		{"an array cut off loses its last record", "a.json", "[" + one + "," + two[:30], "1:1 2:not_json"},
		{"an array that does not close is told", "a.json", "[" + one + "," + two + "\n", "1:1 2:2 3:not_json"},
		{"an element too long is passed over", "a.json", "[" + one + "," + long + "," + two + "]", "1:1 2:too_large 3:2"},
		{"an element that is no object is rejected alone", "a.json", `[1,"x",null,[` + one + `],` + two + `]`,
			"1:unknown_format 2:unknown_format 3:unknown_format 4:unknown_format 5:2"},
		{"a broken element costs itself where its brackets match", "a.json", `[{"a":tru},` + one + `]`, "1:not_json 2:1"},
		{"values may follow one another", "a.json", one + "\n" + two + three, "1:1 2:2 3:3"},
		{"a stray bracket ends the file", "a.json", one + "}" + two, "1:1 2:not_json"},
		{"an unknown name is judged by content: lines", "a.txt", one + "\n" + two, "1:1 2:2"},
		{"an unknown name is judged by content: an array", "a.out", "[" + one + "]", "1:1"},
		{"a byte order mark is no content", "a.jsonl", "\xEF\xBB\xBF" + one + "\n" + two, "1:1 2:2"},
		{"white space alone is an empty file", "a.jsonl", "\n \n", "1:empty_file"},
		{"an empty array is an empty file", "a.json", "[]", "1:empty_file"},
	} {
		path := formattest.Write(t, c.file, c.content)
		if got := told(formattest.ReadAll(t, dialect.Input{Path: path, MaxRecord: 200})); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		for suffix, pack := range packers {
			packed := formattest.Write(t, c.file+suffix, pack(t, c.content))
			if got := told(formattest.ReadAll(t, dialect.Input{Path: packed, MaxRecord: 200})); got != c.want {
				t.Errorf("%s, %s: got %s, want %s", c.name, suffix, got, c.want)
			}
		}
	}
}

var packers = map[string]func(testing.TB, string) string{".gz": gzipped, ".zst": zstdPacked}

func gzipped(tb testing.TB, s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func zstdPacked(tb testing.TB, s string) string {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return string(w.EncodeAll([]byte(s), nil))
}

func TestADamagedStreamKeepsWhatWasReadBefore(t *testing.T) {
	var lines strings.Builder
	for n := range 20000 {
		lines.WriteString(fmt.Sprintf(`{"messages":[{"role":"user","content":"%d %x"},{"role":"assistant","content":"ok"}]}`, n, n*7919*7919) + "\n")
	}
	for suffix, pack := range packers {
		packed := pack(t, lines.String())
		list := formattest.ReadAll(t, dialect.Input{Path: formattest.Write(t, "a.jsonl"+suffix, packed[:len(packed)*2/3])})
		last := list[len(list)-1]
		if formattest.ReasonOf(t, last.Err) != format.Truncated || len(list) < 1000 {
			t.Errorf("%s: %d records, the last one %v", suffix, len(list), last.Err)
		}
		for i, o := range list[:len(list)-1] {
			if o.Err != nil || o.Record.Line != i+1 {
				t.Fatalf("%s: record %d: %v", suffix, i+1, o.Err)
			}
		}
	}
}

func TestADirectoryIsReadInOrderOfItsPaths(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"b.jsonl": chatLine(2), "a/z.json": chatLine(1), "c.jsonl.gz": gzipped(t, chatLine(3)), "d.jsonl": "",
		".hidden/x.jsonl": chatLine(9), "metadata.json": "{}", "notes.md": "no", "a/report.json": "{}",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := told(formattest.ReadAll(t, dialect.Input{Path: dir})), "1:1 1:2 1:3 1:empty_file"; got != want {
		t.Errorf("directory: got %s, want %s", got, want)
	}
	if got, want := told(formattest.ReadAll(t, dialect.Input{Path: filepath.Join(dir, "*.jsonl*")})), "1:2 1:3 1:empty_file"; got != want {
		t.Errorf("glob: got %s, want %s", got, want)
	}
}

func TestOpenRefusesInOneClearLine(t *testing.T) {
	dir := t.TempDir()
	empty := formattest.Write(t, "empty.jsonl", "")
	for _, c := range []struct {
		in   dialect.Input
		want string
	}{
		{dialect.Input{Path: filepath.Join(dir, "no.jsonl")}, "no such file"},
		{dialect.Input{Path: dir}, "no file to read in this directory"},
		{dialect.Input{Path: filepath.Dir(empty)}, "every file in this directory is empty"},
		{dialect.Input{Path: empty}, "the file is empty"},
		{dialect.Input{Path: filepath.Join(dir, "*.jsonl")}, "no file matches"},
		{dialect.Input{Path: dir, Format: "openhand"}, `unknown format "openhand", did you mean "openhands"?`},
		{dialect.Input{Path: dir, Format: "zzz"}, `unknown format "zzz" (known: ` + strings.Join(append(dialect.Names(), dialect.Auto), ", ") + `)`},
	} {
		_, err := dialect.Open(c.in)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: got %v, want %s", c.in, err, c.want)
		}
	}
}

func TestReadCountsEveryByteOfTheFiles(t *testing.T) {
	dir := t.TempDir()
	content := strings.Repeat(chatLine(1)+"\n", 1000)
	for name, c := range map[string]string{"a.jsonl": content, "b.jsonl.gz": gzipped(t, content), "c.jsonl.zst": zstdPacked(t, content)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(c), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := dialect.Open(dialect.Input{Path: dir})
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, f := range s.Files() {
		total += f.Size
	}
	if err := s.Records(context.Background(), func(format.Record) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if s.Read() != total {
		t.Errorf("read %d of %d bytes", s.Read(), total)
	}
}

func TestRecordsStopWithTheContextAndWithYield(t *testing.T) {
	s, err := dialect.Open(dialect.Input{Path: formattest.Write(t, "a.jsonl", strings.Repeat(chatLine(1)+"\n", 10))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	seen := 0
	err = s.Records(ctx, func(format.Record) error { seen++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || seen != 1 {
		t.Errorf("cancelled after one: got %v after %d", err, seen)
	}
	full := errors.New("disk full")
	if err := s.Records(context.Background(), func(format.Record) error { return full }); !errors.Is(err, full) {
		t.Errorf("yield's error: got %v", err)
	}
}
