package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format/pyjson"
	"trainyard/format/verdict"
)

// An idList holds the ids, repositories or other values of one column of a
// file.
type idList struct {
	order []string
	has   map[string]bool
	repos bool // the values are repositories, of which many spellings are one
}

func (l *idList) holds(value any) bool {
	if ids, several := value.([]string); several {
		return slices.ContainsFunc(ids, func(id string) bool { return l.has[id] })
	}
	return l.has[l.spelling(fmt.Sprint(value))]
}

// spelling is the one way of writing a value: owner__name and Owner/Name are
// one repository.
func (l *idList) spelling(value string) string {
	if !l.repos {
		return value
	}
	return strings.ToLower(strings.Replace(value, "__", "/", 1))
}

// readIDs reads a list: lines of text, a JSON array or JSON lines of texts or
// of objects, or a table. The column is the one asked for; else the one named
// like what is looked up; else one of ids; else the first.
func readIDs(path string, raw []byte, column, left string) (*idList, error) {
	l := &idList{has: map[string]bool{}, repos: left == "repo"}
	columns := slices.Concat([]string{left}, verdict.IDColumns, []string{"repo", "repository"})
	switch {
	case column != "":
		columns = []string{column}
	case left == "":
		columns = columns[1:]
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	var err error
	switch filepath.Ext(path) {
	case ".json":
		err = l.addDocument(raw, columns)
	case ".jsonl":
		err = l.addLines(raw, columns)
	case ".csv", ".tsv":
		err = l.addTable(path, raw, columns, column != "")
	default:
		err = l.addText(raw)
	}
	if err == nil && len(l.order) == 0 {
		err = errors.New("there is nothing in it, so that nothing would be kept")
	}
	return l, err
}

func (l *idList) add(value string) {
	if value != "" && !l.has[l.spelling(value)] {
		l.order = append(l.order, value)
		l.has[l.spelling(value)] = true
	}
}

func (l *idList) addText(raw []byte) error {
	for line := range strings.Lines(string(raw)) {
		l.add(strings.TrimSpace(line))
	}
	return nil
}

func (l *idList) addDocument(raw []byte, columns []string) error {
	return pyjson.WithIndex(raw, func(root pyjson.Value) error {
		if root.Kind() != pyjson.KindArray {
			return fmt.Errorf("a list of ids is a JSON array, this is %s", root.Kind())
		}
		for i, element := range root.Elements() {
			if err := l.addElement(element, columns); err != nil {
				return fmt.Errorf("element %d: %w", i+1, err)
			}
		}
		return nil
	})
}

func (l *idList) addLines(raw []byte, columns []string) error {
	return eachLine(raw, func(root pyjson.Value) error { return l.addElement(root, columns) })
}

// eachLine reads JSON lines.
func eachLine(raw []byte, read func(pyjson.Value) error) error {
	n := 0
	for line := range bytes.Lines(raw) {
		if n++; len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := pyjson.WithIndex(line, read); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

// addElement takes a plain value, or the first of the columns that an object
// has.
func (l *idList) addElement(v pyjson.Value, columns []string) error {
	if v.Kind() != pyjson.KindObject {
		l.add(v.Scalar())
		return nil
	}
	for _, column := range columns {
		if id := v.Get(column).Scalar(); id != "" {
			l.add(id)
			return nil
		}
	}
	return fmt.Errorf("an object without %s", strings.Join(columns, ", "))
}

// addTable takes a column. A first line that names none of the columns is one
// of values, unless a column was asked for.
func (l *idList) addTable(path string, raw []byte, columns []string, asked bool) error {
	rows, err := verdict.ReadTable(path, raw)
	if err != nil || len(rows) == 0 {
		return err
	}
	at := verdict.ColumnOf(rows[0], columns)
	switch {
	case at < 0 && asked:
		return fmt.Errorf("no column %q: the first line is %q", columns[0], strings.Join(rows[0], ","))
	case at < 0:
		at = 0
	default:
		rows = rows[1:]
	}
	for _, row := range rows {
		l.add(row[at])
	}
	return nil
}
