package mix

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/mix/cache"
)

// descents keeps in the cache what is found of a source's records before they are
// converted, in which of them others stand: without it such a source would be read
// for that, however much of it the cache has.
type descents struct {
	r  *reading
	in *cache.Preparation
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
	return &descents{r, r.cache.Preparation(said, about)}, nil
}

// Load is nothing for a part that the cache cannot tell of.
func (d *descents) Load(p dialect.Part) io.ReadCloser {
	e, err := d.r.inputs.find(d.r.ctx, d.in, cache.Part{Files: p.Files})
	if err != nil || e == nil {
		return nil
	}
	records, err := e.Records()
	if err != nil {
		return nil
	}
	return records
}

// Save keeps nothing where the cache cannot be written: what becomes of the rows
// tells that.
func (d *descents) Save(p dialect.Part) dialect.DescentWriter {
	if d.r.cfg.DryRun || d.r.uncached != nil || d.in.Make() != nil {
		return nil
	}
	w, err := d.in.Create(cache.Part{Files: p.Files}, d.r.began)
	if err != nil {
		return nil
	}
	d.r.hash(p.Files)
	return &descentWriter{w, d.r, p.Files}
}

type descentWriter struct {
	*cache.Writer
	r     *reading
	files []format.File
}

// Close keeps what was written, unless the files have changed since they were
// opened.
func (w *descentWriter) Close(whole bool) {
	if whole {
		digests, err := w.r.inputs.unchangedDigests(w.r.ctx, w.files)
		if err == nil {
			_, err = w.Commit(digests)
		}
		whole = err == nil
	}
	if !whole {
		_ = w.Abandon()
	}
}
