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

// A Result is a finished prepare.
type Result struct {
	Manifest *Manifest
	Entries  []Entry // the account of every record, in reading order; nil when Reused
	Reused   bool    // the directory already held the dataset of this recipe and these inputs
}

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
	if cfg.DryRun {
		return prepare(ctx, &cfg, sources, judges, nil)
	}
	out, err := claim(cfg.Out, cfg.Recipe)
	if err != nil {
		return nil, err
	}
	defer out.release()
	return prepare(ctx, &cfg, sources, judges, out)
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

func prepare(ctx context.Context, cfg *Config, sources []*format.Source, judges []*format.Judge, out *outDir) (*Result, error) {
	inputs, err := hashInputs(ctx, cfg, sources)
	if err != nil {
		return nil, err
	}
	if out != nil && out.old != nil && sameInputs(out.old, inputs) && (&Dataset{Dir: out.dir, Manifest: out.old}).Verify() == nil {
		return &Result{Manifest: out.old, Reused: true}, nil
	}
	sp := &spool{}
	if out != nil {
		if sp, err = newSpool(out, Outputs[cfg.Output].compress); err != nil {
			return nil, err
		}
		defer sp.file.Close()
	}
	r := newReading(cfg, sources, judges, sp)
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	p, err := makePlan(cfg, r.items, r.entries, r.repos)
	if err != nil {
		return nil, err
	}
	m := describe(cfg, r, p, inputs)
	if out != nil {
		err = write(ctx, cfg, r, p, out, m)
	}
	return &Result{Manifest: m, Entries: r.entries}, err
}

func newSpool(out *outDir, compressed bool) (*spool, error) {
	dir, err := out.work()
	if err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(dir, "spool"))
	return &spool{file: f, compressed: compressed}, err
}

// describe is the manifest but for the files that are still to be written.
func describe(cfg *Config, r *reading, p *plan, inputs [][]FileDigest) *Manifest {
	reports := account(cfg, r.entries, r.notes, inputs)
	return &Manifest{
		Format: manifestFormat, Recipe: cfg.Recipe, Template: cfg.Template, Tools: string(cfg.Tools), Output: cfg.Output,
		Window: cfg.Window, Seed: cfg.Seed, Sampler: cfg.Sampler, Unit: cfg.Unit, Budget: cfg.Budget,
		Mix: p.Mix, Sources: reports, Totals: totals(reports, p, r.items),
		Validation: ValidationSide{Asked: cfg.Validation, Repos: heldRepos(p.Validation, r.items, r.repos)},
	}
}

func write(ctx context.Context, cfg *Config, r *reading, p *plan, out *outDir, m *Manifest) (err error) {
	if len(p.Train) == 0 {
		return fmt.Errorf("prepare: no trajectory is left to train on: %s", whereAllWent(m.Totals))
	}
	dir, err := out.work()
	if err != nil {
		return err
	}
	plans := append(cutShards("train", p.Train, r.items), cutShards("validation", p.Validation, r.items)...)
	if m.Shards, err = writeShards(ctx, cfg, dir, plans, r.items, r.spool); err != nil {
		return err
	}
	if m.Outcomes, err = writeOutcomes(filepath.Join(dir, outcomesFile), r.entries); err != nil {
		return err
	}
	path := filepath.Join(dir, RecipeFile)
	if err := writeDurably(path, cfg.YAML); err != nil {
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

// hashInputs pins every input file before the first is parsed.
func hashInputs(ctx context.Context, cfg *Config, sources []*format.Source) ([][]FileDigest, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cfg.workers())
	inputs := make([][]FileDigest, len(sources))
	for k, src := range sources {
		files := src.Files()
		inputs[k] = make([]FileDigest, len(files))
		for i, f := range files {
			g.Go(func() (err error) {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				inputs[k][i], err = digestFile(f.Path, relative(cfg.Sources[k].Path, f.Path))
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
