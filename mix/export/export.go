package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format/durable"
	"trainyard/mix"
)

// A Config says what to write, and where.
type Config struct {
	Dataset *mix.Dataset
	Target  string   // a key of Targets
	Out     string   // the directory to make; nothing may stand there
	Splits  []string // train, validation; empty: those that have rows

	// Progress, where set, is told of each row.
	Progress func(mix.Progress)
}

// A Summary tells what was written.
type Summary struct {
	Target string `json:"target"`
	Out    string `json:"out"`
	Splits []Side `json:"splits"`
}

// A Side is what became of one split. Turns are the assistant's, counted where
// lines have turns; tokens are counted where lines or rows have ids.
type Side struct {
	Split         string `json:"split"`
	Files         int    `json:"files"`
	Bytes         int64  `json:"bytes"`
	Rows          int64  `json:"rows"`
	Turns         int64  `json:"turns,omitempty"`
	Trained       int64  `json:"trained_turns,omitempty"`
	Tokens        int64  `json:"tokens,omitempty"`
	TrainedTokens int64  `json:"trained_tokens,omitempty"`
}

// Run writes the directory: into one beside it, which takes its name when all of
// it is on disk. On an error nothing is left.
func Run(ctx context.Context, cfg Config) (*Summary, error) {
	target, ok := Targets[cfg.Target]
	if !ok {
		return nil, fmt.Errorf("export: no target %q: there are %s", cfg.Target, strings.Join(slices.Sorted(maps.Keys(Targets)), ", "))
	}
	splits, err := cfg.splits()
	if err != nil {
		return nil, err
	}
	if err := cfg.free(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(cfg.Out), 0o755); err != nil {
		return nil, fmt.Errorf("export into %s: %w", cfg.Out, err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(cfg.Out), "."+filepath.Base(cfg.Out)+"-")
	if err != nil {
		return nil, fmt.Errorf("export into %s: %w", cfg.Out, err)
	}
	e := &exporter{cfg: &cfg, target: &target, dir: temp, progress: mix.Progress{Stage: "export"}}
	done, err := e.run(ctx, splits)
	if err == nil {
		err = cfg.place(temp)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(temp))
	}
	return &Summary{Target: cfg.Target, Out: cfg.Out, Splits: done}, nil
}

// splits are those to write, each once.
func (c *Config) splits() ([]string, error) {
	all := c.Dataset.Manifest.Splits()
	wanted := slices.Compact(slices.Sorted(slices.Values(c.Splits)))
	for _, name := range wanted {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("export %s: it has no rows of split %q, only of %s", c.Dataset.Dir, name, strings.Join(all, ", "))
		}
	}
	if len(wanted) > 0 {
		return wanted, nil
	}
	return all, nil
}

// free refuses to write over anything.
func (c *Config) free() error {
	_, err := os.Lstat(c.Out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("export into %s: %w: it is there already\nhint: choose another directory with --out, or remove it", c.Out, mix.ErrOccupied)
}

// place gives the directory its name.
func (c *Config) place(temp string) error {
	if err := os.Chmod(temp, 0o755); err != nil {
		return err
	}
	if err := c.free(); err != nil { // another process may have been faster
		return err
	}
	if err := os.Rename(temp, c.Out); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(c.Out))
}
