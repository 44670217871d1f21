package mix

import (
	"math"
	"slices"
)

// A holding is a choice of groups on its way.
type holding struct {
	groups []group
	total  []int64 // group -> its size over all sources
	held   []bool

	want, bound []float64 // for each source
	has         []float64 // likewise
	weight      []float64 // likewise, so that being off by a tenth counts alike in all
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
	h.weight = make([]float64, sources)
	part := sum(h.want) / float64(len(slices.DeleteFunc(slices.Clone(h.want), func(w float64) bool { return w == 0 })))
	for k, want := range h.want {
		if want > 0 {
			h.weight[k] = part / want
		}
	}
	return h
}

// near is how far off what was asked, as a part of it, counts as there: so that
// a record more in a group does not exchange it for another.
const near = 0.045

// worth is what an exchange must make smaller, as a part of what was asked.
// Groups of much the same size would otherwise take each other's place with
// every record more.
const worth = 0.1

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

// fill goes through the groups from one of them on and around. The first that
// brings nothing nearer once the whole is there ends it: which small groups
// would fill the rest depends on every group before them.
func (h *holding) fill(first int) {
	for n := range h.groups {
		n = (n + first) % len(h.groups)
		if h.fits(n) && !h.over(n) && h.sources(n) < h.sources(-1) {
			h.flip(n)
		} else if h.there() {
			return
		}
	}
}

// there says that the whole is near to what was asked, and the sources to
// theirs.
func (h *holding) there() bool {
	want := sum(h.want)
	return h.off() <= near*want && h.sources(-1) <= 2*near*want
}

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
		off += math.Abs(h.has[k]-h.want[k]) * h.weight[k]
	}
	return off
}

// cost is what is to be small: how far the whole is off, and half as much how
// far the sources are, each as a part of what is asked of it.
func (h *holding) cost() float64 { return h.off() + h.sources(-1)/2 }

// fits says that group n may be set aside: every source keeps half of what it
// has, or more than is set aside where that is more.
func (h *holding) fits(n int) bool {
	return !slices.ContainsFunc(h.groups[n].size, func(s part) bool { return h.has[s.source]+float64(s.size) > h.bound[s.source] })
}

// over says that group n would bring a source over its part by more than counts
// as there.
func (h *holding) over(n int) bool {
	return slices.ContainsFunc(h.groups[n].size, func(s part) bool { return h.has[s.source]+float64(s.size) > (1+near)*h.want[s.source] })
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

// tryAll takes the first of all combinations that is as good as any.
func (h *holding) tryAll() {
	h.takeBest(func(see func()) {
		for mask := range 1 << len(h.groups) {
			for n := range h.groups {
				if h.held[n] != (mask>>n&1 == 1) {
					h.flip(n)
				}
			}
			see()
		}
	})
}

// starts is from how many places search sets out.
const starts = 16

// search improves what filling from several places gives, and takes the first
// that is as good as any.
func (h *holding) search() {
	h.takeBest(func(see func()) {
		for s := range starts {
			h.take(make([]bool, len(h.groups)))
			h.fill(s * len(h.groups) / starts)
			h.improve()
			see()
		}
	})
}

// takeBest takes what is as good as any of the choices that try goes through:
// what there was before, or else the first, unless a later one is worth it.
func (h *holding) takeBest(try func(see func())) {
	before, cost := slices.Clone(h.held), h.cost()
	best := cost
	try(func() {
		if h.within() {
			best = min(best, h.cost())
		}
	})
	enough := best + worth*sum(h.want) + tiny
	chosen := before
	if cost > enough {
		found := false
		try(func() {
			if !found && h.within() && h.cost() <= enough {
				chosen, found = slices.Clone(h.held), true
			}
		})
	}
	h.take(chosen)
}

// tiny is less than any difference that is not one of rounding.
const tiny = 1e-9

func (h *holding) take(held []bool) {
	for n := range h.groups {
		if h.held[n] != held[n] {
			h.flip(n)
		}
	}
}

// within says that every source keeps enough, and that no more than twice of
// what was asked is set aside: nothing at all would be nearer.
func (h *holding) within() bool {
	if sum(h.has) > 2*sum(h.want)+tiny {
		return false
	}
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

// bestExchange is the first exchange that is as good as any and worth it; a is
// -1 where there is none, b where it is of one group.
func (h *holding) bestExchange() (a, b int) {
	a, b = -1, -1
	margin := worth*sum(h.want) + tiny
	best := h.cost()
	enough := best - margin
	h.eachExchange(func(int, int) bool { best = min(best, h.cost()); return true })
	if best > enough {
		return a, b
	}
	h.eachExchange(func(n, m int) bool {
		if c := h.cost(); c <= best+margin && c <= enough {
			a, b = n, m
		}
		return a < 0
	})
	return a, b
}

// eachExchange makes every exchange of one group, or of one for another, that
// keeps within the bounds, until visit has seen enough, and takes it back.
func (h *holding) eachExchange(visit func(n, m int) bool) {
	swaps := len(h.groups)*len(h.groups) <= pairs
	more := true
	for n := 0; more && n < len(h.groups); n++ {
		h.flip(n)
		more = !h.within() || visit(n, -1)
		for m := n + 1; more && swaps && m < len(h.groups); m++ {
			if h.held[m] == h.held[n] { // n is flipped already
				h.flip(m)
				more = !h.within() || visit(n, m)
				h.flip(m)
			}
		}
		h.flip(n)
	}
}
