package mix

import (
	"math"
	"slices"

	"trainyard/mix/sample"
)

// An aside is what was taken out of the sampler's reach, whole groups, to
// choose the validation side from.
type aside struct {
	of      []bool  // item -> it stands there; nil where nothing was asked
	groups  int     // how many there are in all
	held    int     // how many of them were set aside
	items   Count   // in those
	could   Count   // what the sampler could have used without them
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
			p.aside.could.add(it.Tokens)
			if it.Repo == 0 {
				p.aside.unnamed[it.Source].add(it.Tokens)
			}
			if h.held[n] {
				p.aside.of[i] = true
				p.aside.items.add(it.Tokens)
			}
		}
	}
}

func (p *planner) isAside(item int) bool { return p.aside.of != nil && p.aside.of[item] }

// A holding is a choice of groups on its way.
type holding struct {
	groups []group
	total  []int64 // group -> its size over all sources
	held   []bool

	want, bound []float64 // for each source
	has         []float64 // likewise
}

func newHolding(groups []group, sources int, fraction float64) *holding {
	h := &holding{
		groups: groups, total: make([]int64, len(groups)), held: make([]bool, len(groups)),
		want: make([]float64, sources), bound: make([]float64, sources), has: make([]float64, sources),
	}
	for n, g := range groups {
		for _, s := range g.size {
			h.total[n] += s.size
			h.want[s.source] += fraction * float64(s.size)
			h.bound[s.source] += max(0.5, (1+fraction)/2) * float64(s.size)
		}
	}
	return h
}

// near is how far off what was asked, as a part of it, counts as there: so that
// a record more in a group does not exchange it for another.
const near = 0.025

// few groups are tried in all their combinations, 4,096 at most.
const few = 12

// choose goes through the groups once in their order, and takes what brings
// each source nearer to its part. Where that leaves the whole off, as with a
// few large groups, it looks for better.
func (h *holding) choose() {
	h.fill(0)
	switch {
	case h.there():
	case len(h.groups) <= few:
		h.tryAll()
	default:
		h.search()
	}
}

// fill goes through the groups from one of them on and around.
func (h *holding) fill(first int) {
	for n := range h.groups {
		n = (n + first) % len(h.groups)
		if h.fits(n) && h.sources(n) < h.sources(-1) {
			h.flip(n)
		}
	}
}

func (h *holding) there() bool { return h.off() <= near*sum(h.want) }

func sum(xs []float64) (total float64) {
	for _, x := range xs {
		total += x
	}
	return total
}

func (h *holding) off() float64 { return math.Abs(sum(h.has) - sum(h.want)) }

// sources is how far the sources are off their parts with group n exchanged,
// or as it is where n is -1.
func (h *holding) sources(n int) (off float64) {
	if n >= 0 {
		h.flip(n)
		defer h.flip(n)
	}
	for k := range h.has {
		off += math.Abs(h.has[k] - h.want[k])
	}
	return off
}

// cost is what is to be small: how far the whole is off, and half as much how
// far the sources are. It grows one and a half times as fast as the whole
// where that is too large, which bounds it.
func (h *holding) cost() float64 { return h.off() + h.sources(-1)/2 }

// fits says that group n may be set aside: every source keeps half of what it
// has, or more than is set aside where that is more.
func (h *holding) fits(n int) bool {
	return !slices.ContainsFunc(h.groups[n].size, func(s part) bool { return h.has[s.source]+float64(s.size) > h.bound[s.source] })
}

// flip sets group n aside, or gives it back.
func (h *holding) flip(n int) {
	sign := 1.0
	if h.held[n] {
		sign = -1
	}
	for _, s := range h.groups[n].size {
		h.has[s.source] += sign * float64(s.size)
	}
	h.held[n] = !h.held[n]
}

// tryAll takes the best of all combinations.
func (h *holding) tryAll() {
	best := bestOf{cost: h.cost(), held: slices.Clone(h.held)}
	for mask := range 1 << len(h.groups) {
		for n := range h.groups {
			if h.held[n] != (mask>>n&1 == 1) {
				h.flip(n)
			}
		}
		if h.within() {
			best.see(h)
		}
	}
	h.take(best.held)
}

// starts is from how many places search sets out.
const starts = 16

// search improves what filling from several places gives, and takes the best.
func (h *holding) search() {
	best := bestOf{cost: math.Inf(1)}
	for s := range starts {
		if s > 0 {
			h.take(make([]bool, len(h.groups)))
			h.fill(s * len(h.groups) / starts)
		}
		h.improve()
		if best.see(h); h.there() {
			break
		}
	}
	h.take(best.held)
}

// bestOf remembers the best choice seen, the first of equal ones.
type bestOf struct {
	cost float64
	held []bool
}

// tiny is less than any difference that is not one of rounding.
const tiny = 1e-9

func (b *bestOf) see(h *holding) {
	if c := h.cost(); c < b.cost-tiny {
		b.cost, b.held = c, slices.Clone(h.held)
	}
}

func (h *holding) take(held []bool) {
	for n := range h.groups {
		if h.held[n] != held[n] {
			h.flip(n)
		}
	}
}

func (h *holding) within() bool {
	for k := range h.has {
		if h.has[k] > h.bound[k] {
			return false
		}
	}
	return true
}

// steps bounds how long improve looks. Each step makes the cost smaller, and
// most choices are as good as they get after two or three.
const steps = 50

// improve exchanges one group, or one for another, as long as that helps.
func (h *holding) improve() {
	for range steps {
		a, b := h.bestExchange()
		if a < 0 {
			return
		}
		h.flip(a)
		if b >= 0 {
			h.flip(b)
		}
	}
}

// pairs bounds the exchanges of one group for another that are looked at: with
// more groups than that, single ones are small enough.
const pairs = 1 << 16

func (h *holding) bestExchange() (a, b int) {
	a, b = -1, -1
	best := h.cost() - tiny
	look := func(n, m int) {
		if c := h.cost(); c < best && h.within() {
			best, a, b = c, n, m
		}
	}
	swaps := len(h.groups)*len(h.groups) <= pairs
	for n := range h.groups {
		h.flip(n)
		look(n, -1)
		for m := n + 1; swaps && m < len(h.groups); m++ {
			if h.held[m] == h.held[n] { // n is flipped already
				h.flip(m)
				look(n, m)
				h.flip(m)
			}
		}
		h.flip(n)
	}
	return a, b
}

// chooseAside chooses the validation side from what was set aside. Where the
// sampler gives sources shares, they have the same there as on the train side;
// what they have besides is left out.
func (p *planner) chooseAside(train []sample.Pool, choices []sample.Choice) (rows []int32) {
	members := p.members(p.isAside)
	targets := p.asideTargets(train, choices)
	for k, pool := range p.pools(members) {
		chosen := pool.Order
		if targets != nil {
			chosen = pool.Nearest(targets[k])
		}
		for _, i := range members[k] {
			p.decide(int(i), NotSampled, "")
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
	sampler := sample.Samplers[p.cfg.Sampler]
	if !sampler.NeedsShares {
		return nil
	}
	if largest := sampler.Choose(train, 0); taken(train, largest) > taken(train, choices) {
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
