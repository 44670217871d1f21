package mix

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
)

// A Dataset is a finished prepare on disk.
type Dataset struct {
	Dir      string
	Manifest *Manifest
}

// OpenDataset reads the manifest of dir. A directory without one is an error
// that errors.Is takes for fs.ErrNotExist.
func OpenDataset(dir string) (*Dataset, error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	return &Dataset{Dir: dir, Manifest: m}, nil
}

// Splits lists the splits that have a shard, in the order of the shards.
func (m *Manifest) Splits() (names []string) {
	for _, s := range m.Shards {
		if !slices.Contains(names, s.Split) {
			names = append(names, s.Split)
		}
	}
	return names
}

// Shards lists the files of one split ("train", "validation") in row order.
func (d *Dataset) Shards(split string) []string {
	var paths []string
	for _, s := range d.Manifest.Shards {
		if s.Split == split {
			paths = append(paths, filepath.Join(d.Dir, s.File))
		}
	}
	return paths
}

// Verify re-hashes every file of the dataset against the manifest. It names
// all the files that differ, not the first.
func (d *Dataset) Verify(ctx context.Context) error {
	var faults []error
	for _, s := range d.Manifest.Shards {
		faults = append(faults, d.verifyFile(ctx, s.FileDigest))
	}
	return errors.Join(append(faults, d.verifyFile(ctx, d.Manifest.Outcomes), d.verifyFile(ctx, d.Manifest.RecipeFile))...)
}

func (d *Dataset) verifyFile(ctx context.Context, want FileDigest) error {
	got, err := digestFile(ctx, filepath.Join(d.Dir, want.File), want.File)
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%s: has %d bytes with sha256 %s, the manifest says %d with %s",
			filepath.Join(d.Dir, want.File), got.Bytes, got.SHA256, want.Bytes, want.SHA256)
	}
	return nil
}
