package mix

import (
	"bytes"
	"encoding/gob"
	"reflect"
	"slices"
	"testing"

	"trainyard/format/evidence"
	"trainyard/mix/convert"
	"trainyard/mix/dedup"
)

// fullResult has something in every field that a cache must keep.
func fullResult() *result {
	return &result{
		entry: Entry{Line: 3, ID: "x", Outcome: Kept, Reason: "why", Tokens: 5, Rows: 2},
		item: Item{
			Source: 1, Tokens: 5, Trained: 4, Steps: 3, Bytes: 9, Text: 8, ID: 7, Digest: digest{1, 2},
			at:    extent{12, 13, 2},
			extra: &extra{6, &bill{"t", 0.5, 10, 11}, &fitting{length{20, 19}, "why", []length{{1, 2}, {4, 2}}}},
		},
		repo: "o/r", inst: "o__r-1", teacher: "t", kept: true, trial: trial{"o/r", "o__r-1", true, true}, values: []float64{1.5, 2},
		suspicion: &suspicion{1, 2, []dedup.Hit{{Gram: 1, Piece: 2, Start: 3, End: 4}}, dedup.Match{Found: 1, All: 2, First: "x"}},
		sketch:    &sketch{signature: dedup.Sign([]string{"some words that are more than five"}), at: extent{25, 26, 2}},
		file:      "/data/a.jsonl", detail: "more of it", met: convert.Met{Edited: true, Undescribed: []string{"tool"}},
		notes: []string{"note"}, warned: []string{"kind"},
	}
}

// What a worker gives comes back from the cache whole, but for what is filled in
// afterwards or lies in the rows.
func TestARecordKeepsAllOfAResult(t *testing.T) {
	full := fullResult()
	later := map[string][]string{
		"result": {"packed", "err"}, "sketch": {"turns"}, "Item": {"Repo", "Instance", "Teacher"}, "Entry": {"Source", "File", "Detail", "item", "of"},
	}
	for _, part := range []any{*full, full.entry, full.item, full.item.at, *full.item.extra, *full.item.bill(), *full.item.fit(), full.trial, *full.suspicion, *full.sketch} {
		v := reflect.ValueOf(part)
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Field(i).IsZero() && !slices.Contains(later[v.Type().Name()], name) {
				t.Errorf("%s.%s is not tried", v.Type().Name(), name)
			}
		}
	}
	measures := []*evidence.Measure{{}, {}}
	var file bytes.Buffer
	if err := gob.NewEncoder(&file).Encode(full.record(measures)); err != nil {
		t.Fatal(err)
	}
	var kept record
	if err := gob.NewDecoder(&file).Decode(&kept); err != nil {
		t.Fatal(err)
	}
	if got := kept.result(1, 2, measures); !reflect.DeepEqual(got, full) {
		t.Errorf("got  %+v\nwant %+v", got, full)
	}
}
