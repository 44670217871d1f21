package convert

import (
	"os"
	"path/filepath"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/edit"
	"trainyard/format/evidence"
)

// converter is a road for records of one file, of which only the format counts.
func converter(t *testing.T, o Options) *Converter {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.jsonl")
	if err := os.WriteFile(path, []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	src, err := dialect.Open(dialect.Input{Path: path, Format: "openai"})
	if err != nil {
		t.Fatal(err)
	}
	o.Template = "qwen2.5"
	c, err := New(src, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A record goes as far as it can and as it is asked to, and says where it ended.
func TestARecordEndsWhereItMust(t *testing.T) {
	judge, err := evidence.NewJudge(evidence.Accept{Field: "resolved"})
	if err != nil {
		t.Fatal(err)
	}
	const talk = `"messages":[{"role":"user","content":"q\u001b[0m"},{"role":"assistant","content":"a"}]`
	for _, c := range []struct {
		name, record string
		until        Stage
		wantedOnly   bool
		reached      Stage
		reason       string
	}{
		{"asked for no more than parsing", `{` + talk + `}`, Parsed, false, Parsed, ""},
		{"not JSON", `{"messages":[`, Tokenised, false, Read, format.NotJSON},
		{"no evidence, shown to the end", `{` + talk + `}`, Tokenised, false, Tokenised, ""},
		{"no evidence, for a dataset", `{` + talk + `}`, Tokenised, true, Judged, ""},
		{"accepted", `{"resolved":true,` + talk + `}`, Tokenised, true, Tokenised, ""},
		{"nothing of it is learned", `{"resolved":true,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","weight":0}]}`, Tokenised, true, Rendered, format.UntrainedTurns},
	} {
		road := converter(t, Options{Judge: judge, WantedOnly: c.wantedOnly, Style: "openhands", Edits: []edit.Spec{{Name: "strip_ansi"}}})
		done := road.Convert(format.Record{File: "x.jsonl", Line: 7, Raw: []byte(c.record)}, c.until)
		reason := ""
		if reject, ok := done.Err.(*format.Reject); ok {
			reason = reject.Reason
		}
		if done.Reached != c.reached || reason != c.reason {
			t.Errorf("%s: it ended at stage %d for %q, want %d for %q", c.name, done.Reached, reason, c.reached, c.reason)
		}
		if done.Reached >= Edited && len(done.Notes) == 0 && c.reason == "" {
			t.Errorf("%s: the edit left no note", c.name)
		}
	}
}

// What a stage gives is the same whether the road ends there or goes on.
func TestAStageGivesTheSameOnEveryRoad(t *testing.T) {
	record := format.Record{File: "x.jsonl", Line: 1, Raw: recordOf(t, "some words\n")}
	road := converter(t, Options{Style: "qwen", Masks: true, Parts: true})
	short, long := road.Convert(record, Rendered), road.Worker().Convert(record, Tokenised)
	if short.Err != nil || long.Err != nil || len(short.Chat) == 0 || len(short.Chat) != len(long.Chat) {
		t.Fatalf("%d and %d turns, %v, %v", len(short.Chat), len(long.Chat), short.Err, long.Err)
	}
	for i := range short.Chat {
		if short.Chat[i].Content != long.Chat[i].Content {
			t.Errorf("turn %d is %q on one road, %q on the other", i, short.Chat[i].Content, long.Chat[i].Content)
		}
	}
	if short.Example != nil || long.Example.Trained() == 0 {
		t.Errorf("examples %v and %v", short.Example, long.Example)
	}
}
