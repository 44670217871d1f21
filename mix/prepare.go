package mix

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/evidence"
)

// A Result is a finished prepare, or, beside ErrNothingLeft, how far it got.
type Result struct {
	Manifest *Manifest
	entries  *account // nil when Reused
	Reused   bool     // the directory already held the dataset of this recipe and these inputs
	// Read and FromCache are the bytes of input whose records were converted, and of
	// that whose rows a cache had.
	Read, FromCache int64
	// Uncached is why a cache that was asked for was not added to; nothing of the
	// dataset is missing.
	Uncached error
}

// Entries yields the account of every record, in reading order; none when the
// dataset was reused.
func (r *Result) Entries() iter.Seq[Entry] {
	if r.entries == nil {
		return func(func(Entry) bool) {}
	}
	return r.entries.all()
}

// ErrNothingLeft says that no trajectory is left to train on.
var ErrNothingLeft = errors.New("no trajectory is left to train on")

// Prepare reads, converts, tokenises, chooses and writes. Equal recipes and
// inputs give equal bytes. On any error no manifest is left behind.
func Prepare(ctx context.Context, cfg Config) (*Result, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	began := time.Now()
	files := newCompanions(&cfg)
	sources, judges, err := openSources(&cfg, files)
	roads, used, errRoads := converters(&cfg, sources, judges, files)
	marked, errMarked := readBenchmark(ctx, cfg.Decontaminate, files)
	if err := errors.Join(err, errRoads, errMarked); err != nil {
		return nil, err
	}
	in := newInputs(&cfg, sources, judges)
	in.recipe = files.digests
	r := newReading(ctx, &cfg, sources, roads, in)
	defer r.stop()
	r.began, r.used = began, files.usedByAll(used)
	r.avoid(marked)
	if cfg.DryRun {
		m, err := planOnly(ctx, r)
		return r.result(m), err
	}
	return prepareInto(ctx, r)
}

// planOnly reads and writes nothing.
func planOnly(ctx context.Context, r *reading) (*Manifest, error) {
	if err := r.openTurns(); err != nil {
		return nil, err
	}
	m, _, err := readAndPlan(ctx, r)
	return m, err
}

// result is what a reading came to; it ends it.
func (r *reading) result(m *Manifest) *Result {
	r.close()
	return &Result{Manifest: m, entries: r.entries, FromCache: r.fromCache, Read: r.total - r.fromCache, Uncached: r.uncached}
}

// prepareInto reuses what cfg.Out holds, or claims it and writes.
func prepareInto(ctx context.Context, r *reading) (*Result, error) {
	m, err := finished(ctx, r.cfg, r.inputs)
	if err != nil {
		return nil, err
	}
	if m != nil {
		sweep(r.cfg.Out)
		return &Result{Manifest: m, Reused: true}, m.strict(r.cfg)
	}
	out, err := claim(ctx, r.cfg, r.inputs)
	if err != nil {
		return nil, err
	}
	defer out.release()
	// While this prepare waited, the other may have made the very dataset.
	m, err = finished(ctx, r.cfg, r.inputs)
	if err != nil {
		return nil, err
	}
	if m != nil {
		return &Result{Manifest: m, Reused: true}, m.strict(r.cfg)
	}
	if err := errors.Join(out.refuseInUse(r.cfg), out.spool(r)); err != nil {
		return nil, err
	}
	m, p, err := readAndPlan(ctx, r)
	if err == nil {
		err = write(ctx, r, p, out, m)
	}
	return r.result(m), err
}

// finished returns the manifest of a dataset in cfg.Out that this prepare
// would only write again.
func finished(ctx context.Context, cfg *Config, in *inputs) (*Manifest, error) {
	d, err := OpenDataset(cfg.Out)
	if err != nil || d.Manifest.Pipeline != Pipeline || d.Manifest.Recipe.Data != cfg.Recipe.Data {
		return nil, nil
	}
	if err := in.digest(ctx, cfg.workers(), cfg.report); err != nil {
		return nil, err
	}
	if in.differ(d.Manifest) != "" || d.Verify(ctx) != nil {
		return nil, nil
	}
	return d.Manifest, nil
}

