package mix

import (
	"encoding/gob"
	"errors"

	"trainyard/mix/cache"
)

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
