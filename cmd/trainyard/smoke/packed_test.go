package smoke

import (
	"strings"
	"testing"

	"trainyard/mix/shard"
)

func TestWrongBoundariesOfPackedRowsAreFaults(t *testing.T) {
	row := func() *shard.PackedRow {
		return &shard.PackedRow{
			InputIDs: []int32{1, 2, 3, 4, 5}, Labels: []int32{shard.Ignored, 2, shard.Ignored, 4, 5}, PositionIDs: []int32{0, 1, 0, 1, 2},
			SeqLengths: []int32{2, 3}, TrajIDs: []string{"a", "b"}, Tasks: []string{"t", "t"},
		}
	}
	if err := checkSequences(row()); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*shard.PackedRow){
		"all must be as many":                  func(r *shard.PackedRow) { r.TrajIDs = r.TrajIDs[:1] },
		"4 position_ids for 5 input_ids":       func(r *shard.PackedRow) { r.PositionIDs = r.PositionIDs[:4] },
		"position_ids[2] is 2, want 0":         func(r *shard.PackedRow) { r.PositionIDs = []int32{0, 1, 2, 3, 4} },
		"seq_lengths[1] is 4, and 3 tokens":    func(r *shard.PackedRow) { r.SeqLengths = []int32{2, 4} },
		"seq_lengths sum to 4":                 func(r *shard.PackedRow) { r.SeqLengths = []int32{2, 2} },
		"seq_lengths[0] is 0":                  func(r *shard.PackedRow) { r.SeqLengths = []int32{0, 5} },
		"would be learned from the one before": func(r *shard.PackedRow) { r.Labels[2] = 3 },
	} {
		r := row()
		if spoil(r); checkSequences(r) == nil || !strings.Contains(checkSequences(r).Error(), want) {
			t.Errorf("%v, want %q", checkSequences(r), want)
		}
	}
}
