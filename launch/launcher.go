package launch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"trainyard/launch/task"
)

// A Launcher ties ledger, trainers and backends together. All its methods are
// safe for concurrent use by several processes with the same Home.
type Launcher struct {
	Home     string // state directory, absolute
	Ledger   *Ledger
	Trainers map[string]Trainer
	// Evaluator renders the jobs of evaluations; nil: none can be run.
	Evaluator Trainer
	Backends  map[string]Backend // by name
	// OpenBackend opens a backend that is not among Backends, such as ssh:HOST; nil
	// where there are no others.
	OpenBackend func(name string) (Backend, error)
	Self        string // the trainyard program, absolute
	User        string // who launches: written beside each run; empty: not known
	Caps        Caps   // what launches may cost
	Room        Room   // what runs of one sweep may take at once
	// Grace is how long a stopped trainer may take to save; 0 is 30 s.
	Grace time.Duration
	// Poll is how often Watch, Logs and Stop look; 0 is 200 ms.
	Poll time.Duration

	opening sync.Mutex
	opened  map[string]Backend // by OpenBackend

	porter porter // of models that evaluations elsewhere are given

	at func(point string) // tests die here
}

// LedgerFile is where the ledger of a state directory lies.
func LedgerFile(home string) string { return filepath.Join(home, "runs.db") }

// Dir is the directory of the run's newest attempt: log, exit record,
// configuration, checkpoints.
func (l *Launcher) Dir(run Run) string {
	return filepath.Join(l.runDir(run.ID), task.AttemptDir(run.N))
}

func (l *Launcher) runDir(id string) string { return filepath.Join(l.Home, "runs", id) }

func (l *Launcher) parts(job Job) (Trainer, Backend, error) {
	trainer, okT := l.Trainers[job.Trainer]
	if job.Evaluates != nil {
		trainer, okT = l.Evaluator, l.Evaluator != nil
	}
	backend, errB := l.backend(job.Backend)
	var faults []error
	if !okT {
		faults = append(faults, unknown("trainer", job.Trainer, l.Trainers))
	}
	if errB != nil {
		faults = append(faults, errB)
	}
	return trainer, backend, errors.Join(faults...)
}

// Backend finds a backend by its name, or opens it once.
func (l *Launcher) Backend(name string) (Backend, error) { return l.backend(name) }

// backend is Backend.
func (l *Launcher) backend(name string) (Backend, error) {
	if b, ok := l.Backends[name]; ok {
		return b, nil
	}
	if l.OpenBackend == nil {
		return nil, unknown("backend", name, l.Backends)
	}
	l.opening.Lock()
	defer l.opening.Unlock()
	if b, ok := l.opened[name]; ok {
		return b, nil
	}
	b, err := l.OpenBackend(name)
	if err != nil {
		return nil, err
	}
	if l.opened == nil {
		l.opened = map[string]Backend{}
	}
	l.opened[name] = b
	return b, nil
}

func unknown[V any](kind, name string, registry map[string]V) error {
	return fmt.Errorf("unknown %s %q: there are %s", kind, name, strings.Join(slices.Sorted(maps.Keys(registry)), ", "))
}

func (l *Launcher) lockPath(id string) string { return filepath.Join(l.runDir(id), "lock") }

func (l *Launcher) reached(point string) {
	if l.at != nil {
		l.at(point)
	}
}

func (l *Launcher) poll() time.Duration {
	if l.Poll > 0 {
		return l.Poll
	}
	return 200 * time.Millisecond
}

// pause waits one poll interval, or less when ctx ends.
func (l *Launcher) pause(ctx context.Context) error {
	timer := time.NewTimer(l.poll())
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