// readAndPlan reads the input and plans. The manifest it returns lacks only the
// digests of files that are still to be written; it is there also when
// nothing is left, to say where all went.
func readAndPlan(ctx context.Context, r *reading) (*Manifest, *plan, error) {
	if err := r.prepare(ctx); err != nil {
		return nil, nil, err
	}
	if err := r.runAndDigest(ctx); err != nil {
		return nil, nil, err
	}
	if err := r.inputs.unchanged(); err != nil {
		return nil, nil, err
	}
	p, err := r.plan()
	if err != nil {
		return nil, nil, fmt.Errorf("prepare: %w", err)
	}
	for i := range p.Renamed {
		if int(i) < len(r.items) { // the others are told as repeats
			r.notes[r.items[i].Source][format.NoteUniqueID]++
		}
	}
	r.items = p.Items
	if err := p.lay(r.cfg, r.items); err != nil {
		return nil, p, err
	}
	m := describe(r, p)
	if err := refuseOver(r.cfg, r.entries); err != nil {
		return m, p, err
	}
	if len(p.Train) == 0 {
		return m, p, fmt.Errorf("prepare: %w: %s", ErrNothingLeft, whyNothing(m))
	}
	return m, p, m.strict(r.cfg)
}

// plan decides what becomes of every item.
func (r *reading) plan() (*plan, error) {
	p := newPlanner(r.cfg, r.items, r.entries, r.repos, r.features())
	p.sketches, p.contamination = r.sketches, r.contamination
	return p.plan()
}

// runAndDigest reads the input and, at the same time, hashes it.
func (r *reading) runAndDigest(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return r.inputs.digest(ctx, r.cfg.workers(), func(Progress) {}) })
	g.Go(func() error { return r.run(ctx) })
	return g.Wait()
}

// openSources opens everything before anything is read, and reports all that
// is missing.
func openSources(cfg *Config, files *companions) (sources []*dialect.Source, judges []*evidence.Judge, err error) {
	var faults []error
	for _, s := range cfg.Sources {
		instance, err := files.read(s.Instance)
		if err != nil {
			faults = append(faults, fmt.Errorf("source %s: instance: %w", s.Name, err))
		}
		src, err := dialect.Open(dialect.Input{Paths: s.paths(), Format: s.Format, Instance: string(instance)})
		if err == nil {
			err = refusePipes(src.Files())
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("source %s: %w", s.Name, err))
		}
		judge, err := evidence.NewJudge(s.Accept)
		if err != nil {
			faults = append(faults, fmt.Errorf("source %s: %w", s.Name, err))
		}
		sources, judges = append(sources, src), append(judges, judge)
	}
	return sources, judges, errors.Join(faults...)
}

// refusePipes refuses what can be read only once: inputs are hashed too.
func refusePipes(files []format.File) error {
	for _, f := range files {
		if info, err := os.Stat(f.Path); f.Path == format.Stdin || err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("%s is a pipe or a device, and prepare reads its input twice (write it to a file first)", f.Path)
		}
	}
	return nil
}

// describe is the manifest but for the digests of files still to be written.
func describe(r *reading, p *plan) *Manifest {
	cfg := r.cfg
	reports := sourceReports(r)
	m := &Manifest{
		Format: manifestFormat, Pipeline: Pipeline, Recipe: cfg.Recipe,
		Template: cfg.Template, Tokenizer: r.supplies[0].road.Tokenizer(), Tools: string(cfg.Tools),
		Output: cfg.Output, Packing: cfg.packing(), Convention: cfg.Convention, Window: cfg.Window, OverWindow: cfg.overWindow(),
		Seed: cfg.Seed, ValidationSeed: cfg.ValidationSeed, Sampler: cfg.Sampler, Unit: cfg.Unit, Budget: cfg.Budget,
		Amounts: cfg.Amounts, Order: cfg.Order, Unordered: p.Unordered,
		Inputs: r.inputs.recipe, Mix: p.Mix, Sources: reports, Totals: totals(cfg, reports, p, r.items),
		Validation: validationSide(r, p),
	}
	m.Contamination = r.contamination.report()
	m.Remarks = m.remarks(cfg)
	for _, s := range p.shards(r.items) {
		m.Shards = append(m.Shards, s.shard(r.items))
	}
	return m
}

func write(ctx context.Context, r *reading, p *plan, out *outDir, m *Manifest) (err error) {
	dir, err := out.work()
	if err != nil {
		return err
	}
	if m.Shards, err = writeShards(ctx, r.cfg, dir, p.shards(r.items), &rowStore{r.items, r.stores, p.Renamed}); err != nil {
		return err
	}
	if m.Outcomes, err = writeOutcomes(filepath.Join(dir, outcomesFile), r.entries); err != nil {
		return err
	}
	if m.RecipeFile, err = writeRecipe(dir, r.cfg.YAML); err != nil {
		return err
	}
	if err := out.refuseInUse(r.cfg); err != nil { // a run may have begun meanwhile
		return err
	}
	return out.publish(m)
}

// whereAllWent names the stages that ended records, largest first.
func whereAllWent(t Totals) string {
	text := fmt.Sprintf("%d read", t.Funnel.Read.Records)
	for _, o := range Outcomes {
		if n := t.Outcomes[o].Records; n > 0 {
			text += fmt.Sprintf(", %d %s", n, o)
		}
	}
	return text
}
