package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
}

// findTarget takes a dataset as it is and prepares a recipe's first.
func findTarget(ctx context.Context, t *terminal, s *settings, what string, overrides []string) (target, error) {
	if _, err := os.Stat(filepath.Join(what, mix.ManifestFile)); err == nil {
		r, err := recipes.Load(filepath.Join(what, mix.RecipeFile), overrides)
		return target{r, what}, err
	}
	if err := refuseUnfinished(what); err != nil {
		return target{}, err
	}
	r, err := loadRecipe(s, what, overrides)
	if err != nil {
		return target{}, err
	}
	cfg := mixConfig(s, r)
	res, err := prepareDataset(ctx, t, s, cfg)
	if err != nil {
		return target{}, err
	}
	if !s.json() {
		err = printPrepared(t, cfg, res)
	}
	return target{r, cfg.Out}, err
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

// useTrainer puts another trainer in the recipe's place. Parameters are a
// trainer's own, so the other one gets none of them.
func (g target) useTrainer(name string) {
	if name != "" && name != g.recipe.Train.Trainer {
		g.recipe.Train.Trainer, g.recipe.Train.Params = name, nil
	}
}

// job is the recipe's training as the launch package takes it.
func (g target) job(backend string) (launch.Job, error) {
	data, err := launch.ReadDataset(g.dir)
	r := g.recipe
	return launch.Job{
		Recipe: r.Name, Fingerprint: r.Fingerprint(), Dataset: data,
		Model: r.Model.Base, Template: r.Model.Template, Window: r.Mix.Window,
		Trainer: r.Train.Trainer, Backend: backend,
		Method: r.Train.Method, Epochs: float64(r.Train.Epochs), Batch: r.Train.Batch,
		LR: r.Train.LR, Schedule: r.Train.Schedule, Warmup: r.Train.Warmup,
		Seed: r.Mix.Seed, Params: r.Train.Params,
	}, err
}
