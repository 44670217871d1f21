package verdict

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// ReadTable splits a CSV or TSV file into rows of equal length, without those that
// are empty; the path tells of what kind it is, and stands in errors. A text file has
// one column.
func ReadTable(path string, raw []byte) (rows [][]string, err error) {
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

// TableColumns finds the columns of ids and verdicts, and the rows below their
// names. Column -1 says that there are no verdicts: the file is a list.
func TableColumns(path string, rows [][]string) (id, verdict int, below [][]string, err error) {
	id, verdict = ColumnOf(rows[0], IDColumns), ColumnOf(rows[0], Columns)
	switch {
	case id >= 0 && (verdict >= 0 || len(rows[0]) == 1):
		return id, verdict, rows[1:], nil
	case len(rows[0]) == 1:
		return 0, -1, rows, nil
	case len(rows[0]) == 2 && OfWord(rows[0][1]) != None:
		return 0, 1, rows, nil
	}
	return 0, 0, nil, fmt.Errorf("%s: no column of ids (%s) beside one of verdicts (%s): the first line is %q",
		path, strings.Join(IDColumns, ", "), strings.Join(Columns, ", "), strings.Join(rows[0], ","))
}

// ColumnOf is the place of the first of names that a heading has, in letters of any
// size; -1 for none.
func ColumnOf(heading, names []string) int {
	for _, name := range names {
		if i := slices.IndexFunc(heading, func(h string) bool { return strings.EqualFold(h, name) }); i >= 0 {
			return i
		}
	}
	return -1
}
