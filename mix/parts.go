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
	if s.cached != nil && !r.cfg.DryRun && slices.ContainsFunc(s.parts, missing) {
		unlock, err := r.lock(ctx, s)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	for from := 0; from < len(s.parts); {
		if s.parts[from].entry != nil {
			err = r.replay(ctx, k, &s.parts[from])
			from++
		} else {
			to := from + 1
			for to < len(s.parts) && s.parts[to].entry == nil {
				to++
			}
			err = r.convert(ctx, k, s.parts[from:to])
			from = to
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lock keeps other processes from making the entries that this one makes. A cache
// that cannot be locked is done without.
func (r *reading) lock(ctx context.Context, s *supply) (unlock func() error, err error) {
	lock, err := s.cached.Lock(ctx, func(file string) { r.cfg.report(Progress{Stage: "wait", Lock: file}) })
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		r.uncached = errors.Join(r.uncached, err)
		return func() error { return nil }, nil
	}
	return lock.Close, r.look(s) // another process may have made them meanwhile
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

// A filing puts what becomes of the records of some parts into the cache, each
// part's into an entry of its own, and hands it on.
type filing struct {
	r      *reading
	k      int // the source's index
	supply *supply
	parts  []inputPart
	partOf func(file string) int
	at     int // the part that is written; -1 before the first

	writer *cache.Writer // of the part; nil where nothing is kept
	store  int32
	index  *gob.Encoder
}

// take gets the results in reading order.
func (f *filing) take(res *result) error {
	if res.err != nil {
		return res.err
	}
	if err := f.advance(f.partOf(res.file)); err != nil {
		return err
	}
	if err := f.row(res); err != nil {
		return err
	}
	if f.writer != nil {
		if err := f.index.Encode(res.record(f.r.measured.measures[f.k])); err != nil {
			f.giveUp(err)
		}
	}
	return f.r.take(res)
}

// row finds a place for the row of a result, and for what is compared of it.
func (f *filing) row(res *result) (err error) {
	if res.kept {
		res.item.at, err = f.place(res.packed)
	}
	if res.sketch != nil && err == nil {
		res.sketch.at, err = f.place(res.sketch.turns)
	}
	return err
}

func (f *filing) place(packed []byte) (extent, error) {
	if f.writer != nil {
		off, err := f.writer.Row(packed)
		if err == nil {
			return extent{off: off, n: int32(len(packed)), store: f.store}, nil
		}
		f.giveUp(err)
	}
	return f.r.stores.append(packed)
}

// advance ends the entries of the parts before one, and begins its own.
func (f *filing) advance(to int) error {
	for f.at < to {
		f.commit()
		if f.at++; f.at < len(f.parts) {
			f.begin()
		}
		if err := f.r.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (f *filing) begin() {
	if f.supply.cached == nil || f.r.cfg.DryRun || f.r.uncached != nil {
		return
	}
	p := &f.parts[f.at]
	w, err := f.supply.cached.Create(cache.Part{Files: p.Files, Marks: p.Marks}, f.r.began)
	if err != nil {
		f.giveUp(err)
		return
	}
	f.writer, f.index, f.store = w, gob.NewEncoder(w), f.r.stores.add(w.File())
}

// commit puts the entry of a part in place, unless its files have changed since
// they were opened.
func (f *filing) commit() {
	if f.writer == nil {
		return
	}
	digests, err := f.r.inputs.unchangedDigests(f.r.ctx, f.parts[f.at].Files)
	if err != nil {
		f.giveUp(err)
		return
	}
	rows, err := f.writer.Commit(digests)
	if err != nil {
		f.giveUp(err)
		return
	}
	f.r.stores.moved(f.store, rows)
	f.writer = nil
}

// giveUp goes on without the cache: what it has of this part's rows stays where
// it is until the dataset is written.
func (f *filing) giveUp(err error) {
	f.r.uncached = errors.Join(f.r.uncached, err)
	if f.writer != nil {
		_ = f.writer.Keep() // the fault is told already
		f.r.keptRows = append(f.r.keptRows, f.writer.File())
		f.writer = nil
	}
}

// stop removes what is left of an entry that was not ended.
func (f *filing) stop() error {
	if f.writer == nil {
		return nil
	}
	return f.writer.Abandon()
}

// replay hands on what the cache holds of a part.
func (r *reading) replay(ctx context.Context, k int, p *inputPart) error {
	s := r.supplies[k]
	records, err := p.entry.Records()
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	defer records.Close()
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
