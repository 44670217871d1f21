package launch

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"trainyard/launch/database"
	"trainyard/launch/result"
)

// ErrOtherInstances: not one instance of a result is among those that others have of
// its benchmark.
var ErrOtherInstances = errors.New("no instance of it is one that others have of this benchmark and split")

// ImportResult keeps a result. The same verdicts again change nothing; others of the
// same run, benchmark, split, scaffold, seed and step are a *ResultConflict, and
// nothing is written, unless Replace is set.
func (l *Ledger) ImportResult(ctx context.Context, in Import) (done Imported, err error) {
	if err := errors.Join(in.check(), in.fits(ctx, l)); err != nil {
		return Imported{}, err
	}
	err = l.update(ctx, func(tx *database.Tx) error {
		done, err = in.into(tx, time.Now())
		return err
	})
	return done, err
}

func (in Import) into(tx *database.Tx, now time.Time) (Imported, error) {
	done := Imported{Outcome: ImportAdded, StoredResult: StoredResult{
		Run: in.Run, Attempt: in.Attempt, Result: in.Result, Counts: in.Result.Counts(), ImportedAt: time.UnixMilli(now.UnixMilli()), ImportedBy: in.By,
	}}
	if file, err := filepath.Abs(done.Source.File); err == nil { // the same name elsewhere is another file
		done.Source.File = strings.ToValidUTF8(file, "\ufffd")
	}
	before, err := in.standing(tx)
	if err != nil {
		return Imported{}, err
	}
	if before != nil {
		if err := done.meet(before, in.Replace); err != nil || done.Outcome == ImportSame {
			return done, err
		}
	}
	if err := in.belongs(tx, before); err != nil {
		return Imported{}, err
	}
	if done.Others, err = in.others(tx); err != nil {
		return Imported{}, err
	}
	return done, done.write(tx)
}

// standing is the result of the same evaluation that is there, or else the one that
// the same file was taken for; nil where there is neither.
func (in Import) standing(tx *database.Tx) (*StoredResult, error) {
	r := in.Result
	all, err := scanResults(tx.Query(selectResults+
		`WHERE run = ? AND benchmark = ? AND split = ? AND scaffold = ? AND coalesce(seed, -1) = ? AND coalesce(step, -1) = ?`,
		in.Run, r.Benchmark, r.Split, r.Scaffold, orMinus(r.Seed), orMinus(r.Step)))
	if err == nil && len(all) == 0 {
		all, err = scanResults(tx.Query(selectResults+`WHERE run = ? AND benchmark = ? AND digest = ?`, in.Run, r.Benchmark, r.Source.SHA256))
	}
	if err != nil || len(all) == 0 {
		return nil, err
	}
	err = eachInstance(all[:1], func() (*sql.Rows, error) {
		return tx.Query(selectInstances+`WHERE result = ?`, all[0].id)
	})
	return &all[0], err
}

// orMinus is what stands for a number that is not told.
func orMinus(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}

// meet decides what becomes of a result where one stands already. It takes the
// other's place in the table.
func (d *Imported) meet(before *StoredResult, replace bool) error {
	differs, gone := differences(before.Result, d.Result)
	_, more := differences(d.Result, before.Result) // it says what is not there, or says it otherwise
	as := ""
	if ResultName(before.Result) != ResultName(d.Result) {
		as = ResultName(d.Result)
	}
	switch {
	case as == "" && (len(differs) == 0 || !more && d.Source.Parts > 0):
		d.StoredResult, d.Outcome = *before, ImportSame
		return nil
	case as == "" && !gone && before.Source.Parts > 0:
		d.Outcome = ImportGrown
	case as == "" && grew(before.Result, d.Result):
		d.Outcome = ImportUpdated
	case !replace:
		was := *before
		was.Instances = nil
		return &ResultConflict{Before: was, File: d.Source.File, Differs: differs, As: as}
	default:
		d.Outcome, d.Differs = ImportReplaced, differs
	}
	d.id = before.id
	return nil
}

