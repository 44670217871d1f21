package launch

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"trainyard/launch/redact"
)

// place is how far an attempt's words are in the ledger. An entry that cannot be
// read begins again: a step that is stored twice is stored once.
func (l *Ledger) place(ctx context.Context, run string, attempt int) (p place, stored string, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT place FROM attempts WHERE run = ? AND n = ?`, run, attempt).Scan(&stored)
	if err != nil {
		return p, "", l.fault(err)
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
	return l.update(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE attempts SET place = ?, heard = ? WHERE run = ? AND n = ? AND place = ?`, string(stored), heard, run, attempt, from)
		if err != nil {
			return l.fault(err)
		}
		if changed, err := res.RowsAffected(); err != nil || changed == 0 {
			return err
		}
		if n.fresh {
			if err := beginSegment(tx, run, attempt); err != nil {
				return l.fault(err)
			}
		}
		if err := insertMetrics(tx, run, attempt, n.metrics); err != nil {
			return l.fault(err)
		}
		return l.fault(summarise(tx, run, attempt, n))
	})
}

// beginSegment puts the curve so far aside.
func beginSegment(tx *sql.Tx, run string, attempt int) error {
	for _, q := range []string{
		`INSERT INTO earlier_metrics (` + metricKeys + `, segment, ` + metricColumns + `)
			SELECT m.run, m.attempt, a.segment, ` + metricColumns2 + ` FROM metrics m JOIN attempts a ON a.run = m.run AND a.n = m.attempt
			WHERE m.run = ? AND m.attempt = ?`,
		`DELETE FROM metrics WHERE run = ? AND attempt = ?`,
		`UPDATE attempts SET segment = segment + 1, step = 0, total = 0, left_ms = 0, elapsed_ms = 0 WHERE run = ? AND n = ?`,
	} {
		if _, err := tx.Exec(q, run, attempt); err != nil {
			return err
		}
	}
	return nil
}

const (
	metricKeys    = `run, attempt`
	metricColumns = `step, total, loss, eval_loss, lr, epoch, tokens_per_s, tokens, elapsed_ms, left_ms, diverged, grad_norm`
	// metricCount is the number of columns of both.
	metricCount = 14
	// together is how many rows one statement inserts: a call costs as much as
	// several rows, and the driver's work grows with the square of the values.
	together = 8
)

var metricColumns2 = "m." + strings.ReplaceAll(metricColumns, ", ", ", m.")

// insertMany merges lines of the same step: trainers log the loss and the
// validation loss of one step on two lines.
func insertMany(rows int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", metricCount), ", ") + ")"
	return `INSERT INTO metrics (` + metricKeys + `, ` + metricColumns + `) VALUES ` + strings.TrimSuffix(strings.Repeat(one+", ", rows), ", ") + `
ON CONFLICT (run, attempt, step) DO UPDATE SET
	total = max(total, excluded.total), loss = coalesce(excluded.loss, loss), eval_loss = coalesce(excluded.eval_loss, eval_loss),
	lr = coalesce(excluded.lr, lr), epoch = coalesce(excluded.epoch, epoch),
	tokens_per_s = max(tokens_per_s, excluded.tokens_per_s), tokens = max(tokens, excluded.tokens),
	elapsed_ms = max(elapsed_ms, excluded.elapsed_ms), left_ms = excluded.left_ms, diverged = max(diverged, excluded.diverged),
	grad_norm = coalesce(excluded.grad_norm, grad_norm)`
}

func insertMetrics(tx *sql.Tx, run string, attempt int, metrics []Metric) error {
	for rows := together; len(metrics) > 0; rows = 1 {
		if len(metrics) < rows {
			continue
		}
		insert, err := tx.Prepare(insertMany(rows))
		if err != nil {
			return err
		}
		args := make([]any, 0, rows*metricCount)
		for ; len(metrics) >= rows; metrics = metrics[rows:] {
			args = args[:0]
			for i := range metrics[:rows] {
				args = metrics[i].columns(args, run, attempt)
			}
			if _, err := insert.Exec(args...); err != nil {
				return err
			}
		}
		if err := insert.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (m *Metric) columns(args []any, run string, attempt int) []any {
	return append(args, run, attempt, m.Step, m.TotalSteps, nullable(m.Loss), nullable(m.EvalLoss), nullable(m.LR), nullable(m.Epoch),
		m.TokensPerSecond, m.TotalTokens, m.Elapsed.Milliseconds(), m.Left.Milliseconds(), m.Diverged, m.GradNorm.column())
}

func nullable(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}

// column is the form of a figure in a table: SQLite has no NaN.
func (f *Figure) column() any {
	if f == nil {
		return nil
	}
	v := float64(*f)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return v
}

// summarise brings the newest figures beside the attempt.
func summarise(tx *sql.Tx, run string, attempt int, n news) error {
	s := n.summary()
	_, err := tx.Exec(`
UPDATE attempts SET step = CASE WHEN ? > 0 THEN ? ELSE step END, total = max(total, ?), loss = coalesce(?, loss), eval_loss = coalesce(?, eval_loss),
	tokens_per_s = CASE WHEN ? > 0 THEN ? ELSE tokens_per_s END, elapsed_ms = max(elapsed_ms, ?),
	left_ms = CASE WHEN ? THEN ? ELSE left_ms END, told_ms = coalesce(?, told_ms),
	diverged_step = coalesce(diverged_step, ?), unread = unread + ?,
	unread_example = CASE WHEN unread_example = '' THEN ? ELSE unread_example END, trouble = ?
WHERE run = ? AND n = ?`,
		s.Step, s.Step, s.TotalSteps, nullable(s.Loss), nullable(s.EvalLoss), s.TokensPerSecond, s.TokensPerSecond, s.Elapsed.Milliseconds(),
		len(n.metrics) > 0, s.Left.Milliseconds(), toMilli(n.at), n.divergedStep(), n.unread, n.example, errorWords(n.trouble), run, attempt)
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
	s.Step, s.TotalSteps = max(s.Step, n.step), max(s.TotalSteps, n.total)
	return s
}

func (n news) divergedStep() any {
	for _, m := range n.metrics {
		if m.Diverged {
			return m.Step
		}
	}
	return nil
}

func errorWords(err error) string {
	if err == nil {
		return ""
	}
	return redact.OneLine(strings.ReplaceAll(err.Error(), "\n", "; "), 400)
}
