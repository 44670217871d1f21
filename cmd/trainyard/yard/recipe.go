package yard

import (
	"fmt"
	"os"

	"trainyard/recipes"
	"trainyard/recipes/samples"
)

// files says where what a recipe names lies.
func (y *Yard) files(samples string) recipes.Files {
	return recipes.Files{Data: y.Data, Samples: samples, Home: atHome}
}

// Recipe reads a recipe, built in or a file, with what is laid over it. All
// faults come at once, missing files among them: the error is
// [recipes.Faults].
func (y *Yard) Recipe(name, trainer string, overrides []string) (*recipes.Recipe, error) {
	files := y.files(y.SamplesDir())
	return recipes.LoadWith(name, recipes.Options{Overrides: overrides, Trainer: trainer, Files: &files})
}

// withSamples calls do with the directory in which the sample trajectories
// that r names are unpacked: for a dry run one that is gone afterwards.
func (y *Yard) withSamples(r *recipes.Recipe, dryRun bool, do func(dir string) error) error {
	dir := y.SamplesDir()
	if !r.UsesSamples() || dryRun && samples.Complete(dir) {
		return do(dir)
	}
	if dryRun {
		temporary, err := os.MkdirTemp("", "trainyard-samples-")
		if err != nil {
			return fmt.Errorf("unpack sample trajectories: %w", err)
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	}
	if err := samples.Extract(dir); err != nil {
		return fmt.Errorf("unpack sample trajectories: %w", err)
	}
	return do(dir)
}
