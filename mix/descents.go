package mix

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"trainyard/format/dialect"
	"trainyard/mix/cache"
)

// descents keeps in the cache what is found of a source's records before they are
// converted, in which of them others stand: without it such a source would be read
// for that, however much of it the cache has.
type descents struct {
	r       *reading
	in      *cache.Preparation
	hashing chan struct{} // one file at a time
}

func (r *reading) descents(k int) (*descents, error) {
	program, err := program()
	if err != nil {
		return nil, err
	}
	s := &r.cfg.Sources[k]
	said, err := json.Marshal(struct {
		Descents, Format, Instance string
		Files                      []FileDigest
	}{program, s.Format, s.Instance, slices.DeleteFunc(slices.Clone(r.used[k]), func(f FileDigest) bool { return f.File != s.Instance })})
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	about := cache.About{Recipe: r.cfg.Recipe.Name, Source: s.Name, Output: "which records hold others"}
	return &descents{r: r, in: r.cache.Preparation(said, about), hashing: make(chan struct{}, 1)}, nil
}

// Load is nothing for a part that the cache cannot tell of; its files are hashed
// then, beside the reading, since they will be kept.
func (d *descents) Load(p dialect.Part) ([]byte, bool) {
	e, err := d.r.inputs.find(d.r.ctx, d.in, cache.Part{Files: p.Files})
	if err != nil || e == nil {
		d.hash(p)
		return nil, false
	}
	records, err := e.Records()
	if err != nil {
		return nil, false
	}
	defer records.Close()
	kept, err := io.ReadAll(records)
	return kept, err == nil
}

func (d *descents) hash(p dialect.Part) {
	go func() {
		d.hashing <- struct{}{}
		defer func() { <-d.hashing }()
		for _, f := range p.Files {
			_, _ = d.r.inputs.digestOf(d.r.ctx, f.Path) // digestOf gives it again to its next caller
		}
	}()
}

// Save does nothing where the cache cannot be written: what becomes of the rows
// tells that.
func (d *descents) Save(p dialect.Part, kept []byte) {
	if d.r.cfg.DryRun {
		return
	}
	digests, err := d.r.inputs.unchangedDigests(d.r.ctx, p.Files)
	if err != nil || d.in.Make() != nil {
		return
	}
	w, err := d.in.Create(cache.Part{Files: p.Files}, d.r.began)
	if err != nil {
		return
	}
	if _, err = w.Write(kept); err == nil {
		_, err = w.Commit(digests)
	}
	if err != nil {
		_ = w.Abandon()
	}
}
