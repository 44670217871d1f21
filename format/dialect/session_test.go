package dialect_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/container"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/pyjson"
)

const (
	piHead = `{"type":"session","id":"s","cwd":"/"}`
	piTurn = `{"type":"message","message":{"role":"user","content":"q"}}` + "\n" +
		`{"type":"message","message":{"role":"assistant","content":[{"type":"text","text":"a"}],"stopReason":"stop"}}`
	piReset = `{"type":"compaction","summary":"so far"}`
)

func TestASessionFileIsOneRecordASegment(t *testing.T) {
	for _, row := range []struct {
		name, content string
		want          []string // line and reason of each record
	}{
		{"one", piHead + "\n" + piTurn + "\n", []string{"1 "}},
		{"blank lines", "\n\n" + piHead + "\n\n" + piTurn, []string{"1 "}},
		{"windows line ends", strings.ReplaceAll(piHead+"\n"+piTurn, "\n", "\r\n"), []string{"1 "}},
		{"compacted", piHead + "\n" + piTurn + "\n" + piReset + "\n" + piTurn, []string{"1 ", "4 "}},
		{"compacted at its end", piHead + "\n" + piTurn + "\n" + piReset, []string{"1 ", "4 no_assistant"}},
		{"cut off", piHead + "\n" + piTurn + "\n" + `{"type":"mess`, []string{"4 not_json"}},
		{"compacted without end", piHead + "\n" + piTurn + strings.Repeat("\n"+piReset, container.MaxSegments), []string{"1 lost_context"}},
		{"a record first", `{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}` + "\n" + piHead, []string{"1 ", "2 unknown_format"}},
	} {
		var got []string
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Write(t, "s.jsonl", row.content)}) {
			got = append(got, fmt.Sprintf("%d %s", o.Record.Line, formattest.ReasonOf(t, o.Err)))
		}
		if strings.Join(got, ",") != strings.Join(row.want, ",") {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
}

func TestASessionOverTheLimitIsSkippedWhole(t *testing.T) {
	path := formattest.Write(t, "s.jsonl", piHead+"\n"+strings.Repeat(piTurn+"\n", 100))
	list := formattest.ReadAll(t, dialect.Input{Path: path, MaxRecord: 2000})
	if len(list) != 1 || formattest.ReasonOf(t, list[0].Err) != format.TooLarge {
		t.Errorf("got %d records, the first %v", len(list), list[0].Err)
	}
}

// A first line longer than the window still opens its session.
func TestASessionMayStartOnALongLine(t *testing.T) {
	long := strings.Replace(piHead, `"/"`, `"/`+strings.Repeat("x", 2<<20)+`"`, 1)
	list := formattest.ReadAll(t, dialect.Input{Path: formattest.Write(t, "s.jsonl", long+"\n"+piTurn)})
	if len(list) != 1 || list[0].Err != nil {
		t.Errorf("got %d records, the first %v", len(list), list[0].Err)
	}
}

func TestEachFirstLineOpensOneDialect(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range bytes.Split(raw, []byte("\n")) {
			var opened []string
			// Some lines are broken on purpose: they open nothing.
			_ = pyjson.WithIndex(line, func(v pyjson.Value) error {
				for _, name := range dialect.Names() {
					if opens := dialect.Opens(name); opens != nil && opens(v) {
						opened = append(opened, name)
					}
				}
				return nil
			})
			if len(opened) > 1 || len(opened) == 1 && opened[0] != filepath.Base(filepath.Dir(file)) {
				t.Errorf("%s:%d opens %v", file, i+1, opened)
			}
		}
	}
}
