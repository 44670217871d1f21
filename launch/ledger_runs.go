package launch

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNoRun: no run of the ledger fits.
var ErrNoRun = errors.New("no such run")

// selectRuns joins each run with its newest attempt and the newest figures of
// that attempt. The newest loss and the newest eval_loss stand on different
// lines of a trainer's log.
const selectRuns = `
SELECT r.id, r.created_ms, r.job, a.n, a.state, a.reason, a.handle, a.progress, a.started_ms, a.ended_ms, a.code, a.signal, a.cost,
	coalesce(m.step, 0), coalesce(m.total, 0), coalesce(m.tokens_per_s, 0), coalesce(m.left_ms, 0), coalesce(m.diverged, 0),
	(SELECT loss FROM metrics x WHERE x.run = a.run AND x.attempt = a.n AND x.loss IS NOT NULL ORDER BY step DESC LIMIT 1),
	(SELECT eval_loss FROM metrics x WHERE x.run = a.run AND x.attempt = a.n AND x.eval_loss IS NOT NULL ORDER BY step DESC LIMIT 1)
FROM runs r
JOIN attempts a ON a.run = r.id AND a.n = (SELECT max(n) FROM attempts WHERE run = r.id)
LEFT JOIN metrics m ON m.run = a.run AND m.attempt = a.n
	AND m.step = (SELECT max(step) FROM metrics WHERE run = a.run AND attempt = a.n)
`

// newestFirst orders runs by creation. Those of one millisecond are told apart
// by their first events, whose numbers grow.
const newestFirst = `ORDER BY r.created_ms DESC, (SELECT min(e.id) FROM events e WHERE e.run = r.id) DESC `

// Runs lists the newest runs first, at most limit of them; 0 is all.
func (l *Ledger) Runs(ctx context.Context, limit int) ([]Run, error) {
	if limit <= 0 {
		limit = -1
	}
	return l.query(ctx, selectRuns+newestFirst+`LIMIT ?`, limit)
}

// Run returns the run with exactly this id, or ErrNoRun.
func (l *Ledger) Run(ctx context.Context, id string) (Run, error) {
	runs, err := l.query(ctx, selectRuns+`WHERE r.id = ?`, id)
	if err != nil {
		return Run{}, err
	}
	if len(runs) == 0 {
		return Run{}, fmt.Errorf("run %q: %w", id, ErrNoRun)
	}
	return runs[0], nil
}

// Find resolves a unique prefix of an id. Several runs that fit are an
// *AmbiguousError, none is ErrNoRun.
func (l *Ledger) Find(ctx context.Context, prefix string) (Run, error) {
	prefix = strings.ToLower(strings.TrimSpace(prefix))
	if prefix == "" || strings.Trim(prefix, "0123456789abcdef-") != "" {
		return Run{}, fmt.Errorf("run %q: %w: an id has digits, a to f and dashes; `trainyard runs` lists them", prefix, ErrNoRun)
	}
	runs, err := l.query(ctx, selectRuns+`WHERE r.id LIKE ? || '%' `+newestFirst, prefix)
	switch {
	case err != nil:
		return Run{}, err
	case len(runs) == 0:
		return Run{}, fmt.Errorf("run %q: %w; `trainyard runs` lists them", prefix, ErrNoRun)
	case len(runs) == 1:
		return runs[0], nil
	}
	ambiguous := &AmbiguousError{Prefix: prefix}
	for _, r := range runs {
		ambiguous.IDs = append(ambiguous.IDs, r.ID)
	}
	return Run{}, ambiguous
}

func (l *Ledger) query(ctx context.Context, query string, args ...any) ([]Run, error) {
	rows, err := l.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	defer rows.Close()
	var runs []Run
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return runs, nil
}

func scanRun(rows *sql.Rows) (Run, error) {
	var r Run
	var job string
	var created, left int64
	var started, ended, code sql.NullInt64
	err := rows.Scan(&r.ID, &created, &job, &r.N, &r.State, &r.Reason, &r.Handle, &r.Progress, &started, &ended, &code, &r.Signal, &r.Cost,
		&r.Step, &r.TotalSteps, &r.TokensPerSecond, &left, &r.Diverged, &r.Loss, &r.EvalLoss)
	if err != nil {
		return Run{}, fmt.Errorf("ledger: read run: %w", err)
	}
	if err := json.Unmarshal([]byte(job), &r.Job); err != nil {
		return Run{}, fmt.Errorf("ledger: job of run %s: %w", r.ID, err)
	}
	r.CreatedAt = time.UnixMilli(created)
	r.StartedAt, r.EndedAt = fromMilli(started), fromMilli(ended)
	r.Left = time.Duration(left) * time.Millisecond
	if code.Valid {
		c := int(code.Int64)
		r.ExitCode = &c
	}
	return r, nil
}

func fromMilli(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64)
}

func toMilli(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}
