package sample

import (
	"math"
	"slices"
)

// A pairing finds for each item of an arm the nearest of a pool that is still
// free: nearest neighbour matching, one to one and without replacement, as
// Stuart describes it (Matching Methods for Causal Inference, Statistical
// Science 2010, section 3.1).
type pairing struct {
	points   [][]float64 // of the pool, in standard deviations of the arm
	order    []int       // of the pool, by the first coordinate
	up, down []int       // place -> the nearest place above or below that may be free
	free     int
}

// newPairing makes one for the rows of a pool at their points.
func newPairing(points [][]float64) *pairing {
	p := &pairing{points: points, free: len(points), order: make([]int, len(points)), up: make([]int, len(points)+1), down: make([]int, len(points)+1)}
	for i := range points {
		p.order[i] = i
	}
	slices.SortStableFunc(p.order, func(a, b int) int { return compareFirst(points[a], points[b]) })
	for n := range p.up {
		p.up[n], p.down[n] = n, n
	}
	return p
}

func compareFirst(a, b []float64) int {
	switch {
	case len(a) == 0 || a[0] == b[0]:
		return 0
	case a[0] < b[0]:
		return -1
	}
	return 1
}

// take returns the free point nearest to one, and uses it up; -1 where there is
// none within the bound. It walks away from the point on both sides, as far as
// the first coordinate alone is no farther than the nearest so far.
func (p *pairing) take(at []float64, bound float64) int {
	if p.free == 0 {
		return -1
	}
	first, _ := slices.BinarySearchFunc(p.order, at, func(i int, at []float64) int { return compareFirst(p.points[i], at) })
	best, place := bound, -1
	up, down := find(p.up, first), find(p.down, first) // down counts places from 1
	for {
		above, below := p.gap(up, at), p.gap(down-1, at)
		switch {
		case above > best && below > best || math.IsInf(above, 1) && math.IsInf(below, 1):
			return p.use(place)
		case above <= below:
			if d := distance(p.points[p.order[up]], at); d < best || d == best && place < 0 {
				best, place = d, up
			}
			up = find(p.up, up+1)
		default:
			if d := distance(p.points[p.order[down-1]], at); d < best || d == best && place < 0 {
				best, place = d, down-1
			}
			down = find(p.down, down-1)
		}
		if best == 0 && place >= 0 {
			return p.use(place)
		}
	}
}

// gap is how far a place is off in the first coordinate, infinite beyond the ends.
func (p *pairing) gap(place int, at []float64) float64 {
	switch {
	case place < 0 || place >= len(p.order):
		return math.Inf(1)
	case len(at) == 0:
		return 0
	}
	return math.Abs(p.points[p.order[place]][0] - at[0])
}

func (p *pairing) use(place int) int {
	if place < 0 {
		return -1
	}
	p.up[place], p.down[place+1] = place+1, place
	p.free--
	return p.order[place]
}

// find follows places that are used up, and shortens the way for the next.
func find(next []int, n int) int {
	for next[n] != n {
		next[n] = next[next[n]]
		n = next[n]
	}
	return n
}

func distance(a, b []float64) float64 {
	sum := 0.0
	for k := range a {
		sum += (a[k] - b[k]) * (a[k] - b[k])
	}
	return math.Sqrt(sum)
}
