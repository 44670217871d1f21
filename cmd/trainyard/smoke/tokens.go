package smoke

import (
	"context"
	"errors"
	"fmt"

	"trainyard/mix/shard"
	"trainyard/tokenize/chat"
)

// tokens reads a shard of ids. There is nothing to tokenise, so that one
// goroutine does it as fast as the file comes.
func (r *reader) tokens(ctx context.Context, c *corpus) error {
	var spans []chat.Span
	return shard.ReadTokens(r.path, func(row *shard.TokenRow) error {
		if ctx.Err() != nil {
			return ErrStopped
		}
		r.done++
		spans = shard.AppendSpans(spans[:0], row.Labels)
		if err := checkTokens(row, spans, r.window, r.vocabulary); err != nil {
			return r.fault(fmt.Errorf("%s, row %d: %w", r.path, r.done, err))
		}
		return c.add(row.InputIDs, spans)
	})
}

// checkTokens looks at what a trainer takes on trust: a label that is not its
// token teaches another text, and an id too large reads outside the embeddings.
func checkTokens(row *shard.TokenRow, spans []chat.Span, window int, vocabulary int32) error {
	tokens := len(row.InputIDs)
	switch {
	case len(row.AttentionMask) != tokens || len(row.Labels) != tokens:
		return fmt.Errorf("%d input_ids, %d of attention_mask, %d labels: all must be as many", tokens, len(row.AttentionMask), len(row.Labels))
	case len(spans) == 0:
		return errors.New("no trained token: every label is -100, and its loss would be 0/0")
	case tokens > window:
		return overWindow(tokens, window)
	}
	for i, id := range row.InputIDs {
		switch label := row.Labels[i]; {
		case id < 0 || id >= vocabulary:
			return fmt.Errorf("input_ids[%d] is %d: the tokenizer knows the ids from 0 to %d", i, id, vocabulary-1)
		case label != shard.Ignored && label != id:
			return fmt.Errorf("labels[%d] is %d, want its token %d, or -100", i, label, id)
		case row.AttentionMask[i] != 1:
			return fmt.Errorf("attention_mask[%d] is %d, want 1: rows hold no padding", i, row.AttentionMask[i])
		}
	}
	return nil
}
