package mix

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/mix/cache"
	"trainyard/mix/convert"
)

// A reading is the first pass over the input: every record becomes an entry,
// the accepted ones items with a row in the stores.
type reading struct {
	ctx      context.Context // of the reading, until close
	stop     context.CancelFunc
	hashing  sync.WaitGroup // of files whose digests will be asked for
	cfg      *Config
	supplies []*supply // for each source
	namers   []*namer  // likewise
	inputs   *inputs
	stores   *stores
	began    time.Time      // before any file was looked at
	used     [][]FileDigest // for each source: files besides the data that it goes by

	cache    *cache.Cache // nil without one
	uncached error        // why nothing more is put there
	keptRows []string     // files that a fault of the cache left, to be removed at the end

	sketches      *sketches      // nil where near duplicates are not looked for
	turns         string         // a directory for their turns in a dry run, to be removed at the end
	contamination *contamination // nil where there is no benchmark

	items    []Item
	entries  *account
	repos    *names
	measured measured
	notes    []map[string]int64 // for each source
	warned   []map[string]int64 // likewise
	tokens   int64

	total, done, fromCache int64 // bytes of input
	current                *dialect.Source
}

func newReading(ctx context.Context, cfg *Config, sources []*dialect.Source, roads []*convert.Converter, in *inputs) *reading {
	r := &reading{cfg: cfg, inputs: in, stores: newStores(""), repos: newNames(), entries: newAccount(), measured: newMeasured(cfg)}
	r.ctx, r.stop = context.WithCancel(ctx)
	if cfg.Near > 0 {
		r.sketches = &sketches{stores: r.stores}
	}
	for k, src := range sources {
		r.supplies = append(r.supplies, &supply{source: src, road: roads[k]})
		r.namers = append(r.namers, newNamer(&cfg.Sources[k]))
		r.notes, r.warned = append(r.notes, map[string]int64{}), append(r.warned, map[string]int64{})
		for _, f := range src.Files() {
			r.total += f.Size
		}
	}
	return r
}

// prepare finds the parts of every source, and what the cache holds of them.
func (r *reading) prepare(ctx context.Context) error {
	if err := r.openCache(ctx); err != nil {
		return err
	}
	for k, s := range r.supplies {
		parts, err := s.source.Parts(ctx, s.descents)
		if err != nil {
			return fmt.Errorf("source %s: %w", r.cfg.Sources[k].Name, err)
		}
		for _, p := range parts {
			s.parts = append(s.parts, inputPart{Part: p})
		}
		if err := r.look(s); err != nil {
			return fmt.Errorf("source %s: %w", r.cfg.Sources[k].Name, err)
		}
	}
	return nil
}

// openCache opens the cache and finds the place of each source in it. A cache
// that cannot be opened is done without, and one that can only be read is read.
func (r *reading) openCache(ctx context.Context) (err error) {
	switch {
	case r.cfg.Cache == "":
		return nil
	case r.cfg.DryRun:
		r.cache, err = cache.Look(ctx, r.cfg.Cache)
	default:
		if r.cache, err = cache.Open(ctx, r.cfg.Cache); err != nil { // it may be there to read
			r.uncached = err
			r.cache, err = cache.Look(ctx, r.cfg.Cache)
		}
	}
	if err != nil {
		r.uncached = errors.Join(r.uncached, err)
		return ctx.Err()
	}
	for k, s := range r.supplies {
		if s.cached, err = r.preparation(k); err == nil {
			s.descents, err = r.descents(k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// preparation is the place of a source in the cache.
func (r *reading) preparation(k int) (*cache.Preparation, error) {
	reports, err := r.inputs.reports(r.ctx, len(r.supplies[k].source.Files()), k)
	if err != nil {
		return nil, err
	}
	p, err := newPreparation(r.cfg, k, r.used[k], reports)
	if err != nil {
		return nil, err
	}
	return p.in(r.cache, r.cfg.Recipe.Name)
}

// hash makes the digests of files beside the reading.
func (r *reading) hash(files []format.File) {
	r.hashing.Go(func() {
		for _, f := range files {
			_, _ = r.inputs.digestOf(r.ctx, f.Path) // which its next caller gets too
		}
	})
}

// close ends what works beside the reading and lets go of the files that rows lie
// in. The dataset is made by then, or will not be: what cannot be put away is told
// with the cache's faults.
func (r *reading) close() {
	r.stop()
	r.hashing.Wait()
	errs := []error{r.uncached, r.stores.close()}
	for _, path := range r.keptRows {
		errs = append(errs, os.Remove(path))
	}
	if r.turns != "" {
		errs = append(errs, os.RemoveAll(r.turns))
	}
	if r.cache != nil {
		errs = append(errs, r.cache.Close())
	}
	r.uncached = errors.Join(errs...)
}

// run streams all sources through the workers.
func (r *reading) run(ctx context.Context) error {
	for k := range r.supplies {
		if err := r.fill(ctx, k); err != nil {
			return fmt.Errorf("source %s: %w", r.cfg.Sources[k].Name, err)
		}
	}
	return nil
}

// take gets the results in reading order. It alone touches the items.
func (r *reading) take(res *result) error {
	res.entry.item = -1
	r.measured.try(&r.cfg.Sources[res.item.Source], res)
	for _, n := range res.notes {
		r.notes[res.item.Source][n]++
	}
	for _, kind := range res.warned {
		r.warned[res.item.Source][kind]++
	}
	rest := r.rest()
	if res.kept {
		r.items = withRoom(r.items, rest)
		r.keep(res)
	}
	r.entries.lines = withRoom(r.entries.lines, rest)
	r.entries.add(res.entry)
	r.progress()
	return nil
}

// keep turns a result into an item.
func (r *reading) keep(res *result) {
	if r.sketches != nil {
		r.sketches.keep(res.sketch)
	}
	if res.suspicion != nil {
		r.contamination.suspicions[int32(len(r.items))] = res.suspicion
	}
	source := &r.cfg.Sources[res.item.Source]
	repo := format.NormalRepo(res.repo)
	res.item.Repo, res.item.Instance = r.repos.id(repo), instanceKey(instanceName(source.Name, repo, res.inst))
	res.entry.item = len(r.items)
	r.items = append(r.items, res.item)
	r.measured.add(&r.items[len(r.items)-1], res)
	r.tokens += int64(res.item.Tokens)
}

// read is how many bytes of the input were read so far.
func (r *reading) read() int64 {
	if r.current == nil {
		return r.done
	}
	return r.done + r.current.Read()
}

// rest is how much is still to be read, as a part of what was.
func (r *reading) rest() float64 { return float64(r.total-r.read()) / float64(max(1, r.read())) }

// withRoom is a list with room for one more. A full one gets room for a quarter as
// many again, as append gives it, or for what the rest of the input will bring,
// where that is less: a million items take 88 MB, and a quarter would be lost.
func withRoom[T any](list []T, rest float64) []T {
	if len(list) < cap(list) || len(list) < 1024 {
		return list
	}
	more := max(len(list)/64, int(float64(len(list))*min(rest*1.02, 0.25)))
	return append(make([]T, 0, len(list)+more), list...)
}

func (r *reading) progress() {
	r.cfg.report(Progress{Stage: "read", Total: r.total, Done: r.read(), Records: int64(len(r.entries.lines)), Tokens: r.tokens})
}
