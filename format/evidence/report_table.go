package evidence

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format/pyjson"
)

// The columns of a table in which ids and verdicts stand, the most telling
// first.
var (
	idColumns      = []string{"instance_id", "traj_id", "trajectory_id", "task_id", "id", "instance", "task", "task_name", "trial_name", "name"}
	verdictColumns = []string{"full_success", "resolved", "is_resolved", "success", "passed", "verdict", "accepted", "correct", "result", "outcome", "label", "reward", "score"}
)

// takeTable reads a CSV or TSV file with a column of ids and one of verdicts,
// named in its first line, or with these two columns and no names; or a list
// of ids, one a line.
func (r *reports) takeTable(path string, raw []byte) error {
	if filepath.Base(path) == "reward.txt" {
		r.takeRewardText(path, string(raw))
		return nil
	}
	rows, err := readTable(path, raw)
	if err != nil || len(rows) == 0 {
		return err
	}
	id, verdict, rows, err := tableColumns(path, rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if verdict < 0 {
			r.takeListed(path, row[id])
		} else {
			r.add(row[id], Verdict{wordOutcome(row[verdict]), fmt.Sprintf("%s says %s", path, row[verdict])})
		}
	}
	return nil
}

// readTable splits a file into rows of equal length, without those that are
// empty. A text file has one column.
func readTable(path string, raw []byte) (rows [][]string, err error) {
	if filepath.Ext(path) == ".txt" {
		for line := range strings.Lines(string(raw)) {
			if line = strings.TrimSpace(line); line != "" {
				rows = append(rows, []string{line})
			}
		}
		return rows, nil
	}
	in := csv.NewReader(bytes.NewReader(raw))
	in.TrimLeadingSpace = true
	in.Comma = separatorOf(raw)
	for {
		row, err := in.Read()
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		rows = append(rows, row)
	}
}

// separatorOf is what the first line of a table has most of: a comma, a
// semicolon or a tab.
func separatorOf(raw []byte) rune {
	heading, _, _ := bytes.Cut(raw, []byte("\n"))
	return slices.MaxFunc([]rune{',', ';', '\t'}, func(a, b rune) int {
		return bytes.Count(heading, []byte(string(a))) - bytes.Count(heading, []byte(string(b)))
	})
}

// tableColumns finds the columns, and the rows below their names. Column -1
// says that there are no verdicts: the file is a list.
func tableColumns(path string, rows [][]string) (id, verdict int, below [][]string, err error) {
	id, verdict = column(rows[0], idColumns), column(rows[0], verdictColumns)
	switch {
	case id >= 0 && (verdict >= 0 || len(rows[0]) == 1):
		return id, verdict, rows[1:], nil
	case len(rows[0]) == 1:
		return 0, -1, rows, nil
	case len(rows[0]) == 2 && wordOutcome(rows[0][1]) != Unknown:
		return 0, 1, rows, nil
	}
	return 0, 0, nil, fmt.Errorf("%s: no column of ids (%s) beside one of verdicts (%s): the first line is %q",
		path, strings.Join(idColumns, ", "), strings.Join(verdictColumns, ", "), strings.Join(rows[0], ","))
}

// column is the place of the first of names that a heading has; -1 for none.
func column(heading, names []string) int {
	for _, name := range names {
		if i := slices.IndexFunc(heading, func(h string) bool { return strings.EqualFold(h, name) }); i >= 0 {
			return i
		}
	}
	return -1
}

// verdictWords are how reports that people make spell verdicts.
var verdictWords = map[string]Outcome{
	"true": Accepted, "1": Accepted, "1.0": Accepted, "yes": Accepted, "resolved": Accepted, "pass": Accepted, "passed": Accepted, "resolved_full": Accepted,
	"success": Accepted, "successful": Accepted, "accepted": Accepted, "correct": Accepted,
	"false": Refused, "0": Refused, "0.0": Refused, "no": Refused, "unresolved": Refused, "fail": Refused, "failed": Refused,
	"failure": Refused, "error": Refused, "refused": Refused, "rejected": Refused, "incorrect": Refused, "resolved_no": Refused, "resolved_partial": Refused,
}

// reportOutcome is outcomeOf, and reads the words of reports.
func reportOutcome(v pyjson.Value) Outcome {
	if o := outcomeOf(v); o != Unknown {
		return o
	}
	return wordOutcome(v.Text())
}

func wordOutcome(word string) Outcome { return verdictWords[strings.ToLower(word)] }
