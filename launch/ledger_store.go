package launch

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"trainyard/launch/database"
	"trainyard/launch/redact"
)

// place is how far an attempt's words are in the ledger. An entry that cannot be
// read begins again: a step that is stored twice is stored once.
func (l *Ledger) place(ctx context.Context, run string, attempt int) (p place, stored string, err error) {
	err = l.db.QueryRow(ctx, `SELECT place FROM attempts WHERE run = ? AND n = ?`, run, attempt).Scan(&stored)
	if err != nil {
		return p, "", l.db.Fault(err)
	}
	if json.Unmarshal([]byte(stored), &p) != nil {
		p = place{}
	}
	return p, stored, nil
}

// store adds what was heard between two places. from is the earlier place as
// the ledger has it; where another process has stored it meanwhile, nothing
// happens. heard says that nothing more will come.
func (l *Ledger) store(ctx context.Context, run string, attempt int, from string, to place, n news, heard bool) error {
	stored, err := json.Marshal(to)
	if err != nil {
		return fmt.Errorf("ledger: place of run %s: %w", run, err)
	}
	return l.db.Append(ctx, func(tx *database.Tx) error {
		res, err := tx.Exec(`UPDATE attempts SET place = ?, heard = ? WHERE run = ? AND n = ? AND place = ?`, string(stored), heard, run, attempt, from)
		if err != nil {
			return err
		}
		if changed, err := res.RowsAffected(); err != nil || changed == 0 {
			return err
		}
		if n.fresh {
			if err := beginSegment(tx, run, attempt); err != nil {
				return err
			}
		}
		if err := n.storeSegments(tx, run, attempt); err != nil {
			return err
		}
		return summarise(tx, run, attempt, n)
	})
}

// storeSegments adds the points, each to the segment that it was told in.
func (n news) storeSegments(tx *database.Tx, run string, attempt int) error {
	segment, err := segmentOf(tx, run, attempt)
	from := 0
	for _, start := range n.starts {
		if err == nil {
			err = storePoints(tx, run, attempt, segment, n.metrics[from:start], true)
		}
		if err == nil {
			err = beginSegment(tx, run, attempt)
		}
		segment, from = segment+1, start
	}
	if err == nil {
		err = storePoints(tx, run, attempt, segment, n.metrics[from:], true)
	}
	if err == nil {
		err = storePoints(tx, run, attempt, segment, n.beside, false)
	}
	return err
}

// beginSegment leaves the curve so far as it is: what comes belongs to a new one.
func beginSegment(tx *database.Tx, run string, attempt int) error {
	_, err := tx.Exec(`UPDATE attempts SET segment = segment + 1, step = 0, total = 0, left_ms = 0, elapsed_ms = 0, tokens = 0 WHERE run = ? AND n = ?`, run, attempt)
	return err
}

func segmentOf(tx *database.Tx, run string, attempt int) (segment int, err error) {
	err = tx.QueryRow(`SELECT segment FROM attempts WHERE run = ? AND n = ?`, run, attempt).Scan(&segment)
	return segment, err
}

func nullable(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}

// summarise brings the newest figures beside the attempt.
func summarise(tx *database.Tx, run string, attempt int, n news) error {
	s := n.summary()
	_, err := tx.Exec(`
UPDATE attempts SET step = CASE WHEN CAST(? AS BIGINT) > 0 THEN ? ELSE step END, total = CASE WHEN CAST(? AS BIGINT) > 0 THEN ? ELSE total END, loss = coalesce(?, loss), eval_loss = coalesce(?, eval_loss),
	tokens_per_s = CASE WHEN CAST(? AS DOUBLE PRECISION) > 0 THEN ? ELSE tokens_per_s END, elapsed_ms = CASE WHEN ? > elapsed_ms THEN ? ELSE elapsed_ms END,
	left_ms = CASE WHEN ? THEN ? ELSE left_ms END, told_ms = coalesce(?, told_ms),
	diverged_step = coalesce(diverged_step, ?), unread = unread + ?,
	unread_example = CASE WHEN unread_example = '' THEN ? ELSE unread_example END, trouble = ?,
	tokens = CASE WHEN ? > tokens THEN ? ELSE tokens END, saved_step = coalesce(?, saved_step)
WHERE run = ? AND n = ?`,
		s.Step, s.Step, s.TotalSteps, s.TotalSteps, nullable(s.Loss), nullable(s.EvalLoss), s.TokensPerSecond, s.TokensPerSecond, s.Elapsed.Milliseconds(), s.Elapsed.Milliseconds(),
		len(n.metrics) > 0, s.Left.Milliseconds(), toMilli(n.at), n.divergedStep(), n.unread, n.example, errorWords(n.trouble),
		s.TotalTokens, s.TotalTokens, nullableInt(n.saved), run, attempt)
	return err
}

// summary is the newest figure of each kind.
func (n news) summary() Metric {
	var s Metric
	for _, m := range n.metrics {
		loss := s.Loss
		if s = s.merge(m); s.Loss == nil {
			s.Loss = loss // the newest that is a number
		}
	}
	s.Step, s.TotalSteps = max(s.Step, n.step), cmp.Or(n.total, s.TotalSteps)
	return s
}

func (n news) divergedStep() any {
	for _, metrics := range [][]Metric{n.metrics, n.beside} {
		for _, m := range metrics {
			if m.Diverged {
				return m.Step
			}
		}
	}
	return nil
}

func errorWords(err error) string {
	if err == nil {
		return ""
	}
	return redact.OneLine(redact.Here(strings.ReplaceAll(err.Error(), "\n", "; ")), 400)
}
