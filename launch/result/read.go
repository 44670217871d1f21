package result

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"trainyard/format/regular"
)

// A Reading is what some files came to.
type Reading struct {
	Results []Result
	// Left are the files below directories that are no reports, and why.
	Left []Left
}

// A Left is a file that was not read, and why.
type Left struct {
	File string
	Why  error
}

// Read reads reports: files, and whatever reports lie below directories. A file that
// was named and cannot be read is an error; one that was found is left.
func Read(paths ...string) (Reading, error) {
	var files []named
	var left []Left
	var faults []error
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			files = append(files, named{path, false}) // why it cannot be opened is told where it is opened
			continue
		}
		below, links, err := Candidates(path)
		faults, left = append(faults, err), append(left, links...)
		for _, c := range below {
			files = append(files, named{c.File, true})
		}
	}
	reading, err := readFiles(files)
	reading.Left = append(left, reading.Left...)
	return reading, errors.Join(append(faults, err)...)
}

// ReadFound reads files that were found by Candidates.
func ReadFound(files []string) Reading {
	all := make([]named, len(files))
	for i, file := range files {
		all[i] = named{file, true}
	}
	reading, _ := readFiles(all) // what cannot be read is left
	return reading
}

// A named is a file to read; found says that it was not named itself.
type named struct {
	path  string
	found bool
}

// readFiles reads documents of lm-eval last: they are read with the results that they
// belong to.
func readFiles(files []named) (Reading, error) {
	g := gathering{parts: map[string]*whole{}, used: map[string]bool{}}
	var faults []error
	slices.SortStableFunc(files, func(a, b named) int { return cmp.Compare(belongs(a.path), belongs(b.path)) })
	for _, file := range files {
		if err := g.take(file.path); err != nil && file.found {
			g.Left = append(g.Left, Left{file.path, err})
		} else {
			faults = append(faults, err)
		}
	}
	return g.reading(), errors.Join(faults...)
}

func belongs(path string) int {
	if samplesName.MatchString(unpackedName(filepath.Base(path))) {
		return 1
	}
	return 0
}

// maxCandidate is the size of files that are looked into without being named.
const maxCandidate = 64 << 20

// A Candidate is a file that may be a report.
type Candidate struct {
	File  string
	Size  int64
	Wrote time.Time
}

// ErrLink: what lies below a directory and is a link is not followed, since it may lead
// anywhere, and in a circle.
var ErrLink = errors.New("it is a symbolic link, which is not followed: name it, or what it leads to")

// Candidates lists the files below a directory that may be reports, by their names
// and sizes. Logs of model calls and what is hidden are passed over. The directory may be
// a link; links below it are left.
func Candidates(dir string) (files []Candidate, left []Left, err error) {
	root := dir
	if info, err := os.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		root += string(filepath.Separator) // what it leads to, under its own name
	}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path != root {
			return nil // it went meanwhile
		}
		if err != nil {
			return err
		}
		switch name := entry.Name(); {
		case path != root && strings.HasPrefix(name, "."), name == "llm_completions":
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.Type()&fs.ModeSymlink != 0 && mayLead(path):
			left = append(left, Left{path, fmt.Errorf("%s: %w", path, ErrLink)})
		case entry.Type().IsRegular() && isReportName(name):
			if info, err := entry.Info(); err == nil && info.Size() > 0 && info.Size() <= maxCandidate {
				files = append(files, Candidate{path, info.Size(), info.ModTime()})
			}
		}
		return nil
	})
	return files, left, err
}

func isReportName(name string) bool {
	return slices.Contains([]string{".json", ".jsonl", ".csv", ".tsv"}, filepath.Ext(unpackedName(name)))
}

// mayLead reports whether a link leads to a directory, or to what may be a report.
func mayLead(link string) bool {
	info, err := os.Stat(link)
	return err == nil && (info.IsDir() || isReportName(link))
}

// A gathering puts the parts of evaluations together.
type gathering struct {
	Reading
	parts map[string]*whole // by format and directory
	used  map[string]bool   // files that another one has been read with
}

func (g *gathering) take(file string) error {
	if g.used[absolute(file)] {
		return nil
	}
	return withFile(file, func(d *document) error {
		name, err := formatOf(d)
		if err != nil {
			return err
		}
		f := Formats[name]
		results, err := f.read(d)
		if err != nil {
			return err
		}
		for _, path := range d.used {
			g.used[absolute(path)] = true
		}
		for _, r := range results {
			r.Source = Source{File: d.path, Format: name, SHA256: d.digest}
			f.count(d, &r)
			if dir, part := f.partAt(d); part {
				err = g.join(dir, r, f.tries)
			} else {
				g.Results = append(g.Results, r)
			}
		}
		return err
	})
}

// A whole is an evaluation that lies in parts.
type whole struct {
	Result
	tries   tries
	digests []string
}

// join adds a part to what is known of its evaluation.
func (g *gathering) join(dir string, part Result, again bool) error {
	key := part.Source.Format + "\x00" + dir
	w := g.parts[key]
	if w == nil {
		w = &whole{Result: part, tries: tries{}}
		w.Source.File = dir
		g.parts[key] = w
	}
	w.learn(part)
	for _, i := range part.Instances {
		if !again && len(w.tries[i.ID]) > 0 {
			return fmt.Errorf("%s: another file below %s is about %s too", part.Source.File, dir, i.ID)
		}
		w.tries[i.ID] = append(w.tries[i.ID], i)
	}
	w.digests = append(w.digests, part.Source.SHA256)
	return nil
}

// learn takes from a part what the ones before have not told.
func (r *Result) learn(part Result) {
	for _, said := range []struct{ known, told *string }{
		{&r.Benchmark, &part.Benchmark}, {&r.Split, &part.Split}, {&r.Scaffold, &part.Scaffold}, {&r.Model, &part.Model}, {&r.Metric, &part.Metric},
	} {
		switch {
		case *said.known == "":
			*said.known = *said.told
		case *said.told != "" && *said.told != *said.known:
			r.Notes = append(r.Notes, fmt.Sprintf("%s says %q, and others %q", part.Source.File, *said.told, *said.known))
		}
	}
	if r.Step == nil {
		r.Step = part.Step
	}
	r.Asked = max(r.Asked, part.Asked)
}

// reading is what files and parts came to.
func (g *gathering) reading() Reading {
	for _, key := range slices.Sorted(maps.Keys(g.parts)) {
		w := g.parts[key]
		w.Instances = w.tries.instances()
		slices.Sort(w.digests)
		sum := sha256.Sum256([]byte(strings.Join(w.digests, "\n")))
		w.Source.Parts, w.Source.SHA256 = len(w.digests), hex.EncodeToString(sum[:])
		g.Results = append(g.Results, w.Result)
	}
	for i := range g.Results {
		g.Results[i].noteAsked()
	}
	return g.Reading
}

// absolute is a path that two spellings of one file share.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// maxSmall is more than any metadata of an evaluation takes.
const maxSmall = 1 << 20

func readSmall(path string) ([]byte, error) {
	f, _, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSmall))
}

// opens says why a file cannot be read.
func opens(path string) error {
	f, _, err := regular.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}
