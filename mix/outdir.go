package mix

import (
	"context"
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

// workDir holds everything unfinished, inside the output directory so that
// renames stay on one file system. What a killed prepare left there is
// removed by the next.
const workDir = ".prepare"

// lockName is the file, always empty, whose lock a prepare holds.
const lockName = ".lock"

// ErrOccupied says that the output directory holds something else.
var ErrOccupied = errors.New("output directory is occupied")

// An outDir is an output directory claimed by this process.
type outDir struct {
	dir  string
	made bool // by this claim
	lock *os.File
}

// claim creates cfg.Out, waits for other prepares that write there, and looks
// at what it holds. It refuses foreign files and the dataset of another
// recipe.
func claim(ctx context.Context, cfg *Config, in *inputs) (*outDir, error) {
	_, err := os.Stat(cfg.Out)
	o := &outDir{dir: cfg.Out, made: errors.Is(err, fs.ErrNotExist)}
	if err := in.refuseInside(o.dir); err != nil {
		return nil, err
	}
	// Under the lock this is looked at again: where another prepare is at work,
	// what lies there changes between two glances.
	if err := refuseForeign(o.dir); err != nil && !o.locked() {
		return nil, err
	}
	if o.lock, err = waitForLock(ctx, o.dir, cfg.report); err != nil {
		return nil, fmt.Errorf("prepare into %s: %w", o.dir, err)
	}
	if err := o.look(ctx, cfg, in); err != nil {
		o.release()
		return nil, err
	}
	return o, nil
}

// locked says that a lock of ours lies there.
func (o *outDir) locked() bool { return isLock(filepath.Join(o.dir, lockName)) }

// isLock tells our lock, which is empty, from a file of that name.
func isLock(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() == 0
}

// waitForLock makes dir and tries until its lock is free. Another prepare that
// holds it may be making this very dataset, or, having failed, be about to
// remove dir.
func waitForLock(ctx context.Context, dir string, report func(Progress)) (*os.File, error) {
	for {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		lock, err := lockFile(filepath.Join(dir, lockName))
		if !errors.Is(err, durable.ErrLocked) && !errors.Is(err, fs.ErrNotExist) {
			return lock, err
		}
		report(Progress{Stage: "wait", Lock: filepath.Join(dir, lockName)})
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// refuseForeign refuses a directory with anything that no prepare put there:
// nothing else is ever written over or removed.
func refuseForeign(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("prepare into %s: %w", dir, err)
	}
	ours, err := owned(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		lock := e.Name() == lockName && isLock(filepath.Join(dir, lockName))
		left := len(ours) > 0 && slices.Contains(leftBefore, e.Name())
		if !lock && !left && !slices.Contains(ours, e.Name()) {
			return fmt.Errorf("prepare into %s: %w: %s is not part of a dataset of ours (choose an empty directory with --out)", dir, ErrOccupied, e.Name())
		}
	}
	return nil
}

// leftBefore are the files that earlier versions left beside a dataset when they
// were killed. They block nothing; but they may be the user's, and stay.
var leftBefore = []string{ManifestFile + ".tmp", RecipeFile + ".tmp"}

// owned lists the names in dir that prepares have put there or were about to:
// those that the manifest names, and those in the journal of one that was
// killed. Without either, nothing there is ours.
func owned(dir string) ([]string, error) {
	journal, err := readJournal(dir)
	if err != nil {
		return nil, err
	}
	m, err := readManifest(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	names := journal
	if m != nil {
		names = append(names, m.files()...)
	}
	if info, err := os.Lstat(filepath.Join(dir, workDir)); err == nil && info.IsDir() {
		names = append(names, workDir)
	}
	if len(names) > 0 {
		names = append(names, ManifestFile)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name != filepath.Base(name) })
	if len(names) == 0 {
		return nil, nil // a card alone makes no dataset of what lies there
	}
	card, err := cardNames(dir)
	return append(names, card...), err
}

// refuseInside refuses to write where inputs lie.
func (in *inputs) refuseInside(dir string) error {
	out, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for _, files := range in.files {
		for _, f := range files {
			path, err := filepath.Abs(f.Path)
			if err != nil {
				return err
			}
			if strings.HasPrefix(path, out+string(filepath.Separator)) {
				return fmt.Errorf("prepare into %s: %w: the input %s lies in it (choose another directory with --out)", dir, ErrOccupied, f.Path)
			}
		}
	}
	return nil
}

// look refuses datasets that must not be written over and clears what a
// killed prepare left. The same dataset, damaged, is made again.
func (o *outDir) look(ctx context.Context, cfg *Config, in *inputs) error {
	if err := refuseForeign(o.dir); err != nil {
		return err
	}
	m, err := readManifest(o.dir)
	id := cfg.Recipe
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return o.recover()
	case err != nil:
		return err
	case m.Recipe.Data != id.Data:
		return fmt.Errorf("prepare into %s: %w: it holds the dataset of recipe %s (%.12s), not of %s (%.12s); choose another --out, or remove it",
			o.dir, ErrOccupied, m.Recipe.Name, m.Recipe.Data, id.Name, id.Data)
	case cfg.Replace:
		return o.clearWork()
	case m.Pipeline != Pipeline:
		return fmt.Errorf("prepare into %s: %w: the same recipe made a dataset there with another version of this program (pipeline %d, this is %d); --replace writes over it, --out chooses another directory",
			o.dir, ErrOccupied, m.Pipeline, Pipeline)
	}
	if err := in.digest(ctx, cfg.workers(), cfg.report); err != nil {
		return err
	}
	if other := in.differ(m); other != "" {
		return fmt.Errorf("prepare into %s: %w: the same recipe made a dataset there from other inputs: %s (--replace writes over it; prepare --out chooses another directory)",
			o.dir, ErrOccupied, other)
	}
	return o.clearWork()
}

// refuseInUse refuses to write over a dataset that something still reads.
func (o *outDir) refuseInUse(cfg *Config) error {
	if _, err := readManifest(o.dir); err != nil || cfg.InUse == nil {
		return nil // there is no dataset to take away
	}
	if err := cfg.InUse(o.dir); err != nil {
		return fmt.Errorf("prepare into %s: %w: %w", o.dir, ErrOccupied, err)
	}
	return nil
}

// clearWork removes the work directory. A file of that name is not ours.
func (o *outDir) clearWork() error {
	work := filepath.Join(o.dir, workDir)
	if info, err := os.Lstat(work); err != nil || !info.IsDir() {
		return nil
	}
	return os.RemoveAll(work)
}

// spool gives the reading a place for its rows.
func (o *outDir) spool(r *reading) error {
	dir, err := o.work()
	r.stores.dir = dir
	return err
}

func (o *outDir) work() (string, error) {
	dir := filepath.Join(o.dir, workDir)
	return dir, os.MkdirAll(dir, 0o755)
}

// release removes the leftovers and gives the lock back: after a publishing
// that failed half way, what it had put into place too. A directory that was
// made for a dataset which did not come to be goes as well.
func (o *outDir) release() {
	if _, err := readManifest(o.dir); errors.Is(err, fs.ErrNotExist) {
		_ = o.recover() // or the next prepare does
	} else {
		_ = o.clearWork()
	}
	os.Remove(o.lock.Name())
	o.lock.Close()
	if o.made {
		os.Remove(o.dir) // only if it is empty
	}
}

// sweep removes what a prepare that was killed after its last step left beside
// its dataset, unless another is at work. It is no fault if it cannot, as in a
// directory that may only be read.
func sweep(dir string) {
	work, err := os.Lstat(filepath.Join(dir, workDir))
	if !isLock(filepath.Join(dir, lockName)) && (err != nil || !work.IsDir()) {
		return
	}
	if lock, err := lockFile(filepath.Join(dir, lockName)); err == nil {
		(&outDir{dir: dir, lock: lock}).release()
	}
}
