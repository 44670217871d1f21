package launch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"trainyard/launch/files"
)

// What a run was started from belongs to the run, whatever becomes of recipe
// and dataset: these files lie in its directory.
const (
	RecipeCopy   = "recipe.yaml"  // the resolved recipe
	ManifestCopy = "dataset.json" // the manifest of the dataset as it was
)

// keep copies what the job was made from. A dataset that is not the one the job
// was made for is refused.
func (l *Launcher) keep(id string, job Job) error {
	if err := job.Dataset.Now(); err != nil {
		return fmt.Errorf("start run: %w", err)
	}
	if job.RecipeText != "" {
		if err := files.Write(l.runDir(id), RecipeCopy, []byte(job.RecipeText)); err != nil {
			return fmt.Errorf("start run: keep the recipe: %w", err)
		}
	}
	manifest, err := files.ReadRegular(filepath.Join(job.Dataset.Dir, manifestName), maxManifest)
	if err == nil {
		err = files.Write(l.runDir(id), ManifestCopy, manifest)
	}
	if err != nil && job.Dataset.Digest != "" {
		return fmt.Errorf("start run: keep the dataset's manifest: %w", err)
	}
	return nil
}

// The ways in which a dataset is not there any more.
var (
	ErrDatasetGone  = errors.New("the dataset is gone")
	ErrDatasetOther = errors.New("another dataset stands there now")
)

// Now looks whether the dataset is still the one that the facts were read
// from. Shards are told by their names and the sizes and digests of the
// manifest; their contents are not hashed.
func (d Dataset) Now() error {
	if d.Digest == "" {
		return nil // nothing is known to compare with
	}
	now, err := ReadDataset(d.Dir)
	switch _, gone := os.Stat(filepath.Join(d.Dir, manifestName)); {
	case errors.Is(gone, fs.ErrNotExist):
		return fmt.Errorf("%w: %s has no %s", ErrDatasetGone, d.Dir, manifestName)
	case err != nil:
		return err
	case now.Digest != d.Digest:
		return fmt.Errorf("%w: %s has the digest %.12s, not %.12s", ErrDatasetOther, d.Dir, now.Digest, d.Digest)
	}
	return nil
}
