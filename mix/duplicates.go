package mix

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"trainyard/mix/sample"
)

// dropDuplicates keeps one of every text, across all sources: that of the
// source which has least for what is asked of it, so that a large source does
// not take away the rows of a small one.
func (p *planner) dropDuplicates() {
	if p.cfg.Unique != UniqueContent {
		return
	}
	order := p.byText()
	first := p.keptFirst("repeat", p.scarcity(order))
	for same := range runs(order, p.sameText) {
		kept := slices.MinFunc(same, first)
		for _, i := range same {
			if i != kept {
				p.decide(int(i), Duplicate, UniqueContent)
				p.entries.lines[p.lineOf[i]].of = p.lineOf[kept]
			}
		}
	}
}

// keptFirst is which of two items is kept before the other: that of the scarcer
// source. Between sources that have as little a keyed hash decides, for each text
// anew, so that two sources of the same records share them.
func (p *planner) keptFirst(decision string, scarcity []float64) func(a, b int32) int {
	lot := func(it *Item) uint64 {
		return sample.Key(p.cfg.Seed, decision+" "+p.cfg.Sources[it.Source].Name, uint64(it.Text))
	}
	return func(a, b int32) int {
		x, y := &p.items[a], &p.items[b]
		return cmp.Or(cmp.Compare(scarcity[x.Source], scarcity[y.Source]), cmp.Compare(lot(x), lot(y)), cmp.Compare(x.ID, y.ID), cmp.Compare(a, b))
	}
}

// byText orders the items that are undecided so that those of one text, and among
// them those of one source, stand together.
func (p *planner) byText() []int32 {
	order := p.choose(p.undecided)
	p.sortBy(order, func(i int32) uint64 { return p.items[i].Digest[0] }, func(a, b int32) int {
		x, y := &p.items[a], &p.items[b]
		return cmp.Or(cmp.Compare(x.Digest[1], y.Digest[1]), cmp.Compare(x.Source, y.Source), cmp.Compare(a, b))
	})
	return order
}

func (p *planner) sameText(a, b int32) bool { return p.items[a].Digest == p.items[b].Digest }

// scarcity is what each source has of different texts within the window, for
// one part of the mix. A source of which nothing is asked is never scarce.
func (p *planner) scarcity(byText []int32) []float64 {
	has := make([]float64, len(p.cfg.Sources))
	for same := range runs(byText, func(a, b int32) bool { return p.sameText(a, b) && p.items[a].Source == p.items[b].Source }) {
		if it := &p.items[same[0]]; !it.over(p.cfg.Window) {
			has[it.Source] += float64(it.size(p.cfg.Unit))
		}
	}
	for k := range has {
		switch {
		case !p.used[k]:
			has[k] = math.Inf(1)
		case p.cfg.Sources[k].Amount.By != "":
		case sample.Samplers[p.cfg.Sampler].NeedsShares:
			has[k] /= p.cfg.Sources[k].Share
		}
	}
	return has
}

// limitInstances keeps so many of an instance in each source as the recipe
// says, those that come first in the source's shuffle; a source with a selection
// is limited behind it, in its order. Records without an instance id are
// unlimited.
func (p *planner) limitInstances() {
	limited := p.choose(func(i int) bool {
		it := &p.items[i]
		return p.cfg.Sources[it.Source].PerInstance > 0 && len(p.cfg.Sources[it.Source].Select) == 0 && it.Instance != 0 && p.undecided(i)
	})
	p.sortBy(limited, func(i int32) uint64 { return p.items[i].Instance }, func(a, b int32) int {
		return cmp.Or(cmp.Compare(p.items[a].Source, p.items[b].Source), p.byKey(a, b))
	})
	for same := range runs(limited, func(a, b int32) bool {
		return p.items[a].Source == p.items[b].Source && p.items[a].Instance == p.items[b].Instance
	}) {
		limit := p.cfg.Sources[p.items[same[0]].Source].PerInstance
		for _, i := range same[min(limit, len(same)):] {
			p.decide(int(i), Duplicate, "instance")
		}
	}
}

// runs cuts a list where two neighbours are not of one kind.
func runs(list []int32, same func(a, b int32) bool) iter.Seq[[]int32] {
	return func(yield func([]int32) bool) {
		for len(list) > 0 {
			n := 1
			for n < len(list) && same(list[n-1], list[n]) {
				n++
			}
			if !yield(list[:n:n]) {
				return
			}
			list = list[n:]
		}
	}
}
