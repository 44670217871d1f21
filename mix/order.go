package mix

import (
	"cmp"
	"math"
	"slices"

	"trainyard/mix/sample"
)

// Shuffle is the order that goes by keyed hashes alone.
const Shuffle = "shuffle"

// An Order says in which order the rows of the train side stand. The zero value
// is a shuffle, and what compares as equal stays shuffled.
type Order struct {
	By     string   `json:"by,omitempty"`     // Shuffle, or a feature; empty is Shuffle
	First  string   `json:"first,omitempty"`  // sample.Least or sample.Most; empty is Least
	Stages []string `json:"stages,omitempty"` // sources in this order; those not named come last, together
}

// IsZero says that the order is a shuffle.
func (o Order) IsZero() bool { return (o.By == "" || o.By == Shuffle) && len(o.Stages) == 0 }

// arrange puts shuffled rows in the order that the recipe asks for. Rows of
// which the feature is not known come last, and are counted.
func (p *planner) arrange(rows []int32) (unknown int64) {
	o := &p.cfg.Order
	if o.IsZero() {
		return 0
	}
	slices.SortStableFunc(rows, func(a, b int32) int {
		if stage := cmp.Compare(p.stage(a), p.stage(b)); stage != 0 || cmp.Or(o.By, Shuffle) == Shuffle {
			return stage
		}
		x, y := p.feature(o.By, a), p.feature(o.By, b)
		switch {
		case math.IsNaN(x) || math.IsNaN(y):
			return cmp.Compare(boolOf(math.IsNaN(x)), boolOf(math.IsNaN(y)))
		case o.First == sample.Most:
			return cmp.Compare(y, x)
		}
		return cmp.Compare(x, y)
	})
	if cmp.Or(o.By, Shuffle) == Shuffle {
		return 0
	}
	for _, i := range rows {
		if math.IsNaN(p.feature(o.By, i)) {
			unknown++
		}
	}
	return unknown
}

func boolOf(is bool) int {
	if is {
		return 1
	}
	return 0
}

// stage is the place of an item's source among the stages.
func (p *planner) stage(item int32) int {
	stages := p.cfg.Order.Stages
	if i := slices.Index(stages, p.cfg.Sources[p.items[item].Source].Name); i >= 0 {
		return i
	}
	return len(stages)
}

// feature is a value of an item, that of the record where it is a repeat.
func (p *planner) feature(name string, item int32) float64 {
	it := &p.items[item]
	switch name {
	case "n_tokens":
		return float64(it.Tokens)
	case "n_trained_tokens":
		return float64(it.Trained)
	case "n_steps":
		return float64(it.Steps)
	}
	return p.known.columns[name][p.entries.lines[p.lineOf[item]].item]
}
