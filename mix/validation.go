package mix

import (
	"math"

	"trainyard/mix/sample"
)

// An aside is what was taken out of the sampler's reach, whole groups, to
// choose the validation side from.
type aside struct {
	of      []bool  // item -> it stands there; nil where nothing was asked
	groups  int     // how many there are in all
	held    int     // how many of them were set aside
	items   Size    // in those
	could   Size    // what the sampler could have used without them
	largest int64   // size of the largest group, in the mix's unit
	unnamed []Count // for each source, what could be used and names no repository
}

// setAside takes groups away until they hold the asked fraction of what the
// sampler could use, of each source and in all, or come as near to it as whole
// groups can. Since nothing at all is off by what was asked, no more than
// twice that is ever set aside.
func (p *planner) setAside() {
	p.aside.unnamed = make([]Count, len(p.cfg.Sources))
	if p.cfg.Validation == 0 {
		return
	}
	groups := p.groups()
	h := newHolding(groups, len(p.cfg.Sources), p.cfg.Validation)
	h.choose()
	p.aside.of, p.aside.groups = make([]bool, len(p.items)), len(groups)
	for n, g := range groups {
		p.aside.largest = max(p.aside.largest, h.total[n])
		if h.held[n] {
			p.aside.held++
		}
		for _, i := range g.items {
			it := &p.items[i]
			p.aside.could.add(it)
			if it.Repo == 0 {
				p.aside.unnamed[it.Source].add(it.Tokens)
			}
			if h.held[n] {
				p.aside.of[i] = true
				p.aside.items.add(it)
			}
		}
	}
}

func (p *planner) isAside(item int) bool { return p.aside.of != nil && p.aside.of[item] }

// chooseAside chooses the validation side from what was set aside. Where the
// sampler gives sources shares, they have the same there as on the train side;
// what they have besides is left out.
func (p *planner) chooseAside(train []sample.Pool, choices []sample.Choice) (rows []int32) {
	members := p.selectFrom(p.members(p.isAside), true).members
	targets := p.asideTargets(train, choices)
	for k, pool := range p.pools(members) {
		chosen := pool.Order
		if targets != nil {
			chosen = pool.Nearest(targets[k])
		}
		for _, i := range members[k] {
			p.decide(int(i), NotSampled, p.unsampled(k))
		}
		if p.cfg.Sources[k].Reference {
			continue
		}
		for _, n := range chosen {
			rows = append(rows, members[k][n])
		}
	}
	return rows
}

// asideTargets is how much of each source the validation side is to hold, nil
// for all. It goes by the largest mix of these ratios, whatever the budget, so
// that budgets of one recipe are measured on the same rows.
func (p *planner) asideTargets(train []sample.Pool, choices []sample.Choice) []int64 {
	if !p.divides() {
		return nil
	}
	most := sample.Terms{Temperature: p.cfg.Amounts.Temperature, Scale: p.scale()}
	if largest, err := sample.Samplers[p.cfg.Sampler].Choose(train, most); err == nil && taken(train, largest) > taken(train, choices) {
		choices = largest
	}
	targets := make([]int64, len(train))
	for k, c := range choices {
		targets[k] = int64(math.Round(p.cfg.Validation / (1 - p.cfg.Validation) * float64(min(c.Asked, train[k].Had()))))
	}
	return targets
}

func taken(pools []sample.Pool, choices []sample.Choice) (total int64) {
	for k, c := range choices {
		total += min(c.Asked, pools[k].Had())
	}
	return total
}
