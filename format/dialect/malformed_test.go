package dialect_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/pyjson"
)

// What parsing a record may cost, whatever stands in it. The worst met were 72
// bytes of heap for each of a record's 6,658: 950 objects in one another whose
// member names are one letter long. Half of that are lists of members made to
// print them, a quarter is the index while it grows.
const (
	mostBytesPerByte = 64
	mostBytesBeside  = 128 << 10
	mostTime         = time.Minute // for half a megabyte: only a hang takes that long
)

// Truncated, nested as deep as is read and deeper, and with texts that are
// hard to read: each record of ours ends as a trajectory or as a Reject.
func TestABrokenRecordIsToldAndCostsLittle(t *testing.T) {
	records, dearest := 0, 0.0
	for name, rec := range ownRecords(t) {
		for what, raw := range broken(t, rec.Raw) {
			dearest = max(dearest, checkCost(t, name, what, format.Record{File: rec.File, Line: rec.Line, Raw: raw}))
			records++
		}
	}
	t.Logf("%d records, at most %.1f bytes allocated for a byte read", records, dearest)
}

// hostile are texts that a parser of text may go back and forth in.
var hostile = []string{
	"[", `{"`, `[{'a':`, `\`, "'", "\n", "\n```\n", "é\xff", "<think>", "$(", "\x1b[",
	"<function=f>", "<function=f>\n<parameter=a>", "<tool_call>\n", "<tool_call>\n{\"name\":",
}

// Half a megabyte of anything is read in a time that grows with its size.
func TestNoLongTextHoldsTheReaderUp(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	done := map[string]bool{}
	for name, rec := range ownRecords(t) {
		longest := longestText(t, rec.Raw)
		if done[name] || longest.start == longest.end {
			continue
		}
		done[name] = true
		for _, text := range hostile {
			raw := spliced(rec.Raw, longest, string(pyjson.QuoteJSON(nil, strings.Repeat(text, 1<<19/len(text)))))
			checkCost(t, name, fmt.Sprintf("half a megabyte of %q", text), format.Record{File: rec.File, Line: rec.Line, Raw: raw})
		}
	}
	if len(done) != len(dialect.Dialects) {
		t.Errorf("tried %d dialects of %d", len(done), len(dialect.Dialects))
	}
	line := chatLine(1)
	raw := spliced([]byte(line), longestText(t, []byte(line)), `"`+strings.Repeat("all work, ", 10<<20)+`"`)
	checkCost(t, "openai", "a text of 100 MB", format.Record{File: "x.jsonl", Line: 1, Raw: raw})
}

// A line of 200 MB costs what the longest record costs: a buffer that grew to
// its size by doubling, in each of the two readings of a source.
func TestALineOf200MBIsPassedOver(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	path := formattest.Write(t, "x.jsonl", `{"messages":"`)
	if err := os.Truncate(path, 200<<20); err != nil { // filled with zeros
		t.Fatal(err)
	}
	s, err := dialect.Open(dialect.Input{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	var got error
	bytes := allocated(func() {
		err = s.Records(context.Background(), func(rec format.Record) error { got = rec.Err; return nil })
	})
	if err != nil || formattest.ReasonOf(t, got) != format.TooLarge || bytes > 2*3*dialect.DefaultMaxRecord {
		t.Errorf("got %v, %v, %d bytes allocated, want at most six times %d", err, got, bytes, dialect.DefaultMaxRecord)
	}
	t.Logf("%.2f times a record's greatest size", float64(bytes)/dialect.DefaultMaxRecord)
}

// ownRecords yields the records of the golden files that can be read, with
// the dialect they are written in.
func ownRecords(t *testing.T) iter.Seq2[string, format.Record] {
	return func(yield func(string, format.Record) bool) {
		for _, name := range dialect.Names() {
			for _, o := range formattest.ReadAll(t, dialect.Input{Path: filepath.Join("testdata", name)}) {
				if o.Record.Err == nil && !yield(name, o.Record) {
					return
				}
			}
		}
	}
}

// checkCost parses a record and holds its outcome, its time and its memory
// against what is promised. It returns the bytes allocated for each byte.
func checkCost(t *testing.T, name, what string, rec format.Record) float64 {
	t.Helper()
	var err error
	start := time.Now()
	bytes := allocated(func() { _, err = dialect.ParseRecord(name, rec) })
	took := time.Since(start)
	checkReject(t, rec, err)
	if most := uint64(mostBytesPerByte*len(rec.Raw) + mostBytesBeside); bytes > most && !underRace || took > mostTime {
		t.Errorf("%s: %s:%d with %s, %d bytes: %d bytes allocated, want at most %d, in %s", name, rec.File, rec.Line, what, len(rec.Raw), bytes, most, took)
	}
	return (float64(bytes) - mostBytesBeside) / float64(len(rec.Raw))
}

// broken yields a record cut off at several places, and with each of its
// values replaced by nesting, and each text by one of the hostile ones.
func broken(t *testing.T, raw []byte) iter.Seq2[string, []byte] {
	const places, levels, deep, long = 9, pyjson.MaxDepth - 50, 100_000, 4 << 10
	return func(yield func(string, []byte) bool) {
		for i := range places {
			if at := len(raw) * (i + 1) / (places + 1); !yield(fmt.Sprintf("its first %d bytes alone", at), raw[:at]) {
				return
			}
		}
		for i, n := range valuesOf(t, raw) {
			what, other := "arrays", strings.Repeat("[", levels)+strings.Repeat("]", levels)
			switch i % 4 {
			case 1, 2:
				what, other = "objects", strings.Repeat(`{"a":`, levels)+"1"+strings.Repeat("}", levels)
			case 3:
				what, other = "too deep arrays", strings.Repeat("[", deep)+strings.Repeat("]", deep)
			}
			at := fmt.Sprintf(" at byte %d", n.start)
			text := hostile[i%len(hostile)]
			if !yield(what+at, spliced(raw, n, other)) ||
				n.text && !yield(fmt.Sprintf("much %q%s", text, at), spliced(raw, n, string(pyjson.QuoteJSON(nil, strings.Repeat(text, long/len(text)))))) {
				return
			}
		}
	}
}

// A valueSpan is where a value lies in a record: [start, end).
type valueSpan struct {
	start, end int
	text       bool
}

// valuesOf are the places of a record's values, members' names left out.
func valuesOf(t *testing.T, raw []byte) (places []valueSpan) {
	t.Helper()
	var visit func(v pyjson.Value)
	visit = func(v pyjson.Value) {
		start, end := v.Span()
		places = append(places, valueSpan{start, end, v.Kind() == pyjson.KindText})
		for _, member := range v.Members() {
			visit(member)
		}
		for _, element := range v.Elements() {
			visit(element)
		}
	}
	if err := pyjson.WithIndex(raw, func(v pyjson.Value) error { visit(v); return nil }); err != nil {
		t.Fatal(err)
	}
	return places
}

// longestText is the place of a record's longest string.
func longestText(t *testing.T, raw []byte) (longest valueSpan) {
	for _, p := range valuesOf(t, raw) {
		if p.text && p.end-p.start > longest.end-longest.start {
			longest = p
		}
	}
	return longest
}

// spliced is a record with one value replaced.
func spliced(raw []byte, at valueSpan, other string) []byte {
	return append(append(append(make([]byte, 0, len(raw)+len(other)), raw[:at.start]...), other...), raw[at.end:]...)
}
