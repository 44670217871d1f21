package attempt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"trainyard/launch/files"
	"trainyard/launch/redact"
	"trainyard/launch/task"
)

// A logMask keeps secrets off the disk that the trainer prints: its supervisor has the
// values, as the trainer has, and overwrites them in its logs where they stand. The
// trainer writes to the files itself, and not through a pipe, which would end it with its
// supervisor; so a secret stands there until the next look, at most attendInterval, and
// for good where the supervisor is killed before.
type logMask struct {
	dir    string
	names  []string // of logs that are there from the start, or not
	r      *redact.Redactor
	logs   map[string]*maskedLog // by path
	silent bool                  // trouble has been told
}

func newLogMask(dir string, spec spec) *logMask {
	m := &logMask{dir: dir, names: []string{task.LogName}, r: redact.Process(), logs: map[string]*maskedLog{}}
	if spec.Progress != "" {
		m.names = append(m.names, spec.Progress)
	}
	return m
}

// A maskedLog is how far one file is masked.
type maskedLog struct {
	*redact.Stored
	info fs.FileInfo
}

// look masks what is new in the log, in the trainer's own, and in what each rank says.
func (m *logMask) look(last bool) {
	var all []string
	for _, name := range m.names {
		all = append(all, filepath.Join(m.dir, filepath.FromSlash(name)))
	}
	for _, form := range rankLogs {
		ranks, _ := filepath.Glob(filepath.Join(m.dir, ranksName, form)) // the form is a right one
		all = append(all, ranks...)
	}
	for _, path := range all {
		if err := m.mask(path, last); err != nil && !m.silent {
			m.silent = true
			fmt.Fprintln(os.Stderr, "take secrets out of the log:", err)
		}
	}
}

// rankLogs are where torchrun writes what its ranks say
// (torch/distributed/elastic/multiprocessing/api.py): run, attempt and rank.
var rankLogs = []string{"*/*/*/stdout.log", "*/*/*/stderr.log"}

func (m *logMask) mask(path string, last bool) error {
	f, info, err := files.OpenInPlace(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	log := m.logs[path]
	if log == nil || !os.SameFile(log.info, info) { // a trainer may write its own anew
		log = &maskedLog{m.r.Stored(), info}
		m.logs[path] = log
	}
	return log.Look(f, info.Size(), last)
}
