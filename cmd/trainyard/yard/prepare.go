package yard

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"trainyard/mix"
	"trainyard/recipes"
)

// A PrepareRequest says which dataset to make, and where.
type PrepareRequest struct {
	Recipe    string   `json:"recipe"` // a built-in name or a file
	Overrides []string `json:"overrides,omitempty"`
	Out       string   `json:"out,omitempty"`     // output directory; empty: DatasetsDir/NAME-FINGERPRINT-PIPELINE
	Replace   bool     `json:"replace,omitempty"` // write over the dataset that the recipe made from other inputs
	DryRun    bool     `json:"dry_run,omitempty"` // plan and write nothing
}

// Prepared is a dataset that is there, or in a dry run would be.
type Prepared struct {
	Out    string `json:"out"`
	DryRun bool   `json:"dry_run,omitempty"` // nothing was written
	Reused bool   `json:"reused"`            // it was there already, from the same recipe and inputs

	Manifest *mix.Manifest `json:"manifest"`
	Cache    *Cached       `json:"cache,omitempty"` // nil where none was asked

	// Contaminated are the records of a dry run that have something of a benchmark,
	// which outcomes.jsonl tells of a dataset.
	Contaminated []mix.Entry `json:"contaminated,omitempty"`

	// Paths are where the sources' records lie on this machine, by name: of
	// several places the first, and none of samples that were there for a dry
	// run alone.
	Paths map[string]string `json:"-"`
}

// Prepare makes the dataset of a recipe, or finds it. Where nothing is left to
// train on, the error is [mix.ErrNothingLeft], and the value tells where all
// went. progress may be nil.
func (y *Yard) Prepare(ctx context.Context, req PrepareRequest, progress func(mix.Progress)) (*Prepared, error) {
	r, err := y.Recipe(req.Recipe, "", req.Overrides)
	if err != nil {
		return nil, err
	}
	return y.prepare(ctx, r, req, progress)
}

func (y *Yard) prepare(ctx context.Context, r *recipes.Recipe, req PrepareRequest, progress func(mix.Progress)) (*Prepared, error) {
	done := &Prepared{Out: req.Out, DryRun: req.DryRun}
	if done.Out == "" {
		done.Out = filepath.Join(y.DatasetsDir(), r.DatasetName())
	}
	err := y.withSamples(r, req.DryRun, func(samples string) error {
		cfg := r.MixConfig(y.files(samples))
		cfg.Out, cfg.Workers, cfg.Progress = done.Out, y.Workers, progress
		cfg.DryRun, cfg.Replace, cfg.Cache = req.DryRun, req.Replace, y.CacheDir()
		cfg.InUse = func(dir string) error { return y.inUse(ctx, dir) }
		done.Paths = map[string]string{}
		for _, s := range cfg.Sources {
			if samples == y.SamplesDir() || !strings.HasPrefix(s.Inputs[0].Path, samples) {
				done.Paths[s.Name] = s.Inputs[0].Path
			}
		}
		res, err := mix.Prepare(ctx, cfg)
		if res == nil {
			return err
		}
		done.Manifest, done.Reused = res.Manifest, res.Reused
		done.listContaminated(res)
		if !req.DryRun {
			done.Cache = y.settle(res)
		}
		return err
	})
	return done, err
}

// listContaminated keeps the records that a dry run would leave no file to tell
// of.
func (p *Prepared) listContaminated(res *mix.Result) {
	if !p.DryRun {
		return
	}
	for e := range res.Entries() {
		if e.Outcome == mix.Contaminated {
			p.Contaminated = append(p.Contaminated, e)
		}
	}
}

// inUse tells the first run that still reads the dataset in dir.
func (y *Yard) inUse(ctx context.Context, dir string) error {
	if !y.hasLedger() {
		return nil
	}
	l, err := y.Launcher()
	if err != nil {
		return err
	}
	runs, err := l.Ledger.Runs(ctx, 0)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if run.State.Ended() || !sameDir(run.Job.Dataset.Dir, dir) {
			continue
		}
		if run, err = l.Refresh(ctx, run); err != nil || !run.State.Ended() {
			return fmt.Errorf("run %s reads the dataset there (trainyard runs stop %.8s ends it; prepare --out chooses another directory)", run.ID, run.ID)
		}
	}
	return nil
}

func sameDir(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}