// belongs refuses instances that no other result of the benchmark has: they are those
// of another one.
func (in Import) belongs(tx *database.Tx, before *StoredResult) error {
	if len(in.Result.Instances) == 0 {
		return nil
	}
	own := int64(-1)
	if before != nil {
		own = before.id
	}
	others, err := scanResults(tx.Query(selectResults+`WHERE benchmark = ? AND split = ? AND id <> ? AND EXISTS (SELECT 1 FROM result_instances i WHERE i.result = results.id) ORDER BY id DESC`,
		in.Result.Benchmark, in.Result.Split, own))
	if err != nil || len(others) == 0 {
		return err
	}
	mine := map[string]bool{}
	for _, i := range in.Result.Instances {
		mine[i.ID] = true
	}
	for _, o := range others { // the first tells, unless something is wrong
		shared, err := shares(tx, o.id, mine)
		if err != nil || shared {
			return err
		}
	}
	return fmt.Errorf("import %s: %w: %s, such as %s; %s; give another %sbenchmark or %[6]ssplit, or take what is wrong out first: trainyard eval remove %.8[7]s --benchmark %[8]s",
		in.Result.Source.File, ErrOtherInstances, strings.TrimSpace(in.Result.Benchmark+" "+in.Result.Split), in.Result.Instances[0].ID, inTheWay(others), cmp.Or(in.Where, "--"), others[0].Run, others[0].Benchmark)
}

// inTheWay names the newest of the results that have other instances, and tells how many
// there are.
func inTheWay(others []StoredResult) string {
	o := others[0]
	words := fmt.Sprintf("that of run %s (%s, from %s of %s) has others", o.Run, ResultName(o.Result), o.Source.File, o.ImportedAt.Local().Format(time.DateOnly))
	if len(others) > 1 {
		words += fmt.Sprintf(", and so have %d more", len(others)-1)
	}
	return words
}

func shares(tx *database.Tx, id int64, mine map[string]bool) (shared bool, err error) {
	rows, err := tx.Query(`SELECT id FROM result_instances WHERE result = ?`, id)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() && !shared {
		var name string
		if err := rows.Scan(&name); err != nil {
			return false, err
		}
		shared = mine[name]
	}
	return shared, rows.Err()
}

// others lists other runs of which the same file is a result.
func (in Import) others(tx *database.Tx) (ids []string, err error) {
	rows, err := tx.Query(`SELECT DISTINCT run FROM results WHERE digest = ? AND run <> ? ORDER BY run`, in.Result.Source.SHA256, in.Run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// write puts a result into the tables, in the place of the one whose number it has.
func (d *Imported) write(tx *database.Tx) error {
	if d.id > 0 {
		if err := removeResult(tx, d.id); err != nil {
			return err
		}
	}
	aggregates, errA := json.Marshal(append([]result.Aggregate{}, d.Aggregates...))
	notes, errN := json.Marshal(append([]string{}, d.Notes...))
	if err := errors.Join(errA, errN); err != nil {
		return fmt.Errorf("import %s: %w", d.Source.File, err)
	}
	err := tx.QueryRow(`
INSERT INTO results (run, attempt, benchmark, split, scaffold, seed, step, model, metric, asked, format, file, digest, parts, aggregates, notes, imported_ms, imported_by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		d.Run, sql.NullInt64{Int64: int64(d.Attempt), Valid: d.Attempt > 0}, d.Benchmark, d.Split, d.Scaffold, nullableInt(d.Seed), nullableInt(d.Step),
		d.Model, d.Metric, d.Asked, d.Source.Format, d.Source.File, d.Source.SHA256, d.Source.Parts, string(aggregates), string(notes), d.ImportedAt.UnixMilli(), d.ImportedBy).Scan(&d.id)
	if err == nil {
		err = insertInstances(tx, d.id, d.Instances)
	}
	if err != nil {
		return fmt.Errorf("import %s: %w", d.Source.File, err)
	}
	return nil
}

func insertInstances(tx *database.Tx, id int64, all []result.Instance) error {
	columns := []string{"result", "id", "verdict", "score"}
	if tx.Copies() && len(all) > 0 {
		rows := make([][]any, len(all))
		for i, instance := range all {
			rows[i] = []any{id, instance.ID, string(instance.Verdict), nullable(instance.Score)}
		}
		return tx.Copy("result_instances", columns, rows)
	}
	for rows := together; len(all) > 0; rows = 1 {
		insert, err := tx.Prepare(`INSERT INTO result_instances (` + strings.Join(columns, ", ") + `) VALUES ` +
			strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?), ", rows), ", "))
		if err != nil {
			return err
		}
		for ; len(all) >= rows && len(all) > 0; all = all[rows:] {
			args := make([]any, 0, len(columns)*rows)
			for _, instance := range all[:rows] {
				args = append(args, id, instance.ID, string(instance.Verdict), nullable(instance.Score))
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
