package mix

import (
	"fmt"
	"slices"

	"github.com/dustin/go-humanize"

	"trainyard/mix/sample"
)

// Amounts say how the whole is divided, besides what each source says.
type Amounts struct {
	Percent     float64      `json:"percent,omitempty"`     // budget of all there is, in place of Config.Budget; 0 = that one counts
	Short       sample.Short `json:"short,omitempty"`       // what happens where a source has less than is asked; empty is sample.Tell
	Repeat      int          `json:"repeat,omitempty"`      // how often a row may stand in the mix; 0 is sample.DefaultRepeat
	Temperature float64      `json:"temperature,omitempty"` // of the sampler of that name
	Fraction    float64      `json:"fraction,omitempty"`    // front of the mix to take, source by source, (0, 1]; 0 is 1
	// Drop, Only and Scale change the parts of sources, by name, with the total
	// as it was without them.
	Drop  []string           `json:"drop,omitempty"`
	Only  []string           `json:"only,omitempty"`
	Scale map[string]float64 `json:"scale,omitempty"`
}

// A Unit is what budgets and shares are counted in.
type Unit string

const (
	Trajectories Unit = "trajectories"
	Tokens       Unit = "tokens"
	Trained      Unit = "trained" // tokens inside the loss
)

// Units are all units.
var Units = []Unit{Trajectories, Tokens, Trained}

// Of is a size in the unit.
func (u Unit) Of(s Size) int64 {
	switch u {
	case Tokens:
		return s.Tokens
	case Trained:
		return s.Trained
	}
	return s.Records
}

// words are a number of units as people say it.
func (u Unit) words() string {
	if u == Trained {
		return "trained tokens"
	}
	return string(u)
}

// amount is so many of them.
func (u Unit) amount(n int64) string {
	one := map[Unit]string{Trajectories: "1 trajectory", Tokens: "1 token", Trained: "1 trained token"}
	if n == 1 {
		return one[u]
	}
	return humanize.Comma(n) + " " + u.words()
}

// A Size is a number of rows, the tokens in them, and those that are learned
// from.
type Size struct {
	Count
	Trained int64 `json:"trained_tokens"`
}

func (s *Size) add(it *Item) {
	s.Count.add(it.Tokens)
	s.Trained += int64(it.Trained)
}

func (s *Size) sum(d Size) {
	s.Count.sum(d.Count)
	s.Trained += d.Trained
}

// IsZero says that nothing was said.
func (a Amounts) IsZero() bool {
	said := a.Percent != 0 || a.Repeat != 0 || a.Temperature != 0 || a.Fraction != 0 || a.Short != "" && a.Short != sample.Tell
	return !said && len(a.Drop)+len(a.Only)+len(a.Scale) == 0
}

// check refuses what cannot be meant; the recipe says the same with a place.
func (a *Amounts) check(c *Config) error {
	var names []string
	amounts, rest := 0, 0
	for k := range c.Sources {
		names = append(names, c.Sources[k].Name)
		switch c.Sources[k].Amount.By {
		case sample.ByRest:
			rest++
			fallthrough
		case sample.ByTake, sample.ByEpochs:
			amounts++
		}
	}
	named := slices.Concat(a.Drop, a.Only)
	for name := range a.Scale {
		named = append(named, name)
	}
	_, known := sample.Shorts[a.Short]
	sampler := sample.Samplers[c.Sampler]
	switch i := slices.IndexFunc(named, func(name string) bool { return !slices.Contains(names, name) }); {
	case i >= 0:
		return fmt.Errorf("prepare: no source %q", named[i])
	case !known && a.Short != "":
		return fmt.Errorf("prepare: no short %q", a.Short)
	case rest > 1:
		return fmt.Errorf("prepare: %d sources get the rest, and one can", rest)
	case rest > 0 && c.Budget == 0 && a.Percent == 0:
		return fmt.Errorf("prepare: rest of what? there is no budget")
	case !sampler.TakesAmounts() && amounts+len(named) > 0:
		return fmt.Errorf("prepare: sampler %s takes the same fraction of every source, so that take, epochs, rest, drop, only and scale mean nothing (use shares)", c.Sampler)
	case c.Sampler == "temperature" && a.Temperature <= 0:
		return fmt.Errorf("prepare: sampler temperature needs a temperature above 0")
	case a.Fraction < 0 || a.Fraction > 1:
		return fmt.Errorf("prepare: fraction %v is not in (0, 1]", a.Fraction)
	}
	return nil
}

// terms are the whole as a sampler takes it.
func (p *planner) terms() sample.Terms { return p.cfg.terms() }

func (c *Config) terms() sample.Terms {
	a := &c.Amounts
	return sample.Terms{
		Budget: c.Budget, Percent: a.Percent, Short: a.Short, Repeat: a.Repeat, Temperature: a.Temperature, Scale: c.scale(),
	}
}

// scale is what each source's part is multiplied by, nil for ones.
func (p *planner) scale() []float64 { return p.cfg.scale() }

func (c *Config) scale() []float64 {
	a := &c.Amounts
	if len(a.Drop)+len(a.Only)+len(a.Scale) == 0 {
		return nil
	}
	scale := make([]float64, len(c.Sources))
	for k := range scale {
		name := c.Sources[k].Name
		scale[k] = 1
		if by, said := a.Scale[name]; said {
			scale[k] = by
		}
		if a.leavesOut(name) {
			scale[k] = 0
		}
	}
	return scale
}

// leavesOut says that drop, only or scale take a source out of the mix.
func (a *Amounts) leavesOut(source string) bool {
	by, scaled := a.Scale[source]
	return slices.Contains(a.Drop, source) || len(a.Only) > 0 && !slices.Contains(a.Only, source) || scaled && by == 0
}

// divides says that the recipe asks for parts, so that both sides have the same.
func (p *planner) divides() bool {
	own := slices.ContainsFunc(p.cfg.Sources, func(s Source) bool { return s.Amount.By != "" || s.Most > 0 })
	return sample.Samplers[p.cfg.Sampler].Divides() || own || p.scale() != nil
}

// uses says that the sampler may take of a source. Drop, only and scale do not
// count: what they leave out is read as before, so that it is the only change.
func (c *Config) uses(s *Source) bool {
	switch s.Amount.By {
	case sample.ByTake, sample.ByEpochs:
		return s.Amount.N > 0
	case sample.ByRest:
		return true
	}
	return s.Share > 0 || !sample.Samplers[c.Sampler].NeedsShares
}
