package yard

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/mix"
	"trainyard/recipes"
)

// A Diff is what changed between two recipes, two datasets, or one of each.
type Diff struct {
	A Compared `json:"a"`
	B Compared `json:"b"`
	// SameRecipe says that both ask for the same dataset and the same training,
	// SameData that they ask for the same dataset, SameRows that two datasets hold
	// the same bytes.
	SameRecipe bool `json:"same_recipe"`
	SameData   bool `json:"same_data"`
	SameRows   bool `json:"same_rows"`

	Keys    []KeyChange    `json:"keys,omitempty"`    // of sources that both have
	Sources []SourceChange `json:"sources,omitempty"` // that one alone has, or that fared otherwise
	// Datasets alone have what follows.
	Inputs  []FileChange    `json:"inputs,omitempty"` // files that recipes name besides the sources' own
	Counts  []CountChange   `json:"counts,omitempty"`
	Records []RecordChanges `json:"records,omitempty"` // one for each of [RecordKinds]
}

// A Compared is one side of a diff.
type Compared struct {
	Given       string `json:"given"`
	Dataset     bool   `json:"dataset"` // a finished one; else a recipe
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	Data        string `json:"data_fingerprint"`

	recipe  *recipes.Recipe
	dataset *mix.Dataset // nil of a recipe
}

// A KeyChange is a key that the two recipes say differently.
type KeyChange struct {
	Key      string           `json:"key"`
	A        *Said            `json:"a"` // nil where the recipe does not say it
	B        *Said            `json:"b"`
	Identity recipes.Identity `json:"identity"` // what the change makes new
}

// Said is a value of a recipe, as an override spells it, and who said it.
type Said struct {
	Value  string         `json:"value"`
	Origin recipes.Origin `json:"origin"`
}

// A DiffRequest names two recipes or dataset directories.
type DiffRequest struct {
	A, B string
	Most int // records to list of each kind; 0: all
}

// Diff compares two recipes or datasets. It looks for none of the files that
// recipes name, and writes nothing.
func (y *Yard) Diff(ctx context.Context, req DiffRequest) (*Diff, error) {
	var err error
	d := &Diff{}
	if d.A, err = compared(req.A); err != nil {
		return nil, err
	}
	if d.B, err = compared(req.B); err != nil {
		return nil, err
	}
	d.SameRecipe = d.A.Fingerprint == d.B.Fingerprint
	d.SameData = d.A.Data == d.B.Data
	d.Keys = keyChanges(d.A.recipe, d.B.recipe)
	d.Sources = sourceChanges(&d.A, &d.B)
	if d.A.Dataset && d.B.Dataset {
		err = d.datasets(ctx, req.Most)
	}
	return d, err
}

// datasets fills in what only finished datasets can tell.
func (d *Diff) datasets(ctx context.Context, most int) (err error) {
	a, b := d.A.dataset.Manifest, d.B.dataset.Manifest
	d.SameRows = slices.Equal(a.Shards, b.Shards)
	d.Inputs = fileChanges(a.Inputs, b.Inputs)
	d.Counts = manifestCounts(a, b)
	d.Records, err = recordChanges(ctx, d.A.dataset, d.B.dataset, most)
	return err
}

// compared reads the recipe of that name, or a dataset with the recipe that made
// it.
func compared(given string) (c Compared, err error) {
	c.Given = given
	recipe := given
	if _, err := os.Stat(filepath.Join(given, mix.ManifestFile)); err == nil {
		if c.dataset, err = mix.OpenDataset(given); err != nil {
			return c, err
		}
		c.Dataset, recipe = true, filepath.Join(given, mix.RecipeFile)
	} else if err := refuseUnfinished(given); err != nil {
		return c, err
	}
	if c.recipe, err = recipes.Load(recipe, nil); err != nil {
		return c, err
	}
	c.Name, c.Fingerprint, c.Data = c.recipe.Name, c.recipe.Fingerprint(), c.recipe.DataFingerprint()
	if c.Dataset { // the words of its own time count, whatever this program makes of its recipe
		id := c.dataset.Manifest.Recipe
		c.Name, c.Fingerprint, c.Data = id.Name, id.Fingerprint, id.Data
	}
	return c, nil
}

// keyChanges compares all keys but those of sources that one recipe alone has, in
// A's order and then in B's.
func keyChanges(a, b *recipes.Recipe) (changes []KeyChange) {
	inA, inB := settingsByKey(a), settingsByKey(b)
	met := map[string]bool{}
	for _, s := range slices.Concat(a.Settings(), b.Settings()) {
		if met[s.Key] || alone(s.Key, a, b) {
			continue
		}
		met[s.Key] = true
		x, y := inA[s.Key], inB[s.Key]
		if x == nil || y == nil || x.Value != y.Value {
			changes = append(changes, KeyChange{s.Key, x, y, s.Identity})
		}
	}
	return changes
}

func settingsByKey(r *recipes.Recipe) map[string]*Said {
	said := map[string]*Said{}
	for _, s := range r.Settings() {
		said[s.Key] = &Said{s.Text(), s.Origin}
	}
	return said
}

// alone says that a key is one of a source that not both recipes have.
func alone(key string, a, b *recipes.Recipe) bool {
	rest, ok := strings.CutPrefix(key, "sources.")
	name, _, _ := strings.Cut(rest, ".")
	return ok && (source(a, name) == nil || source(b, name) == nil)
}

func source(r *recipes.Recipe, name string) *recipes.Source {
	i := slices.IndexFunc(r.Sources, func(s recipes.Source) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Sources[i]
}
