package result

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trainyard/format/verdict"
)

// table is a CSV or TSV file with a column of ids and one of verdicts, named in its
// first line, or these two alone; a column score or reward is the score.
var table = Format{
	Looks:   "id,verdict, with a line for each instance; columns may have other names of this kind",
	Summary: "a table with an id and a verdict",
	is: func(d *document) bool {
		if len(d.table) == 0 || bytes.HasPrefix(d.raw, []byte(commit0Heading)) {
			return false
		}
		_, at, below, err := verdict.TableColumns(d.path, d.table)
		return err == nil && at >= 0 && len(below) > 0
	},
	read: func(d *document) ([]Result, error) {
		id, at, below, err := verdict.TableColumns(d.path, d.table)
		if err != nil {
			return nil, err
		}
		c, r, k := collect(d), Result{}, kinds{}
		scores := verdict.ColumnOf(d.table[0], []string{"score", "reward"})
		for _, row := range below {
			g, score := verdict.OfWord(row[at]), numberAt(row, scores)
			if g == verdict.None && score == nil && !isNull(row[at]) {
				return nil, fmt.Errorf("%s: %s is judged %q, which is no verdict (resolved, unresolved, passed, failed, true, false …)", d.path, row[id], clip(row[at]))
			}
			if score != nil {
				r.Metric = d.table[0][scores]
			}
			metric := ""
			if score != nil {
				metric = r.Metric
			} else if g == verdict.None {
				g = verdict.Missing // the column is empty: it was not judged
			}
			if err := k.add(d.path, row[id], g, metric); err != nil {
				return nil, err
			}
			c.add(row[id], g, score)
		}
		c.scoresAlone()
		return c.into(r)
	},
}

// isNull knows the words for a verdict that there is none of.
func isNull(word string) bool {
	return word == "" || slices.Contains([]string{"null", "none", "nan", "n/a", "na"}, strings.ToLower(word))
}

func numberAt(row []string, column int) *float64 {
	if column < 0 {
		return nil
	}
	f, err := strconv.ParseFloat(row[column], 64)
	if err != nil {
		return nil
	}
	return finite(&f)
}
