package launch

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// readBytes is how much of the progress file is in the ledger already.
func (l *Ledger) readBytes(ctx context.Context, run string, attempt int) (n int64, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT read_bytes FROM attempts WHERE run = ? AND n = ?`, run, attempt).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("ledger: %w", err)
	}
	return n, nil
}

// addMetrics stores what was read from the progress file between the byte
// offsets from and to. Where another process has stored it meanwhile, nothing
// happens.
func (l *Ledger) addMetrics(ctx context.Context, run string, attempt int, from, to int64, metrics []Metric) error {
	return l.update(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE attempts SET read_bytes = ? WHERE run = ? AND n = ? AND read_bytes = ?`, to, run, attempt, from)
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, m := range metrics {
			if err := insertMetric(tx, run, attempt, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// insertMetric merges lines of the same step: trainers log the loss and the
// validation loss of one step on two lines.
func insertMetric(tx *sql.Tx, run string, attempt int, m Metric) error {
	_, err := tx.Exec(`
INSERT INTO metrics (run, attempt, step, total, loss, eval_loss, lr, epoch, tokens_per_s, tokens, elapsed_ms, left_ms, diverged)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run, attempt, step) DO UPDATE SET
	total = max(total, excluded.total), loss = coalesce(excluded.loss, loss), eval_loss = coalesce(excluded.eval_loss, eval_loss),
	lr = coalesce(excluded.lr, lr), epoch = coalesce(excluded.epoch, epoch),
	tokens_per_s = max(tokens_per_s, excluded.tokens_per_s), tokens = max(tokens, excluded.tokens),
	elapsed_ms = max(elapsed_ms, excluded.elapsed_ms), left_ms = excluded.left_ms, diverged = max(diverged, excluded.diverged)`,
		run, attempt, m.Step, m.TotalSteps, m.Loss, m.EvalLoss, m.LR, m.Epoch, m.TokensPerSecond, m.TotalTokens,
		m.Elapsed.Milliseconds(), m.Left.Milliseconds(), m.Diverged)
	if err != nil {
		return fmt.Errorf("ledger: metric: %w", err)
	}
	return nil
}

// Metrics returns the curve of one attempt in order of its steps.
func (l *Ledger) Metrics(ctx context.Context, run string, attempt int) ([]Metric, error) {
	rows, err := l.db.QueryContext(ctx, `
SELECT step, total, loss, eval_loss, lr, epoch, tokens_per_s, tokens, elapsed_ms, left_ms, diverged
FROM metrics WHERE run = ? AND attempt = ? ORDER BY step`, run, attempt)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	defer rows.Close()
	var metrics []Metric
	for rows.Next() {
		var m Metric
		var elapsed, left int64
		if err := rows.Scan(&m.Step, &m.TotalSteps, &m.Loss, &m.EvalLoss, &m.LR, &m.Epoch,
			&m.TokensPerSecond, &m.TotalTokens, &elapsed, &left, &m.Diverged); err != nil {
			return nil, fmt.Errorf("ledger: %w", err)
		}
		m.Elapsed, m.Left = time.Duration(elapsed)*time.Millisecond, time.Duration(left)*time.Millisecond
		metrics = append(metrics, m)
	}
	return metrics, rows.Err()
}
