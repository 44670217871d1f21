package launch

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"trainyard/launch/result"
)

const selectResults = `
SELECT id, run, coalesce(attempt, 0), benchmark, split, scaffold, seed, step, model, metric, asked, format, file, digest, parts, aggregates, notes, imported_ms, imported_by
FROM results `

const selectInstances = `SELECT result, id, verdict, score FROM result_instances `

// Results are the results of runs with their instances, the newest import first; of
// all runs where none is named.
func (l *Ledger) Results(ctx context.Context, runs ...string) ([]StoredResult, error) {
	where, args := ofRuns(runs)
	all, err := scanResults(l.db.Query(ctx, selectResults+where+` ORDER BY imported_ms DESC, id DESC`, args...))
	if err != nil {
		return nil, l.db.Fault(err)
	}
	err = eachInstance(all, func() (*sql.Rows, error) {
		return l.db.Query(ctx, selectInstances+`WHERE result IN (SELECT id FROM results `+where+`)`, args...)
	})
	return all, l.db.Fault(err)
}

// ResultLines is Results without the instances: their numbers by verdict alone.
func (l *Ledger) ResultLines(ctx context.Context, runs ...string) ([]StoredResult, error) {
	where, args := ofRuns(runs)
	all, err := scanResults(l.db.Query(ctx, selectResults+where+` ORDER BY imported_ms DESC, id DESC`, args...))
	if err != nil {
		return nil, l.db.Fault(err)
	}
	rows, err := l.db.Query(ctx, `SELECT result, verdict, count(*) FROM result_instances WHERE result IN (SELECT id FROM results `+where+`) GROUP BY result, verdict`, args...)
	if err != nil {
		return nil, l.db.Fault(err)
	}
	defer rows.Close()
	at := byNumber(all)
	for rows.Next() {
		var id int64
		var verdict result.Verdict
		var n int
		if err := rows.Scan(&id, &verdict, &n); err != nil {
			return nil, l.db.Fault(err)
		}
		if i, ok := at[id]; ok { // else it was imported meanwhile
			all[i].Counts[verdict] = n
		}
	}
	return all, l.db.Fault(rows.Err())
}

func ofRuns(runs []string) (where string, args []any) {
	if len(runs) == 0 {
		return "", nil
	}
	for _, run := range runs {
		args = append(args, run)
	}
	return `WHERE run IN (` + strings.TrimSuffix(strings.Repeat("?, ", len(runs)), ", ") + `)`, args
}

func byNumber(all []StoredResult) map[int64]int {
	at := make(map[int64]int, len(all))
	for i, r := range all {
		at[r.id] = i
	}
	return at
}

// scanResults reads rows of selectResults.
func scanResults(rows *sql.Rows, err error) (all []StoredResult, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r := StoredResult{Counts: map[result.Verdict]int{}}
		var aggregates, notes string
		var imported int64
		err := rows.Scan(&r.id, &r.Run, &r.Attempt, &r.Benchmark, &r.Split, &r.Scaffold, &r.Seed, &r.Step, &r.Model, &r.Metric, &r.Asked,
			&r.Source.Format, &r.Source.File, &r.Source.SHA256, &r.Source.Parts, &aggregates, &notes, &imported, &r.ImportedBy)
		if err == nil {
			err = errors.Join(json.Unmarshal([]byte(aggregates), &r.Aggregates), json.Unmarshal([]byte(notes), &r.Notes))
		}
		if err != nil {
			return nil, fmt.Errorf("ledger: a result of run %q cannot be read: %w", r.Run, err)
		}
		r.ImportedAt = fromMilli(sql.NullInt64{Int64: imported, Valid: true})
		all = append(all, r)
	}
	return all, rows.Err()
}

// eachInstance puts instances with their results, in order of their ids: engines sort
// texts in their own ways.
func eachInstance(all []StoredResult, query func() (*sql.Rows, error)) error {
	rows, err := query()
	if err != nil {
		return err
	}
	defer rows.Close()
	at := byNumber(all)
	var id int64
	var name, verdict string // plain ones are read without reflection: there may be 100,000 rows
	for rows.Next() {
		var score *float64
		if err := rows.Scan(&id, &name, &verdict, &score); err != nil {
			return err
		}
		if n, ok := at[id]; ok { // else it was imported meanwhile
			i := result.Instance{ID: name, Verdict: result.Verdict(verdict), Score: score}
			all[n].Instances = append(all[n].Instances, i)
			all[n].Counts[i.Verdict]++
		}
	}
	for i := range all {
		slices.SortFunc(all[i].Instances, func(a, b result.Instance) int { return strings.Compare(a.ID, b.ID) })
	}
	return rows.Err()
}
