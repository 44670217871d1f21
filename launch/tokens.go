package launch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// tokenKeys are the keys under which trainers count the tokens that they have
// trained on, all of one meaning.
const tokenKeys = `('total_tokens', 'num_input_tokens_seen', 'num_tokens')`

// TokensTrained is how many tokens an attempt itself has trained on; nil where its
// trainer does not tell. A trainer that goes on from a checkpoint may count on from
// it or anew: it counts on where its first count is no smaller than the one of the
// checkpoint, and where that one is not known, nothing is.
func (l *Ledger) TokensTrained(ctx context.Context, run string, a Attempt) (*int64, error) {
	if a.Tokens == 0 || a.ResumedStep == nil {
		if a.Tokens == 0 {
			return nil, nil
		}
		return &a.Tokens, nil
	}
	first, err := l.tokens(ctx, `s.attempt = ? AND p.step = s.first_step AND s.run = ?`, a.N, run)
	if err != nil || first == nil {
		return nil, err
	}
	before, err := l.tokens(ctx, `s.attempt < ? AND s.run = ? AND p.step = ?`, a.N, run, *a.ResumedStep)
	if err != nil || before == nil {
		return nil, err
	}
	own := a.Tokens
	if *first >= *before {
		own -= *before
	}
	return &own, nil
}

// tokens is the newest count of those that fit.
func (l *Ledger) tokens(ctx context.Context, where string, args ...any) (*int64, error) {
	var count float64
	err := l.db.QueryRow(ctx, `SELECT p.value FROM series s JOIN points p ON p.series = s.id WHERE s.key IN `+tokenKeys+` AND `+where+
		` ORDER BY s.attempt DESC, s.segment DESC LIMIT 1`, args...).Scan(&count)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, l.db.Fault(fmt.Errorf("count tokens: %w", err))
	}
	n := int64(count)
	return &n, nil
}
