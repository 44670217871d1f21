package yard

import (
	"os"
	"path/filepath"

	"trainyard/mix"
	"trainyard/recipes"
)

// Shown is a recipe with everything that was left unsaid filled in.
type Shown struct {
	Name        string            `json:"name"`
	Files       []string          `json:"files"` // that were merged, the recipe's own last
	Fingerprint string            `json:"fingerprint"`
	Data        string            `json:"data_fingerprint"`
	Dataset     string            `json:"dataset"` // where prepare puts it
	Settings    []recipes.Setting `json:"settings"`
	// YAML is the recipe as one file, the origin of each value beside it.
	YAML string `json:"-"`
}

// Show resolves a recipe, and looks for none of the files that it names. That
// of a dataset's directory is the one that the dataset was made from.
func (y *Yard) Show(recipe, trainer string, overrides []string) (*Shown, error) {
	if _, err := os.Stat(filepath.Join(recipe, mix.ManifestFile)); err == nil {
		recipe = filepath.Join(recipe, mix.RecipeFile)
	}
	r, err := recipes.LoadWith(recipe, recipes.Options{Overrides: overrides, Trainer: trainer})
	if err != nil {
		return nil, err
	}
	return &Shown{
		Name: r.Name, Files: r.Files, Fingerprint: r.Fingerprint(), Data: r.DataFingerprint(),
		Dataset: filepath.Join(y.DatasetsDir(), r.DatasetName()), Settings: r.Settings(), YAML: r.Annotated(),
	}, nil
}
