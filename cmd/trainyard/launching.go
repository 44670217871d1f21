package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"trainyard/cmd/trainyard/face"
	"trainyard/launch"
	"trainyard/launch/backend"
	"trainyard/launch/trainer"
	"trainyard/mix"
	"trainyard/recipes"
)

// withLauncher opens the ledger of the state directory for the length of do.
func withLauncher(s *settings, do func(*launch.Launcher) error) (err error) {
	home, err := filepath.Abs(s.home())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return fmt.Errorf("make the state directory: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	ledger, err := launch.OpenLedger(launch.LedgerFile(home))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ledger.Close()) }()
	return do(&launch.Launcher{
		Home: home, Ledger: ledger, Trainers: trainer.Trainers, Backends: backend.Backends, Self: self,
	})
}

// A target is what launch was asked to train on: a finished dataset and the
// recipe that says how.
type target struct {
	recipe *recipes.Recipe
	dir    string
	// manifest is that of the dataset, or what it will be in a dry run.
	manifest *mix.Manifest
}

// findTarget loads the recipe, that of a dataset or one that was named. A
// dataset is not prepared here: see prepare.
func findTarget(s *settings, what, trainer string, overrides []string) (target, error) {
	if _, err := os.Stat(filepath.Join(what, mix.ManifestFile)); err == nil {
		return datasetTarget(what, trainer, overrides)
	}
	if err := refuseUnfinished(what); err != nil {
		return target{}, err
	}
	overrides, err := withTrainer(what, trainer, overrides)
	if err != nil {
		return target{}, err
	}
	r, err := loadRecipe(s, what, overrides)
	return target{recipe: r}, err
}

// withTrainer puts another trainer in the recipe's place, before the user's
// own overrides. Parameters are a trainer's own, so the other one inherits
// none.
func withTrainer(recipe, trainer string, overrides []string) ([]string, error) {
	if trainer == "" {
		return overrides, nil
	}
	r, err := recipes.Load(recipe, nil)
	if err != nil {
		return nil, err
	}
	first := []string{"train.trainer=" + trainer}
	if trainer != r.Train.Trainer && len(r.Train.Params) > 0 {
		first = append(first, "train.params=!unset")
	}
	return append(first, overrides...), nil
}

// datasetTarget takes a finished dataset. What made it cannot be changed any
// more; how to train on it can.
func datasetTarget(dir, trainer string, overrides []string) (target, error) {
	d, err := mix.OpenDataset(dir)
	if err != nil {
		return target{}, err
	}
	recipe := filepath.Join(dir, mix.RecipeFile)
	if overrides, err = withTrainer(recipe, trainer, overrides); err != nil {
		return target{}, err
	}
	r, err := recipes.Load(recipe, overrides)
	if err != nil {
		return target{}, err
	}
	if r.DataFingerprint() != d.Manifest.Recipe.Data {
		return target{}, usageError{fmt.Errorf("%s is prepared already: overrides of sources, tools, mix or model.template come too late (launch the recipe with them, or change train.… only)", dir)}
	}
	return target{r, dir, d.Manifest}, nil
}

// prepare sees to it that the dataset is there, or planned in a dry run.
func (g *target) prepare(ctx context.Context, t *face.Terminal, s *settings, opts launchOptions) error {
	if g.manifest != nil {
		return nil
	}
	cfg := mixConfig(s, g.recipe)
	cfg.DryRun, cfg.Replace = opts.dryRun, opts.replace
	res, err := prepareDataset(ctx, t, s, cfg)
	if err != nil {
		return err
	}
	g.dir, g.manifest = cfg.Out, res.Manifest
	if s.json() {
		return nil
	}
	return printPrepared(t, cfg, res)
}

// refuseUnfinished names the mistake of launching a directory that a prepare
// never finished, which would otherwise be looked up as a recipe.
func refuseUnfinished(what string) error {
	info, err := os.Stat(what)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && !info.IsDir()) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s is a directory without %s: no finished dataset (prepare it again)", what, mix.ManifestFile)
}

// job is the recipe's training as the launch package takes it, but for the
// dataset.
func (g target) job(opts launchOptions) launch.Job {
	r := g.recipe
	return launch.Job{
		Recipe: r.Name, Fingerprint: r.Fingerprint(), GPUs: opts.gpus,
		Dataset: launch.Dataset{Output: r.Mix.Output},
		Model:   r.Model.Base, Template: r.Model.Template, Window: r.Mix.Window,
		Trainer: r.Train.Trainer, Backend: opts.backend,
		Method: r.Train.Method, Epochs: float64(r.Train.Epochs), Batch: r.Train.Batch,
		LR: r.Train.LR, Schedule: r.Train.Schedule, Warmup: r.Train.Warmup,
		Seed: r.Mix.Seed, Params: r.Train.Params,
	}
}

// dataset is what the launch package must know of the dataset: read from
// disk with its checks, or in a dry run as it is planned.
func (g target) dataset(dryRun bool) (launch.Dataset, error) {
	if !dryRun {
		return launch.ReadDataset(g.dir)
	}
	m := g.manifest
	d := launch.Dataset{Dir: g.dir, Recipe: m.Recipe.Name, Fingerprint: m.Recipe.Fingerprint, Template: m.Template, Window: m.Window, Output: m.Output}
	for _, s := range m.Shards {
		side := &d.Train
		if s.Split != "train" {
			side = &d.Validation
		}
		side.Shards = append(side.Shards, s.File)
		side.Rows += s.Rows
		side.Tokens += s.Tokens
		side.TrainedTokens += s.TrainedTokens
	}
	return d, nil
}
