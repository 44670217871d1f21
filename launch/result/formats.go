package result

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"trainyard/format/pyjson"
)

// A Format is one way of writing results down.
type Format struct {
	Looks   string // what it looks like
	Summary string // whose it is, and what it tells
	is      func(d *document) bool
	read    func(d *document) ([]Result, error)
	// partOf is the directory that the parts of one evaluation lie below, for a file
	// about one instance; nil where there are no parts.
	partOf func(d *document) (dir string, part bool)
	tries  bool // several parts about one instance are attempts at it
	// asked is the member that counts what was to be judged; nil: none does.
	asked []string
	// whole says that a file is of a whole benchmark, and does not count it.
	whole bool
}

// Formats are all formats by name.
var Formats = map[string]Format{
	"commit-0":           commit0,
	"experiments":        experiments,
	"harbor":             harbor,
	"hybrid-gym":         hybridGym,
	"livecodebench":      liveCodeBench,
	"lm-eval":            lmEval,
	"multi-swe-bench":    multiSWEBench,
	"openhands":          openHands,
	"rows":               rows,
	"sb-cli":             sbCLI,
	"swe-bench":          sweBench,
	"swe-bench-instance": sweBenchInstance,
	"swe-smith":          sweSmith,
	"swt-bench":          swtBench,
	"table":              table,
	"terminal-bench":     terminalBench,
}

func (f Format) partAt(d *document) (dir string, part bool) {
	if f.partOf == nil {
		return "", false
	}
	return f.partOf(d)
}

// ErrUnknown: a file fits no format.
var ErrUnknown = errors.New("no report of an evaluation that is known")

// formatOf finds the one format that a document fits.
func formatOf(d *document) (name string, err error) {
	var fits []string
	for _, name := range slices.Sorted(maps.Keys(Formats)) {
		if Formats[name].is(d) {
			fits = append(fits, name)
		}
	}
	switch len(fits) {
	case 1:
		return fits[0], nil
	case 0:
		return "", fmt.Errorf("%s: %w: it is %s; `trainyard list results` shows what is read", d.path, ErrUnknown, d.seen())
	}
	return "", fmt.Errorf("%s: it fits %s at once, so that it is not clear what it says: it is %s", d.path, strings.Join(fits, " and "), d.seen())
}

// seen tells what a document looks like.
func (d *document) seen() string {
	switch {
	case len(d.table) > 0:
		return fmt.Sprintf("a table that begins with %q", clip(strings.Join(d.table[0], ",")))
	case d.isTable:
		words := "a text that begins with " + fmt.Sprintf("%q", clip(string(d.raw)))
		if d.noTable != nil {
			words += ", and no table: " + strings.TrimPrefix(d.noTable.Error(), unpackedName(d.path)+": ")
		}
		return words
	case d.root.Kind() == pyjson.KindObject:
		return "an object with " + keysOf(d.root)
	case d.root.Kind() == pyjson.KindArray:
		first := pyjson.FirstOf(d.root)
		words := fmt.Sprintf("%d values, the first of them %s", d.root.Length(), first.Kind())
		if d.root.Length() == 1 {
			words = fmt.Sprintf("1 value, the first of them %s", first.Kind())
		}
		if first.Kind() == pyjson.KindObject {
			words += " with " + keysOf(first)
		}
		return words + d.noRow()
	}
	return d.root.Kind().String()
}

// keysOf names the first members of an object.
func keysOf(v pyjson.Value) string {
	keys := v.Keys()
	switch n := len(keys); {
	case n == 0:
		return "no members"
	case n > 6:
		return clip(strings.Join(keys[:6], ", ")) + fmt.Sprintf(" and %d more", n-6)
	}
	return clip(strings.Join(keys, ", "))
}

func clip(s string) string { return pyjson.Clip(s) }
