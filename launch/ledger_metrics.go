package launch

import (
	"context"
	"strconv"
	"time"
)

func figureOf(column any) *Figure {
	var f Figure
	switch v := column.(type) {
	case float64:
		f = Figure(v)
	case int64:
		f = Figure(v)
	case string:
		parsed, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return nil
		}
		f = Figure(parsed)
	default:
		return nil
	}
	return &f
}

// Metrics returns the curve of one attempt in order of its steps. Where the
// trainer's log was begun anew, it is the newest segment's.
func (l *Ledger) Metrics(ctx context.Context, run string, attempt int) ([]Metric, error) {
	return l.curve(ctx, `SELECT `+metricColumns+` FROM metrics WHERE run = ? AND attempt = ? ORDER BY step`, run, attempt)
}

// EarlierMetrics returns the segments of an attempt's log before the newest,
// oldest first, as they were read before the log was begun anew.
func (l *Ledger) EarlierMetrics(ctx context.Context, run string, attempt, segments int) ([][]Metric, error) {
	earlier := make([][]Metric, 0, segments)
	for segment := range segments {
		curve, err := l.curve(ctx, `SELECT `+metricColumns+` FROM earlier_metrics WHERE run = ? AND attempt = ? AND segment = ? ORDER BY step`, run, attempt, segment)
		if err != nil {
			return nil, err
		}
		earlier = append(earlier, curve)
	}
	return earlier, nil
}

func (l *Ledger) curve(ctx context.Context, query string, args ...any) ([]Metric, error) {
	rows, err := l.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, l.fault(err)
	}
	defer rows.Close()
	var metrics []Metric
	for rows.Next() {
		var m Metric
		var elapsed, left int64
		var gradNorm any
		if err := rows.Scan(&m.Step, &m.TotalSteps, &m.Loss, &m.EvalLoss, &m.LR, &m.Epoch,
			&m.TokensPerSecond, &m.TotalTokens, &elapsed, &left, &m.Diverged, &gradNorm); err != nil {
			return nil, l.fault(err)
		}
		m.Elapsed, m.Left, m.GradNorm = milliseconds(elapsed), milliseconds(left), figureOf(gradNorm)
		metrics = append(metrics, m)
	}
	return metrics, l.fault(rows.Err())
}

// interval is the number of steps between the two newest figures; 0 where there
// are none.
func (l *Ledger) interval(ctx context.Context, run string, attempt int) (n int64, err error) {
	err = l.db.QueryRowContext(ctx, `
SELECT coalesce(max(step) - min(step), 0) FROM (SELECT step FROM metrics WHERE run = ? AND attempt = ? ORDER BY step DESC LIMIT 2)`, run, attempt).Scan(&n)
	return n, l.fault(err)
}

// milliseconds holds a number of a table inside what a time.Duration can hold.
func milliseconds(ms int64) time.Duration {
	return time.Duration(min(max(ms, 0), maxSeconds*1000)) * time.Millisecond
}
