package dialect_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// writeRows makes a Parquet file of rows.
func writeRows[T any](t *testing.T, rows []T, options ...parquet.WriterOption) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.parquet")
	if err := parquet.WriteFile(path, rows, options...); err != nil {
		t.Fatal(err)
	}
	return path
}

type jsonCall struct {
	Function struct {
		Name      string `parquet:"name"`
		Arguments string `parquet:"arguments,json"`
	} `parquet:"function"`
}

// A column of JSON becomes what it says, wherever it stands and by whichever
// sign it is known; what is no JSON stays text.
func TestColumnsOfJSONAreReadInPlace(t *testing.T) {
	var call jsonCall
	call.Function.Name, call.Function.Arguments = "f", `{"x": null}`
	type message struct {
		Role  string     `parquet:"role"`
		Text  string     `parquet:"content"`
		Calls []jsonCall `parquet:"tool_calls,list"`
	}
	typed := []struct {
		Messages []message `parquet:"messages,list"`
		Tools    string    `parquet:"tools,json"`
		Note     string    `parquet:"note,json"`
	}{{
		[]message{{Role: "user", Text: "[1]"}, {Role: "assistant", Calls: []jsonCall{call}}}, `[{"name":"f"}]`, "not JSON",
	}}
	described := []struct {
		Messages []string `parquet:"messages,list"`
		Tools    string   `parquet:"tools"`
		Text     string   `parquet:"text"`
	}{{[]string{`{"role":"user","content":"[1]"}`, `{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"x": null}}}]}`}, `[{"name":"f"}]`, `{"a":1}`}}
	features := parquet.KeyValueMetadata("huggingface",
		`{"info":{"features":{"messages":{"_type":"List","feature":{"_type":"Json"}},"tools":{"_type":"Json"},"text":{"_type":"Value","dtype":"string"}}}}`)
	older := parquet.KeyValueMetadata("huggingface", `{"info":{"features":{"messages":[{"_type":"Json"}],"tools":{"_type":"Json"}}}}`)
	for name, path := range map[string]string{
		"a logical type": writeRows(t, typed), "features of datasets": writeRows(t, described, features),
		"older features": writeRows(t, described, older), "no sign": writeRows(t, described),
	} {
		list := formattest.ReadAll(t, dialect.Input{Path: path})
		if len(list) != 1 || list[0].Err != nil {
			t.Fatalf("%s: got %+v", name, list)
		}
		raw, tr := string(list[0].Record.Raw), list[0].T
		if got := string(tr.Messages[1].Calls[0].Arguments); got != `{"x": null}` || tr.Messages[0].Content != "[1]" || string(tr.Tools) != `[{"name":"f"}]` {
			t.Errorf("%s: got %+v, tools %s", name, tr.Messages, tr.Tools)
		}
		if inPlace := strings.Contains(raw, `"tools":[{"name":"f"}]`); inPlace != (name != "no sign") {
			t.Errorf("%s: got %s", name, raw)
		}
		if strings.Contains(raw, `"text":{`) || strings.Contains(raw, `"note":n`) {
			t.Errorf("%s: a text became JSON: %s", name, raw)
		}
	}
}

// Bytes that are not UTF-8 are counted like those of any other file.
func TestBrokenBytesOfAColumnAreCounted(t *testing.T) {
	path := writeRows(t, []struct {
		Messages string `parquet:"messages"`
	}{{"[{\"role\":\"user\",\"content\":\"a \xff\"},{\"role\":\"assistant\",\"content\":\"b\"}]"}})
	list := formattest.ReadAll(t, dialect.Input{Path: path})
	if len(list) != 1 || list[0].Err != nil || fmt.Sprint(list[0].T.Notes) != "["+format.NoteReplaced+"]" {
		t.Errorf("got %+v", list)
	}
}

func TestAParquetFileWithoutRowsOrColumnsIsEmpty(t *testing.T) {
	bare := filepath.Join(t.TempDir(), "bare.parquet")
	f, err := os.Create(bare)
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewWriter(f, parquet.NewSchema("bare", parquet.Group{}))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"no row": writeRows(t, []parquetRow{}), "no column": bare} {
		list := formattest.ReadAll(t, dialect.Input{Path: path})
		if len(list) != 1 || formattest.ReasonOf(t, list[0].Err) != format.EmptyFile || !strings.HasPrefix(list[0].Err.Error(), path+":1: ") {
			t.Errorf("%s: got %+v", name, list)
		}
	}
}

// What a cell becomes is known from its page's header, or from its length: it
// is not decompressed, and not printed, to find that it is too long.
func TestACellFarTooLongIsNotHeld(t *testing.T) {
	type row struct {
		Text string `parquet:"text,zstd"`
	}
	nuls := strings.Repeat("\x00", 32<<20)
	for name, c := range map[string]struct {
		rows []row
		want string
		most uint64
	}{
		"alone":                         {[]row{{nuls}}, "too_large", 1 << 20},
		"among others":                  {[]row{{"a"}, {nuls}, {"b"}}, "unknown_format too_large unknown_format", 100 << 20},
		"longer only by escapes":        {[]row{{nuls[:3<<20]}}, "too_large", 16 << 20},
		"as long as a record, in plain": {[]row{{strings.Repeat("x", 3<<20)}}, "unknown_format", 64 << 20},
	} {
		path := writeRows(t, c.rows, parquet.SkipPageStatistics("text"), parquet.SkipPageBounds("text"))
		c.rows = nil
		var reasons []string
		bytes := allocated(func() {
			for _, o := range formattest.ReadAll(t, dialect.Input{Path: path, MaxRecord: 4 << 20}) {
				reasons = append(reasons, formattest.ReasonOf(t, o.Err))
			}
		})
		if got := strings.Join(reasons, " "); got != c.want || bytes > c.most {
			t.Errorf("%s: got %s and %d bytes allocated, want %s and at most %d", name, got, bytes, c.want, c.most)
		}
	}
}

// A group of rows that is left out keeps the places of those after it.
func TestRowsAfterALostGroupKeepTheirPlaces(t *testing.T) {
	type row struct {
		Text string `parquet:"text"`
	}
	path := filepath.Join(t.TempDir(), "rows.parquet")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewGenericWriter[row](f)
	for _, text := range []string{strings.Repeat("x", 9000), "y"} {
		if _, err := w.Write([]row{{text}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: path, MaxRecord: 1000}) {
		got += fmt.Sprintf("%d %s ", o.Record.Line, formattest.ReasonOf(t, o.Err))
	}
	if want := "1 too_large 2 unknown_format "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
