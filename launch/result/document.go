package result

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"

	"trainyard/format/pyjson"
	"trainyard/format/regular"
	"trainyard/format/verdict"
)

// maxReport is the largest file that is read: the rows of 500 long runs of an agent
// with all their events are half of it.
const maxReport = 512 << 20

// A document is a file as the formats look at it.
type document struct {
	path    string
	raw     []byte
	digest  string       // SHA-256 of raw
	root    pyjson.Value // of JSON lines an array of them; nothing for a table
	lines   bool         // they were JSON lines
	isTable bool         // by its name; the rows are nil where they are no table
	table   [][]string
	noTable error    // why a table by its name is none
	used    []string // other files that belong to it and were read with it
}

func (d *document) name() string { return unpackedName(filepath.Base(d.path)) }

// object says that the document is one object.
func (d *document) object() bool { return !d.lines && d.root.Kind() == pyjson.KindObject }

// withFile reads a file and lends it as a document.
func withFile(path string, use func(*document) error) error {
	raw, err := readFile(path)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	if raw, err = unpacked(path, raw); err != nil {
		return err
	}
	return withDocument(&document{path: path, raw: raw, digest: hex.EncodeToString(sum[:])}, use)
}

func readFile(path string) ([]byte, error) {
	f, err := regular.OpenInput(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxReport+1))
	if err == nil && len(raw) > maxReport {
		err = tooLarge(path)
	}
	return raw, err
}

func withDocument(d *document, use func(*document) error) error {
	path := d.path
	d.raw = bytes.TrimPrefix(d.raw, []byte("\ufeff"))
	switch filepath.Ext(d.name()) {
	case ".csv", ".tsv", ".txt":
		d.isTable = true
		d.table, d.noTable = verdict.ReadTable(unpackedName(path), d.raw)
		if d.noTable != nil {
			d.table = nil
		}
		return use(d)
	case ".jsonl":
		array, err := arrayOfLines(path, d.raw)
		if err != nil {
			return err
		}
		d.lines = true
		return index(path, array, d, use)
	}
	return index(path, d.raw, d, use)
}

func index(path string, raw []byte, d *document, use func(*document) error) error {
	read := false
	err := pyjson.WithIndex(raw, func(root pyjson.Value) error {
		d.root, read = root, true
		return use(d)
	})
	if err != nil && !read {
		return fmt.Errorf("%s: not JSON, or cut off: %w", path, err)
	}
	return err
}

// arrayOfLines makes one array of JSON lines. Each is looked at by itself first, so
// that a broken one is told by its number.
func arrayOfLines(path string, raw []byte) ([]byte, error) {
	array, n := append(make([]byte, 0, len(raw)+2), '['), 0
	for line := range bytes.Lines(raw) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if err := pyjson.Check(line); err != nil {
			return nil, fmt.Errorf("%s:%d: not JSON, or cut off: %w", path, n, err)
		}
		if len(array) > 1 {
			array = append(array, ',')
		}
		array = append(array, line...)
	}
	return append(array, ']'), nil
}

// all says that a document is an array of values, at least one, for all of which is
// holds.
func (d *document) all(is func(row pyjson.Value) bool) bool {
	if d.root.Kind() != pyjson.KindArray {
		return false
	}
	n := 0
	for _, row := range d.root.Elements() {
		if !is(row) {
			return false
		}
		n++
	}
	return n > 0
}

// any says that an array has a value for which is holds.
func (d *document) any(is func(row pyjson.Value) bool) bool {
	for _, row := range d.root.Elements() {
		if is(row) {
			return true
		}
	}
	return false
}

// has says that an object has one of the members.
func has(v pyjson.Value, members ...string) bool {
	for _, name := range members {
		if v.Get(name).Kind() != pyjson.KindMissing {
			return true
		}
	}
	return false
}
