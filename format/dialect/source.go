package dialect

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"trainyard/format"
	"trainyard/format/container"
	"trainyard/format/regular"
)

// DefaultMaxRecord is the longest record that is read: 64 MiB, some thirty
// times the longest OpenHands row seen.
const DefaultMaxRecord = 64 << 20

// An Input says what to read and how.
type Input struct {
	Path      string   // a file, a directory (read recursively), a glob, or Stdin
	Paths     []string // more of them, read in this order after Path
	Format    string   // a dialect's name or "auto"; empty means auto
	MaxRecord int64    // longest record in bytes; 0 means DefaultMaxRecord
	// Instance is the template of the first user turn, with slots such as
	// {problem_statement}, for records of r2e-gym that do not hold theirs.
	Instance string
}

// A Source is an opened input: a fixed list of files, read in that order.
type Source struct {
	format   string
	instance string
	files    []format.File
	feed     container.Feed
	units    []unit
	kin      *kinship // found when the records are read for the first time
}

// Open lists the files of an input, sorted by path. It reads none of them.
func Open(in Input) (*Source, error) {
	formatName := in.Format
	if formatName == "" {
		formatName = Auto
	}
	if _, ok := Dialects[formatName]; !ok && formatName != Auto {
		return nil, format.UnknownName("format", formatName, append(Names(), Auto))
	}
	files, err := listAll(in)
	if err != nil {
		return nil, err
	}
	s := &Source{format: formatName, files: files, instance: in.Instance, units: units(files, formatName)}
	s.kin = &kinship{of: s}
	s.feed.Max = in.MaxRecord
	if s.feed.Max <= 0 {
		s.feed.Max = DefaultMaxRecord
	}
	s.feed.Shape = shapeOf(formatName, s.feed.Max)
	return s, nil
}

// listAll finds the files of all paths. None may stand for a file that another
// stands for: its records would be read twice.
func listAll(in Input) (files []format.File, err error) {
	paths, from := in.Paths, map[string]string{}
	if in.Path != "" || len(paths) == 0 {
		paths = append([]string{in.Path}, paths...)
	}
	for _, path := range paths {
		more, err := list(path)
		if err != nil {
			return nil, err
		}
		for _, f := range more {
			if other, twice := from[filepath.Clean(f.Path)]; twice {
				return nil, fmt.Errorf("%s is in %s and in %s: its records would be read twice (leave one of the paths out)", f.Path, other, path)
			}
		}
		for _, f := range more {
			from[filepath.Clean(f.Path)] = path
		}
		files = append(files, more...)
	}
	return files, nil
}

// list finds the files a path stands for.
func list(path string) ([]format.File, error) {
	if path == format.Stdin {
		return []format.File{{Path: format.Stdin}}, nil
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return walk(path)
	case err == nil && !info.Mode().IsRegular() && !regular.IsStream(path):
		return nil, fmt.Errorf("open source: %w (pipe it to - instead, or write it to a file)", regular.Check(path, info))
	case err == nil && info.Size() == 0 && info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: the file is empty", path)
	case err == nil:
		return []format.File{format.FileOf(path, info)}, nil
	case !hasGlob(path):
		return nil, fmt.Errorf("open source: %w", err)
	}
	return glob(path)
}

func hasGlob(path string) bool {
	for _, c := range path {
		if c == '*' || c == '?' || c == '[' {
			return true
		}
	}
	return false
}

func glob(pattern string) ([]format.File, error) {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", pattern, err)
	}
	var files []format.File
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("open source: %w", err)
		}
		if info.IsDir() {
			inside, err := walk(path)
			if err != nil {
				return nil, err
			}
			files = append(files, inside...)
			continue
		}
		if err := regular.Check(path, info); err != nil {
			return nil, fmt.Errorf("open source: %w", err)
		}
		files = append(files, format.FileOf(path, info))
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no file matches", pattern)
	}
	return sorted(files), nil
}

// walk collects the files below a directory whose names say that they hold
// records. Hidden files and those that only stand beside records are left out.
func walk(dir string) ([]format.File, error) {
	var files []format.File
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path != dir && entry.Name()[0] == '.' {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() || beside[entry.Name()] || container.KindOf(entry.Name()) == container.Unknown {
			return nil
		}
		info, err := os.Stat(path)
		if err == nil {
			err = regular.Check(path, info)
		}
		if err != nil {
			return err
		}
		files = append(files, format.FileOf(path, info))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no file to read in this directory (%s, also with .gz or .zst)", dir, container.Names)
	}
	if !slices.ContainsFunc(files, func(f format.File) bool { return f.Size > 0 }) {
		return nil, fmt.Errorf("%s: every file in this directory is empty (%d of them)", dir, len(files))
	}
	return sorted(files), nil
}

// beside are the files that evaluation harnesses write next to records.
var beside = map[string]bool{
	"metadata.json": true, stateFile: true, "report.json": true, "manifest.json": true, "preds.json": true, "all_preds.jsonl": true, "dataset_info.json": true,
	"ui_messages.json": true, "task_metadata.json": true, "context_history.json": true, // Cline's
}

// sorted orders by path and drops what overlapping patterns found twice.
func sorted(files []format.File) []format.File {
	slices.SortFunc(files, func(a, b format.File) int {
		switch {
		case a.Path < b.Path:
			return -1
		case a.Path > b.Path:
			return 1
		}
		return 0
	})
	return slices.Compact(files)
}

// Files lists what the source reads, in reading order; a folder that is read
// as one comes with the first of its files.
func (s *Source) Files() []format.File { return slices.Clone(s.files) }

// Read returns how many bytes of the files have been consumed so far. It may
// be called while Records runs; the sum of the file sizes is the total.
func (s *Source) Read() int64 { return s.feed.Taken() }

// Records yields every record of every file in a fixed order, holding one at
// a time. A record that cannot be read, or that another record of the source
// holds, is yielded with Err set. Sources that may hold such records are read
// once before, for digests of their turns. The error returned is the file
// system's, the context's or yield's.
func (s *Source) Records(ctx context.Context, yield func(format.Record) error) error {
	if err := s.kin.find(ctx, nil); err != nil {
		return err
	}
	return s.stream(ctx, s.kin.marking(yield))
}

// stream yields the records as their files hold them.
func (s *Source) stream(ctx context.Context, yield func(format.Record) error) error {
	s.feed.Reset()
	for _, u := range s.units {
		if err := u.read(s, ctx, u.files, yield); err != nil {
			return err
		}
	}
	return nil
}

// Parse makes a trajectory of a record. Its error is a *Reject. Workers may
// call it at the same time.
func (s *Source) Parse(rec format.Record) (*format.Trajectory, error) {
	if rec.Err != nil {
		return nil, rec.Err
	}
	rec.Instance = s.instance
	t, err := ParseRecord(s.format, rec)
	if err == nil {
		heed(t, rec.Kin)
	}
	return t, err
}

// ParseText is [ParseText] in the source's format.
func (s *Source) ParseText(rec format.Record) (*format.Trajectory, error) {
	if rec.Err != nil {
		return nil, rec.Err
	}
	return ParseText(s.format, rec)
}
