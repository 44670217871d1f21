package smoke

import (
	"context"
	"fmt"

	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

// sequences reads a shard of packed rows. A row is learned from as one: no token
// at a boundary is in the loss, which is checked.
func (r *reader) sequences(ctx context.Context, c *corpus) error {
	var spans []chat.Span
	return shard.ReadPacked(r.path, func(row *shard.PackedRow) error {
		if ctx.Err() != nil {
			return ErrStopped
		}
		r.done++
		spans = shard.AppendSpans(spans[:0], row.Labels)
		tokens := shard.TokenRow{InputIDs: row.InputIDs, AttentionMask: row.AttentionMask, Labels: row.Labels}
		err := checkTokens(&tokens, spans, r.window, r.vocabulary)
		if err == nil {
			err = checkSequences(row)
		}
		if err != nil {
			return r.fault(fmt.Errorf("%s, row %d: %w", r.path, r.done, err))
		}
		return c.add(row.InputIDs, spans)
	})
}

// checkSequences looks at the boundaries: attention that goes by wrong ones mixes
// trajectories, and a loss across one teaches what no model is asked for.
func checkSequences(row *shard.PackedRow) error {
	if n := len(row.SeqLengths); len(row.TrajIDs) != n || len(row.Tasks) != n {
		return fmt.Errorf("%d seq_lengths, %d traj_ids, %d tasks: all must be as many", n, len(row.TrajIDs), len(row.Tasks))
	}
	if len(row.PositionIDs) != len(row.InputIDs) {
		return fmt.Errorf("%d position_ids for %d input_ids", len(row.PositionIDs), len(row.InputIDs))
	}
	from := 0
	for k, n := range row.SeqLengths {
		if n < 1 || int(n) > len(row.InputIDs)-from {
			return fmt.Errorf("seq_lengths[%d] is %d, and %d tokens are left", k, n, len(row.InputIDs)-from)
		}
		for i := range int(n) {
			if at := row.PositionIDs[from+i]; int(at) != i {
				return fmt.Errorf("position_ids[%d] is %d, want %d: sequence %d begins at %d", from+i, at, i, k, from)
			}
		}
		if row.Labels[from] != shard.Ignored {
			return fmt.Errorf("labels[%d] is %d, want -100: the first token of sequence %d would be learned from the one before", from, row.Labels[from], k)
		}
		from += int(n)
	}
	if from != len(row.InputIDs) {
		return fmt.Errorf("seq_lengths sum to %d, and there are %d tokens", from, len(row.InputIDs))
	}
	return nil
}
