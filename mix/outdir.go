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
)

// workDir holds everything unfinished, inside the output directory so that
// renames stay on one file system. What a killed prepare left there is
// removed by the next.
const workDir = ".prepare"

// lockName is the file whose lock a prepare holds.
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
	if err := errors.Join(refuseForeign(o.dir), in.refuseInside(o.dir)); err != nil {
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

// waitForLock makes dir and tries until its lock is free. Whoever holds it may
// be making this very dataset, or, having failed, be about to remove dir.
func waitForLock(ctx context.Context, dir string, report func(Progress)) (*os.File, error) {
	for {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		lock, err := lockFile(filepath.Join(dir, lockName))
		if !errors.Is(err, errLocked) && !errors.Is(err, fs.ErrNotExist) {
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

func refuseForeign(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("prepare into %s: %w", dir, err)
	}
	marked := slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return slices.Contains([]string{workDir, lockName, ManifestFile}, e.Name())
	})
	for _, e := range entries {
		if !marked || !ours(e.Name()) {
			return fmt.Errorf("prepare into %s: %w: %s is not part of a dataset of ours (choose an empty directory with --out)", dir, ErrOccupied, e.Name())
		}
	}
	return nil
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

// ours tells the names that a prepare writes.
func ours(name string) bool {
	if slices.Contains([]string{workDir, lockName, ManifestFile, ManifestFile + ".tmp", outcomesFile, RecipeFile}, name) {
		return true
	}
	shard := strings.HasPrefix(name, "train-") || strings.HasPrefix(name, "validation-")
	return shard && strings.HasSuffix(name, ".parquet")
}

// look refuses datasets that must not be written over and clears what a
// killed prepare left. The same dataset, damaged or of an older pipeline, is
// made again.
func (o *outDir) look(ctx context.Context, cfg *Config, in *inputs) error {
	m, err := readManifest(o.dir)
	id := cfg.Recipe
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return o.clearWork()
	case err != nil:
		return err
	case m.Recipe.Data != id.Data:
		return fmt.Errorf("prepare into %s: %w: it holds the dataset of recipe %s (%.12s), not of %s (%.12s); choose another --out, or remove it",
			o.dir, ErrOccupied, m.Recipe.Name, m.Recipe.Data, id.Name, id.Data)
	}
	if cfg.Replace {
		return o.clearWork()
	}
	if err := in.digest(ctx, cfg.workers(), cfg.report); err != nil {
		return err
	}
	if other := in.differ(m); other != "" {
		return fmt.Errorf("prepare into %s: %w: the same recipe made a dataset there from other inputs: %s (--replace writes over it, which runs that read it would notice; --out chooses another directory)",
			o.dir, ErrOccupied, other)
	}
	return o.clearWork()
}

func (o *outDir) clearWork() error { return os.RemoveAll(filepath.Join(o.dir, workDir)) }

// spool gives the reading a file for its rows.
func (o *outDir) spool(r *reading) error {
	dir, err := o.work()
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "spool"))
	r.spool = &spool{file: f}
	return err
}

func (o *outDir) work() (string, error) {
	dir := filepath.Join(o.dir, workDir)
	return dir, os.MkdirAll(dir, 0o755)
}

// publish moves the finished files into place and writes the manifest last.
// The old manifest goes first, so that a crash leaves no dataset rather than
// a mixed one.
func (o *outDir) publish(m *Manifest) error {
	if err := o.clear(); err != nil {
		return err
	}
	files := []string{m.Outcomes.File, m.RecipeFile.File}
	for _, s := range m.Shards {
		files = append(files, s.File)
	}
	for _, f := range files {
		if err := os.Rename(filepath.Join(o.dir, workDir, f), filepath.Join(o.dir, f)); err != nil {
			return fmt.Errorf("publish %s: %w", o.dir, err)
		}
	}
	if err := syncDir(o.dir); err != nil {
		return err
	}
	return m.write(o.dir)
}

// rename gives a finished dataset the recipe of cfg, which asks for the same
// rows and may train on them otherwise.
func (o *outDir) rename(m *Manifest, cfg *Config) (err error) {
	if m.Recipe == cfg.Recipe {
		return nil
	}
	m.Recipe = cfg.Recipe
	if m.RecipeFile, err = writeRecipe(o.dir, cfg.YAML); err != nil {
		return err
	}
	return m.write(o.dir)
}

// clear removes an older dataset, manifest first.
func (o *outDir) clear() error {
	err := os.Remove(filepath.Join(o.dir, ManifestFile))
	if err == nil {
		err = syncDir(o.dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	entries, err := os.ReadDir(o.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if ours(e.Name()) && e.Name() != workDir && e.Name() != lockName {
			err = errors.Join(err, os.Remove(filepath.Join(o.dir, e.Name())))
		}
	}
	return err
}

// release removes the leftovers and gives the lock back. A directory that was
// made for a dataset which did not come to be goes too.
func (o *outDir) release() {
	os.RemoveAll(filepath.Join(o.dir, workDir))
	os.Remove(o.lock.Name())
	o.lock.Close()
	if o.made {
		os.Remove(o.dir) // only if it is empty
	}
}
