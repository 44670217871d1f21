package yard

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"trainyard/launch"
	"trainyard/launch/backend"
	"trainyard/launch/provider"
	"trainyard/launch/trainer"
)

// A Yard is one user's state directory and what the machine is told about it.
// None of it bears identity: the same recipe gives the same dataset in another
// yard.
type Yard struct {
	Home    string // state directory, absolute; made when something is to be kept
	Data    string // where relative paths of sources start; empty: at the recipe's file
	Workers int    // goroutines of a prepare; 0 is one for each processor
	// Cache is the directory of what was made of files; empty: one in Home; off: none.
	Cache      string
	CacheLimit int64 // bytes that it is pruned to after a prepare
	// Ledger is the URL of a ledger that a team shares; empty: a file in Home.
	Ledger string
	User   string      // who launches; empty: not known
	Caps   launch.Caps // what launches may cost
	// Prices is a file of prices for machines that have none of their own; empty: none.
	Prices string
	// Backends are those that the settings name, beside local; nil: local alone.
	Backends map[string]launch.Backend
	// GPUHours are what the settings say that one GPU for an hour costs, in US dollars, by
	// the name of a backend.
	GPUHours map[string]float64
	Self     string // the trainyard program, absolute: trainers and supervisors are it
	// Clock is what providers are waited for by; nil: the machine's.
	Clock provider.Clock

	mu     sync.Mutex
	ledger *launch.Ledger // open from the first need of it on
	// restored are the runs that were put into a new ledger when it was opened.
	restored []string
}

// SamplesDir is where the sample trajectories are unpacked.
func (y *Yard) SamplesDir() string { return filepath.Join(y.Home, "samples") }

// DatasetsDir is where datasets go that are given no other place.
func (y *Yard) DatasetsDir() string { return filepath.Join(y.Home, "datasets") }

// launcher ties the parts together. Without a ledger it can check and render,
// and needs no state directory.
func (y *Yard) launcher(ledger *launch.Ledger) *launch.Launcher {
	return &launch.Launcher{
		Home: y.Home, Ledger: ledger, Trainers: trainer.Trainers, Evaluator: trainer.Evaluation{}, Backends: y.Backends, OpenBackend: backend.OpenShort, Self: y.Self,
		User: y.User, Caps: y.Caps,
	}
}

// Launcher opens the ledger, which stays open until [Yard.Close].
func (y *Yard) Launcher() (*launch.Launcher, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.ledger != nil {
		return y.launcher(y.ledger), nil
	}
	if err := os.MkdirAll(y.Home, 0o700); err != nil {
		return nil, fmt.Errorf("make the state directory: %w", err)
	}
	ledger, err := launch.OpenLedger(cmp.Or(y.Ledger, launch.LedgerFile(y.Home)))
	if err != nil {
		return nil, err
	}
	y.ledger = ledger
	l := y.launcher(ledger)
	return l, y.restore(l)
}

// hasLedger says that there may be runs. Looking at none makes nothing.
func (y *Yard) hasLedger() bool {
	if y.Ledger != "" {
		return true
	}
	_, errLedger := os.Stat(launch.LedgerFile(y.Home))
	_, errRuns := os.Stat(filepath.Join(y.Home, "runs")) // a ledger that was removed is made anew from them
	return !errors.Is(errLedger, fs.ErrNotExist) || !errors.Is(errRuns, fs.ErrNotExist)
}

// Close gives the ledger back. The yard may be used again.
func (y *Yard) Close() error {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.ledger == nil {
		return nil
	}
	err := y.ledger.Close()
	y.ledger = nil
	return err
}

// atHome expands a leading ~/, which no shell does inside a file.
func atHome(path string) string {
	home, err := os.UserHomeDir()
	if rest, ok := strings.CutPrefix(path, "~/"); ok && err == nil {
		return filepath.Join(home, rest)
	}
	return path
}
