package recipes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Fault is one thing wrong with a recipe.
type Fault struct {
	File string `json:"file,omitempty"` // the file as given, or: override "key=value"
	Line int    `json:"line,omitempty"` // 1-based; 0 where the fault has no place in a file
	Col  int    `json:"col,omitempty"`  // 1-based, in characters
	Path string `json:"path,omitempty"` // the key, dotted, named items by name; empty for the whole file
	Msg  string `json:"msg"`            // what is wrong, with the value seen
	Hint string `json:"hint,omitempty"` // the way out; may be empty
}

// Error is one line: file:line:col: path: msg (hint).
func (f Fault) Error() string {
	var b strings.Builder
	if f.File != "" {
		b.WriteString(f.File)
		if f.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", f.Line, f.Col)
		}
		b.WriteString(": ")
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Msg)
	if f.Hint != "" {
		b.WriteString(" (" + f.Hint + ")")
	}
	return b.String()
}

// Faults are all faults of a recipe: those in files sorted by file, line and
// column, then those of overrides. As an error it is one line per fault.
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

func (fs *Faults) add(at pos, path, msg, hint string) {
	*fs = append(*fs, Fault{File: at.file, Line: at.line, Col: at.col, Path: printable(path), Msg: msg, Hint: hint})
}

// err sorts the faults and returns them, or nil where there are none.
func (fs Faults) err() error {
	if len(fs) == 0 {
		return nil
	}
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(
			cmp.Compare(min(b.Line, 1), min(a.Line, 1)),
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Col, b.Col),
		)
	})
	return fs
}

// A pos is a place in a layer; line 0 in an override.
type pos struct {
	file      string
	line, col int
}

// seen quotes a value for a message, shortened so that a fault stays one line.
func seen(text string) string { return strconv.Quote(shorten(text, 60)) }

// printable keeps a path to one line, whatever stands in its keys.
func printable(path string) string {
	path = shorten(path, 200)
	if q := strconv.Quote(path); q != `"`+path+`"` {
		return q
	}
	return path
}

func shorten(text string, maxRunes int) string {
	if r := []rune(text); len(r) > maxRunes {
		return string(r[:maxRunes]) + "…"
	}
	return text
}
