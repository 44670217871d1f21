package dialect_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

type parquetPart struct {
	Type string  `parquet:"type"`
	Text *string `parquet:"text,optional"`
}

type parquetMessage struct {
	Role    string           `parquet:"role"`
	Content *string          `parquet:"content,optional"`
	Parts   []parquetPart    `parquet:"parts,list"`
	Extra   map[string]int32 `parquet:"extra"`
	Call    *parquetCall     `parquet:"call,optional"`
	Tags    []string         `parquet:"tags,list"`
}

type parquetCall struct {
	Name *string `parquet:"name,optional"`
	Size *int64  `parquet:"size,optional"`
}

type parquetRow struct {
	ID       string           `parquet:"id"`
	Messages []parquetMessage `parquet:"messages,list"`
	Reward   float64          `parquet:"reward"`
	Count    uint32           `parquet:"count"`
	Done     *bool            `parquet:"done,optional"`
	Grid     [][]int32        `parquet:"grid,list"`
	Tools    string           `parquet:"tools,json"`
}

func TestParquetRowsBecomeJSONWithoutPadding(t *testing.T) {
	text, size, yes := "x\ny", int64(-3), true
	rows := []parquetRow{
		{ID: "1", Messages: []parquetMessage{
			{Role: "user", Content: &text, Parts: []parquetPart{{"text", &text}, {Type: "none"}}, Tags: []string{"a", "b"}},
			{Role: "assistant", Call: &parquetCall{Size: &size}, Extra: map[string]int32{"k": 7}},
		}, Reward: 0.5, Count: 4000000000, Done: &yes, Tools: `[{"a": 1}]`},
		{ID: "2"},
	}
	path := filepath.Join(t.TempDir(), "rows.parquet")
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
	list := formattest.ReadAll(t, dialect.Input{Path: path})
	want := []string{
		`{"id":"1","messages":[{"role":"user","content":"x\ny","parts":[{"type":"text","text":"x\ny"},{"type":"none"}],"extra":{},"tags":["a","b"]},` +
			`{"role":"assistant","parts":[],"extra":{"k":7},"call":{"size":-3},"tags":[]}],"reward":0.5,"count":4000000000,"done":true,"grid":[],"tools":[{"a": 1}]}`,
		`{"id":"2","messages":[],"reward":0.0,"count":0,"grid":[],"tools":""}`,
	}
	for i, o := range list {
		if got := string(o.Record.Raw); got != want[i] || o.Record.Line != i+1 {
			t.Errorf("row %d (line %d):\n got %s\nwant %s", i+1, o.Record.Line, got, want[i])
		}
	}
	if len(list) != len(want) {
		t.Errorf("%d rows, want %d", len(list), len(want))
	}
}

func TestNestedListsOfParquetKeepTheirShape(t *testing.T) {
	type row struct {
		Grid [][]int32 `parquet:"grid,list"`
	}
	path := filepath.Join(t.TempDir(), "rows.parquet")
	if err := parquet.WriteFile(path, []row{{[][]int32{{1, 2}, {}, {3}}}, {nil}, {[][]int32{{4}}}}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
		got = append(got, string(o.Record.Raw))
	}
	want := []string{`{"grid":[[1,2],[],[3]]}`, `{"grid":[]}`, `{"grid":[[4]]}`}
	if !slices.Equal(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestADamagedParquetFileIsOneReject(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.parquet")
	if err := parquet.WriteFile(path, []parquetRow{{ID: "1"}}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"cut off": string(whole[:len(whole)-9]), "text": "PAR1 and no more", "one byte": "P", "a footer of 2 GB": string(whole[:len(whole)-5]) + "\x7fPAR1",
	} {
		var list []formattest.Outcome
		path := formattest.Write(t, "rows.parquet", content)
		bytes := allocated(func() { list = formattest.ReadAll(t, dialect.Input{Path: path}) })
		if len(list) != 1 || formattest.ReasonOf(t, list[0].Err) != format.Truncated || bytes > 1<<20 {
			t.Errorf("%s: got %+v, %d bytes allocated", name, list, bytes)
		}
	}
	// Bytes turned inside pages and headers may cost rows, never the program.
	for at := 4; at < len(whole)-8; at += 7 {
		broken := []byte(string(whole))
		broken[at] ^= 0x55
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Write(t, "rows.parquet", string(broken))}) {
			if o.Err != nil && strings.Contains(o.Err.Error(), "\n") {
				t.Errorf("byte %d: %v is not one line", at, o.Err)
			}
		}
	}
}
