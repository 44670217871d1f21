package launch

import (
	"slices"
	"strings"

	"trainyard/launch/database"
	"trainyard/launch/redact"
)

// A column is what one batch adds to a series, in order of its steps.
type column struct {
	key    string
	steps  []int64
	values []float64
}

// storePoints adds the figures of lines to the series of one segment. Where a
// step has a figure of that key already, a newer one takes its place if replace
// says so.
func storePoints(tx *database.Tx, run string, attempt, segment int, lines []Metric, replace bool) error {
	for _, c := range columns(lines) {
		c.order()
		id, err := seriesOf(tx, run, attempt, segment, c)
		if err != nil {
			return err
		}
		if err := insertPoints(tx, id, c, replace); err != nil {
			return err
		}
	}
	return nil
}

// columns turns lines into series, in the order in which their keys come up.
func columns(lines []Metric) (all []*column) {
	byKey := map[string]*column{}
	for i := range lines {
		for j := range lines[i].Figures {
			f := &lines[i].Figures[j]
			c := byKey[f.Key]
			if c == nil {
				c = &column{key: redact.Here(f.Key)}
				byKey[f.Key], all = c, append(all, c)
			}
			c.steps, c.values = append(c.steps, lines[i].Step), append(c.values, float64(f.Value))
		}
	}
	return all
}

// order sorts by step, and leaves the newest figure of each.
func (c *column) order() {
	ordered := true
	for i := 1; i < len(c.steps) && ordered; i++ {
		ordered = c.steps[i] > c.steps[i-1]
	}
	if ordered {
		return
	}
	newest := map[int64]float64{}
	for i, step := range c.steps {
		newest[step] = c.values[i]
	}
	c.steps, c.values = c.steps[:0], c.values[:0]
	for step := range newest {
		c.steps = append(c.steps, step)
	}
	slices.Sort(c.steps)
	for _, step := range c.steps {
		c.values = append(c.values, newest[step])
	}
}

// seriesOf finds the series of a column, or makes it, and brings its ends up to
// date.
func seriesOf(tx *database.Tx, run string, attempt, segment int, c *column) (id int64, err error) {
	n := len(c.steps)
	err = tx.QueryRow(`
INSERT INTO series (run, attempt, segment, key, first_step, last_step, last) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run, attempt, segment, key) DO UPDATE SET
	first_step = CASE WHEN excluded.first_step < series.first_step THEN excluded.first_step ELSE series.first_step END,
	last = CASE WHEN excluded.last_step >= series.last_step THEN excluded.last ELSE series.last END,
	last_step = CASE WHEN excluded.last_step > series.last_step THEN excluded.last_step ELSE series.last_step END
RETURNING id`,
		run, attempt, segment, c.key, c.steps[0], c.steps[n-1], c.values[n-1]).Scan(&id)
	return id, err
}

// together is how many points one statement inserts: a call costs as much as
// several rows, and the driver's work grows with the square of the values.
const together = 32

func insertMany(rows int, replace bool) string {
	return `INSERT INTO points (series, step, value) VALUES ` + strings.TrimSuffix(strings.Repeat("(?, ?, ?), ", rows), ", ") + onConflict(replace)
}

func onConflict(replace bool) string {
	if replace {
		return ` ON CONFLICT (series, step) DO UPDATE SET value = excluded.value`
	}
	return ` ON CONFLICT (series, step) DO NOTHING`
}

func insertPoints(tx *database.Tx, series int64, c *column, replace bool) error {
	if tx.Copies() && len(c.steps) > together {
		return copyPoints(tx, series, c, replace)
	}
	steps, values := c.steps, c.values
	for rows := together; len(steps) > 0; rows = 1 {
		if len(steps) < rows {
			continue
		}
		insert, err := tx.Prepare(insertMany(rows, replace))
		if err != nil {
			return err
		}
		args := make([]any, 0, 3*rows)
		for ; len(steps) >= rows; steps, values = steps[rows:], values[rows:] {
			args = args[:0]
			for i := range steps[:rows] {
				args = append(args, series, steps[i], values[i])
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

// copyPoints adds many points by way of a table of the transaction's own: what is
// copied into points itself must not be there yet.
func copyPoints(tx *database.Tx, series int64, c *column, replace bool) error {
	if _, err := tx.Exec(`CREATE TEMPORARY TABLE IF NOT EXISTS copied (step BIGINT, value DOUBLE PRECISION) ON COMMIT DELETE ROWS`); err != nil {
		return err
	}
	rows := make([][]any, len(c.steps))
	for i, step := range c.steps {
		rows[i] = []any{step, c.values[i]}
	}
	if err := tx.Copy("copied", []string{"step", "value"}, rows); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO points (series, step, value) SELECT CAST(? AS BIGINT), step, value FROM copied`+onConflict(replace), series); err != nil {
		return err
	}
	_, err := tx.Exec(`TRUNCATE copied`) // the next series of this transaction
	return err
}
