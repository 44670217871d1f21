package mix

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"trainyard/format"
)

// outcomesFile has one line for every record that was read, in reading order.
const outcomesFile = "outcomes.jsonl"

// A Result is a finished prepare, or, beside ErrNothingLeft, how far it got.
type Result struct {
	Manifest *Manifest
	Entries  []Entry // the account of every record, in reading order; nil when Reused
	Reused   bool    // the directory already held the dataset of this recipe and these inputs
}

// ErrNothingLeft says that no trajectory is left to train on.
var ErrNothingLeft = errors.New("no trajectory is left to train on")

// Prepare reads, converts, tokenises, chooses and writes. Equal recipes and
// inputs give equal bytes. On any error no manifest is left behind.
func Prepare(ctx context.Context, cfg Config) (*Result, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	sources, judges, err := openSources(&cfg)
	if err != nil {
		return nil, err
	}
	inputs, err := hashInputs(ctx, &cfg, sources, judges)
	if err != nil {
		return nil, err
	}
	r := newReading(&cfg, sources, judges)
	if cfg.DryRun {
		m, _, err := readAndPlan(ctx, r, inputs)
		return &Result{Manifest: m, Entries: r.entries}, err
	}
	return prepareInto(ctx, r, inputs)
}

// prepareInto reuses what cfg.Out holds, or claims it and writes.
func prepareInto(ctx context.Context, r *reading, inputs [][]FileDigest) (*Result, error) {
	if m := finished(r.cfg, inputs); m != nil {
		return &Result{Manifest: m, Reused: true}, nil
	}
	out, err := claim(ctx, r.cfg)
	if err != nil {
		return nil, err
	}
	defer out.release()
	// While this prepare waited, the other may have made the very dataset.
	if m := finished(r.cfg, inputs); m != nil {
		return &Result{Manifest: m, Reused: true}, nil
	}
	if err := out.spool(r); err != nil {
		return nil, err
	}
	defer r.spool.file.Close()
	m, p, err := readAndPlan(ctx, r, inputs)
	if err == nil {
		err = write(ctx, r, p, out, m)
	}
	return &Result{Manifest: m, Entries: r.entries}, err
}

// finished returns the manifest of a dataset in cfg.Out that this prepare
// would only write again.
func finished(cfg *Config, inputs [][]FileDigest) *Manifest {
	d, err := OpenDataset(cfg.Out)
	if err != nil || d.Manifest.Recipe.Data != cfg.Recipe.Data || !sameInputs(d.Manifest, inputs) || d.Verify() != nil {
		return nil
	}
	return d.Manifest
}

// readAndPlan reads the input and plans. The manifest it returns lacks only the
// digests of files that are still to be written; it is there also when
// nothing is left, to say where all went.
func readAndPlan(ctx context.Context, r *reading, inputs [][]FileDigest) (*Manifest, *plan, error) {
	if err := r.run(ctx); err != nil {
		return nil, nil, err
	}
	p, err := makePlan(r.cfg, r.items, r.entries, r.repos)
	if err != nil {
		return nil, nil, err
	}
	m := describe(r, p, inputs)
	if len(p.Train) == 0 {
		return m, p, fmt.Errorf("prepare: %w: %s", ErrNothingLeft, whereAllWent(m.Totals))
	}
	return m, p, nil
}

// openSources opens everything before anything is read, and reports all that
// is missing.
func openSources(cfg *Config) (sources []*format.Source, judges []*format.Judge, err error) {
	var faults []error
	for _, s := range cfg.Sources {
		src, err := format.Open(format.Input{Path: s.Path, Format: s.Format})
		if err != nil {
			faults = append(faults, fmt.Errorf("source %s: %w", s.Name, err))
		}
		judge, err := format.NewJudge(s.Accept)
		if err != nil {
			faults = append(faults, fmt.Errorf("source %s: %w", s.Name, err))
		}
		sources, judges = append(sources, src), append(judges, judge)
	}
	return sources, judges, errors.Join(faults...)
}

// describe is the manifest but for the digests of files still to be written.
func describe(r *reading, p *plan, inputs [][]FileDigest) *Manifest {
	cfg := r.cfg
	reports := account(cfg, r.entries, r.notes, inputs)
	m := &Manifest{
		Format: manifestFormat, Recipe: cfg.Recipe, Template: cfg.Template, Tools: string(cfg.Tools), Output: cfg.Output,
		Window: cfg.Window, Seed: cfg.Seed, Sampler: cfg.Sampler, Unit: cfg.Unit, Budget: cfg.Budget,
		Mix: p.Mix, Sources: reports, Totals: totals(reports, p, r.items),
		Validation: ValidationSide{Asked: cfg.Validation, Repos: heldRepos(p.Validation, r.items, r.repos)},
	}
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
	if m.Shards, err = writeShards(ctx, r.cfg, dir, p.shards(r.items), r.items, r.spool); err != nil {
		return err
	}
	if m.Outcomes, err = writeOutcomes(filepath.Join(dir, outcomesFile), r.entries); err != nil {
		return err
	}
	path := filepath.Join(dir, RecipeFile)
	if err := writeDurably(path, r.cfg.YAML); err != nil {
		return err
	}
	if m.RecipeFile, err = digestFile(path, RecipeFile); err != nil {
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

func writeOutcomes(path string, entries []Entry) (FileDigest, error) {
	f, err := os.Create(path)
	if err != nil {
		return FileDigest{}, err
	}
	out := newHashWriter(f)
	buf := bufio.NewWriter(out)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	for i := range entries {
		if err = enc.Encode(&entries[i]); err != nil {
			break
		}
	}
	if err = errors.Join(err, buf.Flush(), f.Sync(), f.Close()); err != nil {
		return FileDigest{}, fmt.Errorf("write %s: %w", path, err)
	}
	return out.digest(outcomesFile), nil
}

// hashInputs pins every input file, records and reports, before the first
// record is parsed.
func hashInputs(ctx context.Context, cfg *Config, sources []*format.Source, judges []*format.Judge) ([][]FileDigest, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cfg.workers())
	inputs := make([][]FileDigest, len(sources))
	for k := range sources {
		files := slices.Concat(sources[k].Files(), judges[k].Files())
		inputs[k] = make([]FileDigest, len(files))
		for i, f := range files {
			root := cfg.Sources[k].Path
			if i >= len(sources[k].Files()) {
				root = cfg.Sources[k].Accept.Report
			}
			g.Go(func() (err error) {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				inputs[k][i], err = digestFile(f.Path, relative(root, f.Path))
				return err
			})
		}
	}
	return inputs, g.Wait()
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

func sameInputs(old *Manifest, inputs [][]FileDigest) bool {
	return slices.EqualFunc(old.Sources, inputs, func(s SourceReport, in []FileDigest) bool {
		return slices.Equal(s.Inputs, in)
	})
}

func sortedNames(list []string) []string {
	slices.Sort(list)
	return list
}
