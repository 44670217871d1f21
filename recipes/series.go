package recipes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trainyard/mix/sample"
)

// A NamedMix is one mix of a series: the overrides that make it of a recipe.
type NamedMix struct {
	Name      string   `json:"name"`
	Overrides []string `json:"overrides"`
}

// A Series says how mixes of a recipe are made.
type Series struct {
	Summary string
	make    func(*Recipe, SeriesOptions) ([]NamedMix, error)
}

// SeriesOptions are what some series go by.
type SeriesOptions struct {
	Count     int       // how many, of dirichlet and resample
	Seed      int64     // of dirichlet
	Strength  float64   // of dirichlet: how near to the recipe's shares
	Base      []string  // of add-one-in: the sources that are always there
	Fractions []float64 // of fractions
}

// AllSeries are the series by name.
var AllSeries = map[string]Series{
	"leave-one-out": {"the mix without each source in turn, as large as with it", leaveOneOut},
	"add-one-in":    {"the base alone, and with each other source in turn; without a base each source alone", addOneIn},
	"dirichlet":     {"shares drawn around those of the recipe, a swarm for a regression", swarm},
	"resample":      {"other trajectories of the same mix, the validation side the same", resamples},
	"fractions":     {"parts of the mix, each inside the next", fractions},
}

// MakeSeries makes a series of a recipe. Each has been loaded, so that none has a
// fault that the recipe has not.
func MakeSeries(name, recipe string, overrides []string, o SeriesOptions) ([]NamedMix, error) {
	series, known := AllSeries[name]
	if !known {
		return nil, fmt.Errorf("no series of mixes is called %q (%s)", name, choose(name, names(AllSeries)))
	}
	r, err := LoadWith(recipe, Options{Overrides: overrides})
	if err != nil {
		return nil, err
	}
	all, err := series.make(r, o)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", name, r.Name, err)
	}
	for _, v := range all {
		if _, err := LoadWith(recipe, Options{Overrides: slices.Concat(overrides, v.Overrides)}); err != nil {
			return nil, fmt.Errorf("%s of %s: %s: %w", name, r.Name, v.Name, err)
		}
	}
	return all, nil
}

// inMix are the sources that are in the mix at all.
func inMix(r *Recipe) (all []string) {
	for _, s := range r.Sources {
		if !s.Reference && (s.Share > 0 || s.amount().By != "") {
			all = append(all, s.Name)
		}
	}
	return all
}

func leaveOneOut(r *Recipe, _ SeriesOptions) (all []NamedMix, err error) {
	sources := inMix(r)
	if len(sources) < 2 {
		return nil, fmt.Errorf("there is one source, and without it nothing is left")
	}
	for _, name := range sources {
		all = append(all, NamedMix{"without-" + name, []string{"mix.drop=" + name}})
	}
	return all, nil
}

func addOneIn(r *Recipe, o SeriesOptions) (all []NamedMix, err error) {
	sources := inMix(r)
	for _, name := range o.Base {
		if !slices.Contains(sources, name) {
			return nil, fmt.Errorf("no source in the mix is named %q (%s)", name, choose(name, sources))
		}
	}
	if len(o.Base) > 0 {
		all = append(all, NamedMix{"base", []string{only(o.Base)}})
	}
	for _, name := range sources {
		if !slices.Contains(o.Base, name) {
			all = append(all, NamedMix{"with-" + name, []string{only(append(slices.Clone(o.Base), name))}})
		}
	}
	return all, nil
}

func only(sources []string) string { return "mix.only=[" + strings.Join(sources, ", ") + "]" }

// swarm draws around the shares, as olmix does around what sources have. Sources
// that say another amount keep it.
func swarm(r *Recipe, o SeriesOptions) (all []NamedMix, err error) {
	var sources []string
	var weights []float64
	for _, s := range r.Sources {
		if !s.Reference && s.amount().By == "" {
			sources, weights = append(sources, s.Name), append(weights, s.Share)
		}
	}
	switch {
	case r.Mix.Sampler != "shares":
		return nil, fmt.Errorf("the sampler is %s, which reads no shares (mix.sampler=shares)", r.Mix.Sampler)
	case len(sources) < 2:
		return nil, fmt.Errorf("shares are drawn for two sources or more, and %d say one", len(sources))
	case o.Strength <= 0:
		return nil, fmt.Errorf("a strength of %v is not above 0", o.Strength)
	}
	scale := 1.0
	if slices.ContainsFunc(r.Sources, func(s Source) bool { return s.Rest }) { // then shares are fractions, and keep their sum
		scale = sumShares(weights)
	}
	for n := range o.Count {
		v := NamedMix{Name: fmt.Sprintf("mix-%03d", n+1)}
		for k, w := range sample.Dirichlet(weights, o.Strength, o.Seed, n) {
			v.Overrides = append(v.Overrides, "sources."+sources[k]+".share="+strconv.FormatFloat(scale*w, 'f', 6, 64))
		}
		all = append(all, v)
	}
	return all, nil
}

func sumShares(weights []float64) (total float64) {
	for _, w := range weights {
		total += w
	}
	return total
}

// resamples say the validation seed aloud, so that an override of seed does not
// move it.
func resamples(r *Recipe, o SeriesOptions) (all []NamedMix, err error) {
	for n := range o.Count {
		seed := r.Mix.Seed + int64(n)
		all = append(all, NamedMix{fmt.Sprintf("seed-%d", seed), []string{fmt.Sprintf("mix.seed=%d", seed), fmt.Sprintf("mix.validation_seed=%d", r.Mix.ValidationSeed)}})
	}
	return all, nil
}

func fractions(_ *Recipe, o SeriesOptions) (all []NamedMix, err error) {
	for _, f := range o.Fractions {
		text := strconv.FormatFloat(f, 'f', -1, 64)
		all = append(all, NamedMix{"fraction-" + text, []string{"mix.fraction=" + text}})
	}
	return all, nil
}
