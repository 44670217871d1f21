package launch

import (
	"context"
	"math"
	"slices"
	"time"
)

// A Series is one key of one attempt, from one beginning of its trainer's log.
type Series struct {
	Key       string `json:"key"` // as the trainer named it
	Attempt   int    `json:"attempt"`
	Segment   int    `json:"segment"` // see Attempt.Segment
	FirstStep int64  `json:"first_step"`
	LastStep  int64  `json:"last_step"`
	Last      Figure `json:"last"` // the figure of LastStep

	id int64
}

// A Point is one figure of a curve.
type Point struct {
	Step    int64  `json:"step"`
	Value   Figure `json:"value"`
	Attempt int    `json:"attempt"`
	Segment int    `json:"segment"`
}

// Series lists all series of a run in order of attempt, segment and key.
func (l *Ledger) Series(ctx context.Context, run string) (all []Series, err error) {
	rows, err := l.db.Query(ctx, `
SELECT id, key, attempt, segment, first_step, last_step, last FROM series WHERE run = ? ORDER BY attempt, segment, key`, run)
	if err != nil {
		return nil, l.db.Fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s Series
		var last *float64
		if err := rows.Scan(&s.id, &s.Key, &s.Attempt, &s.Segment, &s.FirstStep, &s.LastStep, &last); err != nil {
			return nil, l.db.Fault(err)
		}
		s.Last = figureOf(last)
		all = append(all, s)
	}
	return all, l.db.Fault(rows.Err())
}

// figureOf reads a column: SQLite has no NaN, and keeps NULL for it.
func figureOf(column *float64) Figure {
	if column == nil {
		return Figure(math.NaN())
	}
	return Figure(*column)
}

// Curve is one curve of a run over all its attempts, in order of its steps, each
// of which it has once: an attempt, and a new beginning of its log, takes the place
// of what was before from its first step on, whichever key that was told of.
func (l *Ledger) Curve(ctx context.Context, run, key string) ([]Point, error) {
	all, err := l.Series(ctx, run)
	if err != nil {
		return nil, err
	}
	return l.points(ctx, ofKey(all, key), func(s Series) int64 { return s.replacedAt(all) })
}

// RawCurve is every figure of a key that was told: attempt by attempt, segment by
// segment, in order of steps.
func (l *Ledger) RawCurve(ctx context.Context, run, key string) ([]Point, error) {
	all, err := l.Series(ctx, run)
	if err != nil {
		return nil, err
	}
	return l.points(ctx, ofKey(all, key), func(Series) int64 { return math.MaxInt64 })
}

func ofKey(all []Series, key string) []Series {
	return slices.DeleteFunc(slices.Clone(all), func(s Series) bool { return s.Key != key })
}

// replacedAt is the first step of what came after a series.
func (s Series) replacedAt(all []Series) int64 {
	first := int64(math.MaxInt64)
	for _, o := range all {
		if o.Attempt > s.Attempt || o.Attempt == s.Attempt && o.Segment > s.Segment {
			first = min(first, o.FirstStep)
		}
	}
	return first
}

// points reads each series up to the step that until gives, which is not of it.
func (l *Ledger) points(ctx context.Context, of []Series, until func(Series) int64) (all []Point, err error) {
	for _, s := range of {
		err := l.eachPoint(ctx, s, until(s), func(step int64, value Figure) {
			all = append(all, Point{step, value, s.Attempt, s.Segment})
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (l *Ledger) eachPoint(ctx context.Context, s Series, until int64, visit func(step int64, value Figure)) error {
	rows, err := l.db.Query(ctx, `SELECT step, value FROM points WHERE series = ? AND step < ? ORDER BY step`, s.id, until)
	if err != nil {
		return l.db.Fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		var step int64
		var value *float64
		if err := rows.Scan(&step, &value); err != nil {
			return l.db.Fault(err)
		}
		visit(step, figureOf(value))
	}
	return l.db.Fault(rows.Err())
}

// Metrics returns what one attempt told, line by line, in order of its steps.
// Where the trainer's log was begun anew, it is the newest segment's.
func (l *Ledger) Metrics(ctx context.Context, run string, attempt int) ([]Metric, error) {
	r, err := l.RunAt(ctx, run, attempt)
	if err != nil {
		return nil, err
	}
	return l.segment(ctx, r, r.Segment)
}

// EarlierMetrics returns the segments of an attempt's log before the newest,
// oldest first, as they were read before the log was begun anew.
func (l *Ledger) EarlierMetrics(ctx context.Context, run string, attempt, segments int) ([][]Metric, error) {
	r, err := l.RunAt(ctx, run, attempt)
	if err != nil {
		return nil, err
	}
	earlier := make([][]Metric, 0, segments)
	for segment := range segments {
		curve, err := l.segment(ctx, r, segment)
		if err != nil {
			return nil, err
		}
		earlier = append(earlier, curve)
	}
	return earlier, nil
}

// segment puts the figures of a step together again.
func (l *Ledger) segment(ctx context.Context, run Run, segment int) ([]Metric, error) {
	all, err := l.Series(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	byStep := map[int64]*reading{}
	var steps []int64
	for _, s := range all {
		if s.Attempt != run.N || s.Segment != segment {
			continue
		}
		err := l.eachPoint(ctx, s, math.MaxInt64, func(step int64, value Figure) {
			r := byStep[step]
			if r == nil {
				r = &reading{Metric: Metric{Step: step, TotalSteps: run.TotalSteps}}
				byStep[step], steps = r, append(steps, step)
			}
			r.understand(s.Key, float64(value))
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(steps)
	metrics := make([]Metric, len(steps))
	for i, step := range steps {
		byStep[step].finish()
		metrics[i] = byStep[step].Metric
	}
	gradients(metrics, lastGradient{})
	return metrics, nil
}

// interval is the number of steps between the two newest figures of an attempt; 0
// where there are none.
func (l *Ledger) interval(ctx context.Context, run string, attempt int) (n int64, err error) {
	err = l.db.QueryRow(ctx, `
WITH newest AS (
	SELECT s.id, s.last_step FROM series s JOIN attempts a ON a.run = s.run AND a.n = s.attempt AND a.segment = s.segment
	WHERE s.run = ? AND s.attempt = ?
), top AS (SELECT max(last_step) AS step FROM newest)
SELECT coalesce(top.step - (SELECT max((SELECT max(p.step) FROM points p WHERE p.series = newest.id AND p.step < top.step)) FROM newest), 0) FROM top`,
		run, attempt).Scan(&n)
	return n, l.db.Fault(err)
}

// milliseconds holds a number of a table inside what a time.Duration can hold.
func milliseconds(ms int64) time.Duration {
	return time.Duration(min(max(ms, 0), maxSeconds*1000)) * time.Millisecond
}
