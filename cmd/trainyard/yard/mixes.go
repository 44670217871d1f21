package yard

import (
	"io"
	"path/filepath"
	"slices"
	"strconv"

	"trainyard/launch/sheet"
	"trainyard/mix"
	"trainyard/recipes"
)

// Mixes makes a series of mixes of a recipe.
func (y *Yard) Mixes(series, recipe string, overrides []string, o recipes.SeriesOptions) ([]recipes.NamedMix, error) {
	return recipes.MakeSeries(series, recipe, overrides, o)
}

// A MixRatio says which part of a dataset's train side each source is.
type MixRatio struct {
	Dataset string             `json:"run_id"` // the directory's name, which holds the fingerprint
	Recipe  string             `json:"name"`
	Ratios  map[string]float64 `json:"ratios"`
}

// MixRatios reads what datasets hold, from their manifests, in a unit.
func (y *Yard) MixRatios(dirs []string, unit mix.Unit) ([]MixRatio, error) {
	var all []MixRatio
	for _, dir := range dirs {
		d, name, err := y.openNamed(dir)
		if err != nil {
			return nil, err
		}
		row := MixRatio{name, d.Manifest.Recipe.Name, map[string]float64{}}
		whole := unit.Of(d.Manifest.Whole().Got)
		for _, line := range d.Manifest.Mix {
			row.Ratios[line.Source] = float64(unit.Of(line.Got)) / float64(max(1, whole))
		}
		all = append(all, row)
	}
	return all, nil
}

// openNamed opens a dataset, with what it goes by.
func (y *Yard) openNamed(dir string) (*mix.Dataset, string, error) {
	d, err := mix.OpenDataset(y.datasetDir(dir))
	if err != nil {
		return nil, "", err
	}
	name, err := nameOf(d)
	return d, name, err
}

// nameOf is what a dataset goes by: the name of its directory, of "." too.
func nameOf(d *mix.Dataset) (string, error) {
	path, err := filepath.Abs(d.Dir)
	return filepath.Base(path), err
}

// WriteRatios writes the ratios as the table that olmix's fit reads as
// ratios.csv (olmix/fit/loaders.py): run_id, name, and a column for each source.
func WriteRatios(to io.Writer, all []MixRatio) error {
	var sources []string
	for _, row := range all {
		for _, name := range sortedKeys(row.Ratios) {
			if !slices.Contains(sources, name) {
				sources = append(sources, name)
			}
		}
	}
	slices.Sort(sources)
	lines := [][]string{append([]string{"run_id", "name"}, sources...)}
	for _, row := range all {
		line := []string{row.Dataset, row.Recipe}
		for _, name := range sources {
			line = append(line, strconv.FormatFloat(row.Ratios[name], 'f', -1, 64))
		}
		lines = append(lines, line)
	}
	return sheet.WriteAll(to, lines)
}
