package mix

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"slices"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/mix/cache"
	"trainyard/mix/convert"
)

// An inputPart is what of a source is read as one, and what a cache holds of it.
type inputPart struct {
	dialect.Part
	entry *cache.Entry // nil where its files are to be read
}

func (p *inputPart) size() (n int64) {
	for _, f := range p.Files {
		n += f.Size
	}
	return n
}

// A supply is one source as a prepare gets it: part by part.
type supply struct {
	source *dialect.Source
	road   *convert.Converter
	cached *cache.Preparation // nil without a cache
	parts  []inputPart
	// descents are what was found of records that may hold one another.
	descents dialect.DescentStore
}

// look asks the cache, where there is one, for every part that is not there yet.
func (r *reading) look(s *supply) error {
	if s.cached == nil {
		return nil
	}
	for i := range s.parts {
		p := &s.parts[i]
		if p.entry != nil {
			continue
		}
		var err error
		if p.entry, err = r.inputs.find(r.ctx, s.cached, cache.Part{Files: p.Files, Marks: p.Marks}); err != nil {
			return err
		}
	}
	return nil
}

// fill reads one source: of each part what the cache holds, else its files.
func (r *reading) fill(ctx context.Context, k int) (err error) {
	s := r.supplies[k]
	missing := func(p inputPart) bool { return p.entry == nil }
	if s.cached != nil && !r.cfg.DryRun && r.uncached == nil && slices.ContainsFunc(s.parts, missing) {
		unlock, err := r.lock(ctx, s)
		if err != nil {
			return err
		}
		defer unlock()
	}
	for from := 0; from < len(s.parts); {
		to := from + 1
		if kept := r.open(&s.parts[from]); kept != nil {
			err = r.replay(ctx, k, &s.parts[from], kept)
		} else {
			for to < len(s.parts) && s.parts[to].entry == nil {
				to++
			}
			err = r.convert(ctx, k, s.parts[from:to])
		}
		if err != nil {
			return err
		}
		from = to
	}
	return nil
}

// open opens what the cache holds of a part; nil where that is nothing, or has
// gone since it was found.
func (r *reading) open(p *inputPart) io.ReadCloser {
	if p.entry == nil {
		return nil
	}
	kept, err := p.entry.Records()
	if err != nil {
		r.uncached, p.entry = errors.Join(r.uncached, err), nil
		return nil
	}
	return kept
}

// lock keeps other processes from making the entries that this one makes. A cache
// that cannot be locked is done without.
func (r *reading) lock(ctx context.Context, s *supply) (unlock func(), err error) {
	lock, err := s.cached.Lock(ctx, func(file string) { r.cfg.report(Progress{Stage: "wait", Lock: file}) })
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		r.uncached = errors.Join(r.uncached, err)
		return func() {}, nil
	}
	unlock = func() { _ = lock.Close() }
	if err := r.look(s); err != nil { // another process may have made them meanwhile
		unlock()
		return nil, err
	}
	return unlock, nil
}

// convert reads the files of neighbouring parts.
func (r *reading) convert(ctx context.Context, k int, parts []inputPart) error {
	s := r.supplies[k]
	list := make([]dialect.Part, len(parts))
	for i := range parts {
		list[i] = parts[i].Part
	}
	source := s.source.Of(list)
	filing := &filing{r: r, k: k, supply: s, parts: parts, partOf: dialect.PartOf(list), at: -1}
	r.current = source
	newWork := func() func(format.Record, convert.Result) *result { return newWorker(r, k).do }
	err := convert.Walk(ctx, s.road.For(source), r.cfg.workers(), convert.Fitted, newWork, filing.take)
	if err == nil {
		err = filing.advance(len(parts))
	}
	r.current = nil
	for i := range parts {
		r.done += parts[i].size()
	}
	return errors.Join(err, filing.stop())
}

// replay hands on what the cache holds of a part.
func (r *reading) replay(ctx context.Context, k int, p *inputPart, records io.ReadCloser) error {
	defer records.Close()
	s := r.supplies[k]
	store, names := r.stores.add(p.entry.Rows), r.namers[k]
	for index := gob.NewDecoder(records); ; {
		var kept record
		if err := index.Decode(&kept); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("cache: what is known of %s: %w", p.Files[0].Path, err)
		}
		res := kept.result(int32(k), store, r.measured.measures[k])
		names.name(res)
		s.road.Meet(res.met)
		if err := errors.Join(r.take(res), ctx.Err()); err != nil {
			return err
		}
	}
	r.done += p.size()
	r.fromCache += p.size()
	return nil
}
