package mix

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"trainyard/format"
)

// inputs are the files a dataset is made from, records and reports, pinned
// before the first record is parsed and looked at again after the last.
type inputs struct {
	files   [][]format.File // for each source
	digests [][]FileDigest
	times   [][]time.Time
	recipe  []FileDigest // named by the recipe besides the data; read whole, once
}

// hashInputs digests every input file.
func hashInputs(ctx context.Context, cfg *Config, sources []*format.Source, judges []*format.Judge) (*inputs, error) {
	in := &inputs{}
	var done, total atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cfg.workers())
	for k := range sources {
		files := slices.Concat(sources[k].Files(), judges[k].Files())
		in.files = append(in.files, files)
		in.digests = append(in.digests, make([]FileDigest, len(files)))
		in.times = append(in.times, make([]time.Time, len(files)))
		for _, f := range files {
			total.Add(f.Size)
		}
	}
	for k := range in.files {
		for i, f := range in.files[k] {
			g.Go(func() error {
				if err := in.pin(ctx, k, i, cfg.Sources[k].root(i < len(sources[k].Files()))); err != nil {
					return err
				}
				cfg.report(Progress{Stage: "hash", Done: done.Add(f.Size), Total: total.Load()})
				return nil
			})
		}
	}
	return in, g.Wait()
}

// root is where the names of a source's files, or of its reports, start from.
func (s *Source) root(records bool) string {
	if records {
		return s.Path
	}
	return s.Accept.Report
}

func (in *inputs) pin(ctx context.Context, k, i int, root string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	path := in.files[k][i].Path
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	in.times[k][i] = info.ModTime()
	in.digests[k][i], err = digestFile(path, relative(root, path))
	return err
}

// unchanged looks whether the files are still those that were pinned: what a
// rollout appends meanwhile was read but not digested.
func (in *inputs) unchanged() error {
	for k := range in.files {
		for i, f := range in.files[k] {
			info, err := os.Stat(f.Path)
			if err != nil {
				return err
			}
			if info.Size() != in.digests[k][i].Bytes || !info.ModTime().Equal(in.times[k][i]) {
				return fmt.Errorf("prepare: %s changed while it was read (prepare again when nothing writes to it)", f.Path)
			}
		}
	}
	return nil
}

// differ names the first file by which these inputs are not those of an older
// dataset; "" when they are the same.
func (in *inputs) differ(old *Manifest) string {
	if !slices.Equal(old.Inputs, in.recipe) {
		return "a file that the recipe names (" + changed(old.Inputs, in.recipe) + ") has changed"
	}
	for k, s := range old.Sources {
		if k >= len(in.digests) || len(s.Inputs) != len(in.digests[k]) {
			return fmt.Sprintf("source %s has another number of files", s.Name)
		}
		for i, f := range s.Inputs {
			if f != in.digests[k][i] {
				return fmt.Sprintf("%s of source %s has changed", f.File, s.Name)
			}
		}
	}
	return ""
}

// changed names the first file that two lists of digests do not share.
func changed(old, now []FileDigest) string {
	for _, f := range slices.Concat(now, old) {
		if !slices.Contains(old, f) || !slices.Contains(now, f) {
			return f.File
		}
	}
	return "their order"
}

// relative is path as seen from the source's own path, so that the manifest
// does not hold where on this machine the data lies.
func relative(root, path string) string {
	rel, err := filepath.Rel(root, path)
	if err != nil || rel == "." || !filepath.IsLocal(rel) {
		return filepath.Base(path)
	}
	return filepath.ToSlash(rel)
}
