package cache

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trainyard/format/durable"
)

// ErrInUse says that a process uses the cache, which then is not pruned.
var ErrInUse = errors.New("the cache is in use")

// A Listing is what a cache holds of one preparation.
type Listing struct {
	Key string `json:"key"`
	About
	Entries int       `json:"entries"`
	Bytes   int64     `json:"bytes"`
	Used    time.Time `json:"used"` // last
}

// A kept is one entry on disk.
type kept struct {
	key   string
	files []string // index first
	bytes int64
	used  time.Time
}

// List tells what lies in a cache, last used first. It needs no lock: an entry
// that goes meanwhile is left out.
func List(dir string) ([]Listing, error) {
	entries, _, err := scan(dir)
	if err != nil {
		return nil, err
	}
	of := map[string]*Listing{}
	for _, e := range entries {
		l := of[e.key]
		if l == nil {
			l = &Listing{Key: e.key, About: about(filepath.Join(dir, e.key))}
			of[e.key] = l
		}
		l.Entries++
		l.Bytes += e.bytes
		if e.used.After(l.Used) {
			l.Used = e.used
		}
	}
	list := make([]Listing, 0, len(of))
	for _, l := range of {
		list = append(list, *l)
	}
	slices.SortFunc(list, func(a, b Listing) int { return cmp.Or(b.Used.Compare(a.Used), cmp.Compare(a.Key, b.Key)) })
	return list, nil
}

func about(dir string) (a About) {
	if text, err := os.ReadFile(filepath.Join(dir, aboutFile)); err == nil {
		_ = json.Unmarshal(text, &a) // for people alone
	}
	return a
}

// scan finds the entries, and the files of none: rows that another index took the
// place of, and what was left unfinished.
func scan(dir string) (entries []kept, stray []string, err error) {
	preparations, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("list the cache: %w", err)
	}
	for _, p := range preparations {
		if !p.IsDir() || !isKey(p.Name()) {
			continue
		}
		more, left, err := scanOne(dir, p.Name())
		if err != nil {
			return nil, nil, fmt.Errorf("list the cache: %w", err)
		}
		entries, stray = append(entries, more...), append(stray, left...)
	}
	return entries, stray, nil
}

// isKey tells a directory of ours: 24 hexadecimal digits.
func isKey(name string) bool { return len(name) == 24 && strings.Trim(name, "0123456789abcdef") == "" }

func scanOne(dir, key string) (entries []kept, stray []string, err error) {
	names, err := os.ReadDir(filepath.Join(dir, key))
	if err != nil {
		return nil, nil, err
	}
	needed := map[string]bool{}
	for _, name := range names {
		if path := filepath.Join(dir, key, name.Name()); strings.HasSuffix(path, ".index") {
			e, ok := look(path)
			if ok {
				e.key = key
				entries = append(entries, e)
				needed[path], needed[e.files[1]] = true, true
			}
		}
	}
	for _, name := range names {
		path := filepath.Join(dir, key, name.Name())
		if ext := filepath.Ext(path); !needed[path] && (ext == ".rows" || ext == ".index" || ext == unfinished) {
			stray = append(stray, path)
		}
	}
	return entries, stray, nil
}

// look reads the header of an entry.
func look(path string) (e kept, ok bool) {
	f, err := os.Open(path)
	if err != nil {
		return e, false
	}
	defer f.Close()
	h, _, err := readHeader(f)
	if err != nil {
		return e, false
	}
	info, err := f.Stat()
	if err != nil {
		return e, false
	}
	return kept{files: []string{path, filepath.Join(filepath.Dir(path), h.Rows)}, bytes: info.Size() + h.RowBytes, used: info.ModTime()}, true
}

// A Pruned is what a prune removed.
type Pruned struct {
	Entries int   `json:"entries"`
	Bytes   int64 `json:"bytes"`
	Left    int64 `json:"left"` // bytes that stay
}

// Prune removes what no index knows, the entries that were not used since, and
// then those that were not used for longest until limit bytes are left. It
// refuses with ErrInUse while a process has the cache open.
func Prune(dir string, since time.Time, limit int64) (done Pruned, err error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return done, nil
	}
	lock, err := durable.Lock(filepath.Join(dir, lockName), 0o644)
	if errors.Is(err, durable.ErrLocked) {
		return done, ErrInUse
	}
	if err != nil {
		return done, fmt.Errorf("prune the cache: %w", err)
	}
	defer lock.Close()
	entries, stray, err := scan(dir)
	if err != nil {
		return done, err
	}
	slices.SortFunc(entries, func(a, b kept) int { return cmp.Or(b.used.Compare(a.used), cmp.Compare(a.files[0], b.files[0])) })
	for _, e := range entries {
		if !e.used.Before(since) && done.Left+e.bytes <= limit {
			done.Left += e.bytes
			continue
		}
		stray = append(stray, e.files...)
		done.Entries++
		done.Bytes += e.bytes
	}
	return done, errors.Join(removeAll(stray), removeEmpty(dir))
}

func removeAll(paths []string) error {
	var errs []error
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// removeEmpty removes the preparations of which no entry is left.
func removeEmpty(dir string) error {
	preparations, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, p := range preparations {
		if !p.IsDir() || !isKey(p.Name()) {
			continue
		}
		path := filepath.Join(dir, p.Name())
		names, err := os.ReadDir(path)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(names, func(e fs.DirEntry) bool { return e.Name() != aboutFile && e.Name() != lockName }) {
			continue
		}
		_ = removeAll([]string{filepath.Join(path, aboutFile), filepath.Join(path, lockName)})
		_ = os.Remove(path) // only if nothing else lies there
	}
	return nil
}
