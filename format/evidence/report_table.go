package evidence

import (
	"fmt"
	"path/filepath"

	"trainyard/format/verdict"
)

// takeTable reads a CSV or TSV file with a column of ids and one of verdicts,
// named in its first line, or with these two columns and no names; or a list
// of ids, one a line.
func (r *reports) takeTable(path string, raw []byte) error {
	if filepath.Base(path) == "reward.txt" {
		r.takeRewardText(path, string(raw))
		return nil
	}
	rows, err := verdict.ReadTable(path, raw)
	if err != nil || len(rows) == 0 {
		return err
	}
	id, at, rows, err := verdict.TableColumns(path, rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if at < 0 {
			r.takeListed(path, row[id])
		} else {
			r.add(row[id], Verdict{outcome(verdict.OfWord(row[at])), fmt.Sprintf("%s says %s", path, row[at])})
		}
	}
	return nil
}
