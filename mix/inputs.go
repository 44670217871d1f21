package mix

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
	"trainyard/mix/cache"
)

// inputs are the files a dataset is made from, records and reports: as they
// were before the first was read, and looked at again after the last record.
type inputs struct {
	files   [][]format.File        // for each source: of records, then of reports
	names   [][]namings            // what they are called
	digests [][]FileDigest         // nil before digest
	recipe  []FileDigest           // named by the recipe besides the data; read whole, once
	sums    map[string]*lazyDigest // by path
}

// A lazyDigest is the digest of a file, which is made once, when it is first asked for.
type lazyDigest struct {
	once   sync.Once
	digest FileDigest // File is empty
	err    error
}

func newInputs(cfg *Config, sources []*dialect.Source, judges []*evidence.Judge) *inputs {
	in := &inputs{sums: map[string]*lazyDigest{}}
	for k := range sources {
		records, reports := sources[k].Files(), judges[k].Files()
		in.files = append(in.files, slices.Concat(records, reports))
		for _, f := range in.files[k] {
			in.sums[f.Path] = &lazyDigest{}
		}
		s := &cfg.Sources[k]
		in.names = append(in.names, slices.Concat(
			slices.Repeat([]namings{newNamings(s.Inputs)}, len(records)),
			slices.Repeat([]namings{{newNaming(s.Accept.Report, s.GivenReport)}}, len(reports))))
	}
	return in
}

// digest hashes every input file, at most workers at a time, unless that was
// done before.
func (in *inputs) digest(ctx context.Context, workers int, report func(Progress)) error {
	if in.digests != nil {
		return nil
	}
	var done atomic.Int64
	total := int64(0)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	digests := make([][]FileDigest, len(in.files))
	for k, files := range in.files {
		digests[k] = make([]FileDigest, len(files))
		for _, f := range files {
			total += f.Size
		}
	}
	for k, files := range in.files {
		for i, f := range files {
			g.Go(func() (err error) {
				digests[k][i], err = in.digestOf(ctx, f.Path)
				digests[k][i].File = in.names[k][i].of(f.Path)
				report(Progress{Stage: "hash", Done: done.Add(f.Size), Total: total})
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	in.digests = digests
	return nil
}

// digestOf hashes one input file, unless that was done before.
func (in *inputs) digestOf(ctx context.Context, path string) (FileDigest, error) {
	s := in.sums[path]
	s.once.Do(func() { s.digest, s.err = digestFile(ctx, path, "") })
	return s.digest, s.err
}

// know takes a file's digest from where it was kept.
func (in *inputs) know(f format.File, sha256 string) {
	s := in.sums[f.Path]
	s.once.Do(func() { s.digest = FileDigest{Bytes: f.Size, SHA256: sha256} })
}

// reports are the digests of a source's reports, by their paths on this machine;
// its files of records come first.
func (in *inputs) reports(ctx context.Context, records, k int) (list []FileDigest, err error) {
	for _, f := range in.files[k][records:] {
		d, err := in.digestOf(ctx, f.Path)
		if err != nil {
			return nil, err
		}
		d.File = f.Path
		list = append(list, d)
	}
	return list, nil
}

// unchanged looks whether the files are still those that were opened: what a
// rollout appends meanwhile was read but not digested.
func (in *inputs) unchanged() error {
	for k := range in.files {
		for i, f := range in.files[k] {
			info, err := os.Stat(f.Path)
			if err != nil {
				return err
			}
			if in.digests[k][i].Bytes != f.Size || !f.Same(format.FileOf(f.Path, info)) {
				return fmt.Errorf("prepare: %s changed while it was read (prepare again when nothing writes to it)", f.Path)
			}
		}
	}
	return nil
}

// differ names the first file by which these inputs, digested, are not those
// of an older dataset; "" when they are the same.
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

// find looks for an entry of a cache; the digests that it has need not be made.
func (in *inputs) find(ctx context.Context, p *cache.Preparation, part cache.Part) (*cache.Entry, error) {
	e, err := p.Find(part, func(i int) (string, error) {
		d, err := in.digestOf(ctx, part.Files[i].Path)
		return d.SHA256, err
	})
	if e != nil {
		for i, f := range part.Files {
			in.know(f, e.Digests[i])
		}
	}
	return e, err
}

// unchangedDigests are those of files that are what they were when they were
// opened.
func (in *inputs) unchangedDigests(ctx context.Context, files []format.File) (digests []string, err error) {
	for _, file := range files {
		d, err := in.digestOf(ctx, file.Path)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(file.Path)
		if err != nil {
			return nil, err
		}
		if d.Bytes != file.Size || !file.Same(format.FileOf(file.Path, info)) {
			return nil, fmt.Errorf("%s changed while it was read", file.Path)
		}
		digests = append(digests, d.SHA256)
	}
	return digests, nil
}
