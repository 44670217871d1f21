package launch

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"trainyard/launch/redact"
)

// ErrNoRun: no run of the ledger fits.
var ErrNoRun = errors.New("no such run")

// selectRuns joins each run with its attempts, beside which their newest figures
// stand.
const selectRuns = `
SELECT r.id, r.created_ms, r.created_by, r.home, r.job, a.n, a.state, a.reason, a.never_started, a.verdict, a.handle, a.progress, a.output, a.started_ms, a.ended_ms, a.code, a.signal, a.cost,
	a.heard, a.segment, a.step, a.total, a.loss, a.eval_loss, a.tokens_per_s, a.elapsed_ms, a.left_ms, a.told_ms, a.diverged_step,
	a.unread, a.unread_example, a.trouble, a.tokens,
	a.gpu, a.gpus, a.price, a.limit_ms, a.asked_ms, a.ready_ms, a.saved_step, a.resumed_from, a.resumed_step, a.environment
FROM runs r JOIN attempts a ON a.run = r.id
`

// newestAttempt leaves the newest attempt of each run.
const newestAttempt = `a.n = (SELECT max(n) FROM attempts WHERE run = r.id) `

// newestFirst orders runs by creation. Those of one millisecond are told apart
// by their first events, whose numbers grow.
const newestFirst = `ORDER BY r.created_ms DESC, (SELECT min(e.id) FROM events e WHERE e.run = r.id) DESC `

// Runs lists the newest runs first, at most limit of them; 0 is all. A run whose
// row cannot be read does not hide the others: it is told in the error, which
// comes with them.
func (l *Ledger) Runs(ctx context.Context, limit int) ([]Run, error) {
	statement := selectRuns + `WHERE ` + newestAttempt + newestFirst
	if limit <= 0 {
		return l.query(ctx, statement)
	}
	return l.query(ctx, statement+`LIMIT ?`, limit)
}

// Run returns the run with exactly this id, or ErrNoRun.
func (l *Ledger) Run(ctx context.Context, id string) (Run, error) {
	runs, err := l.query(ctx, selectRuns+`WHERE r.id = ? AND `+newestAttempt, id)
	if err != nil {
		return Run{}, err
	}
	if len(runs) == 0 {
		return Run{}, fmt.Errorf("run %q: %w", id, ErrNoRun)
	}
	return runs[0], nil
}

// RunAt is Run with its attempt n, whichever is the newest.
func (l *Ledger) RunAt(ctx context.Context, id string, n int) (Run, error) {
	runs, err := l.query(ctx, selectRuns+`WHERE r.id = ? AND a.n = ?`, id, n)
	if err == nil && len(runs) == 0 {
		err = fmt.Errorf("run %q attempt %d: %w", id, n, ErrNoRun)
	}
	if err != nil {
		return Run{}, err
	}
	return runs[0], nil
}

// Attempts lists all attempts of a run, the first one first.
func (l *Ledger) Attempts(ctx context.Context, id string) ([]Attempt, error) {
	runs, err := l.query(ctx, selectRuns+`WHERE r.id = ? ORDER BY a.n`, id)
	all := make([]Attempt, len(runs))
	for i, r := range runs {
		all[i] = r.Attempt
	}
	return all, err
}

// Siblings lists the ids of other runs of the same recipe that have not ended,
// newest first.
func (l *Ledger) Siblings(ctx context.Context, run Run) ([]string, error) {
	rows, err := l.db.Query(ctx, `
SELECT r.id FROM runs r JOIN attempts a ON a.run = r.id
WHERE r.fingerprint = ? AND r.id <> ? AND a.state IN (?, ?, ?, ?, ?) AND `+newestAttempt+newestFirst, run.Job.Fingerprint, run.ID, Pending, Starting, Queued, Running, Stopping)
	if err != nil {
		return nil, l.db.Fault(err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, l.db.Fault(err)
		}
		ids = append(ids, id)
	}
	return ids, l.db.Fault(rows.Err())
}

// Find resolves a unique prefix of an id. Several runs that fit are an
// *AmbiguousError, none is ErrNoRun.
func (l *Ledger) Find(ctx context.Context, prefix string) (Run, error) {
	prefix = strings.ToLower(strings.TrimSpace(prefix))
	if prefix == "" || strings.Trim(prefix, "0123456789abcdef-") != "" {
		return Run{}, fmt.Errorf("run %q: %w: an id has digits, a to f and dashes; `trainyard runs` lists them", prefix, ErrNoRun)
	}
	runs, err := l.query(ctx, selectRuns+`WHERE r.id LIKE ? || '%' AND `+newestAttempt+newestFirst, prefix)
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

// query returns the runs that it could read, and an error for each other one.
func (l *Ledger) query(ctx context.Context, query string, args ...any) ([]Run, error) {
	rows, err := l.db.Query(ctx, query, args...)
	if err != nil {
		return nil, l.db.Fault(err)
	}
	defer rows.Close()
	var runs []Run
	var faults []error
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		runs = append(runs, r)
	}
	cleanRuns(runs)
	return runs, errors.Join(append(faults, l.db.Fault(rows.Err()))...)
}

// cleanRuns takes out of the words about runs what this process knows to be secret: the
// one that stored them may not have known it.
func cleanRuns(runs []Run) {
	clean := redact.Process().Text
	for i := range runs {
		a := &runs[i].Attempt
		a.Reason, a.Verdict, a.Trouble, a.UnreadExample = clean(a.Reason), clean(a.Verdict), clean(a.Trouble), clean(a.UnreadExample)
	}
}

func scanRun(rows *sql.Rows) (Run, error) {
	var r Run
	var job string
	var created, elapsed, left, limit int64
	var started, ended, code, told, asked, ready sql.NullInt64
	err := rows.Scan(&r.ID, &created, &r.CreatedBy, &r.Home, &job, &r.N, &r.State, &r.Reason, &r.NeverStarted, &r.Verdict, &r.Handle, &r.Progress, &r.Output, &started, &ended, &code, &r.Signal, &r.Cost,
		&r.heard, &r.Segment, &r.Step, &r.TotalSteps, &r.Loss, &r.EvalLoss, &r.TokensPerSecond, &elapsed, &left, &told, &r.DivergedStep,
		&r.Unread, &r.UnreadExample, &r.Trouble, &r.Tokens,
		&r.GPU, &r.GPUs, &r.Price, &limit, &asked, &ready, &r.SavedStep, &r.ResumedFrom, &r.ResumedStep, &r.Environment)
	if err != nil {
		return Run{}, fmt.Errorf("ledger: run %q cannot be read: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(job), &r.Job); err != nil {
		return Run{}, fmt.Errorf("ledger: run %q cannot be read: its job: %w", r.ID, err)
	}
	r.CreatedAt = fromMilli(sql.NullInt64{Int64: created, Valid: true})
	r.StartedAt, r.EndedAt, r.ToldAt = fromMilli(started), fromMilli(ended), fromMilli(told)
	r.Limit, r.AskedAt, r.ReadyAt = milliseconds(limit), fromMilli(asked), fromMilli(ready)
	r.Elapsed, r.Left, r.Diverged = milliseconds(elapsed), milliseconds(left), r.DivergedStep != nil
	if code.Valid {
		c := int(code.Int64)
		r.ExitCode = &c
	}
	return r, nil
}

// maxMilli is the end of the year 9999: JSON has no later time.
const maxMilli = 253402300799999

func fromMilli(ms sql.NullInt64) time.Time {
	if !ms.Valid || ms.Int64 < 0 || ms.Int64 > maxMilli {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64)
}

func toMilli(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}
