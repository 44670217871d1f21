package sample

// Nearest neighbours leave a lean: where the pool has few of what the arm has
// many of, the rows served last get what is left, all on one side. evening
// takes that away: it exchanges partners for free rows of the same group, as
// long as the means come nearer and the pairs do not fall apart for it.
type evening struct {
	m       *matching
	partner []int
	lean    []float64 // sum over the pairs of control less arm, in deviations
	strata  map[[3]uint64]*stratum
	used    map[int]bool
}

// closeness is what the distance within a pair counts against the lean of all.
const closeness = 0.1

// enough is a lean, in deviations, that is not worth another exchange.
const enough = 0.01

// candidates bounds the free rows that are looked at for one pair.
const candidates = 2000

func (e *evening) run() {
	e.lean = make([]float64, len(e.m.features))
	for n, j := range e.partner {
		if j >= 0 {
			e.move(n, j, 1)
		}
	}
	for n, j := range e.partner {
		if j < 0 || e.even() {
			continue
		}
		if better := e.better(n, j); better != j {
			e.move(n, j, -1)
			e.move(n, better, 1)
			e.used[j], e.used[better], e.partner[n] = false, true, better
		}
	}
}

// move adds a pair to the lean, or takes it out.
func (e *evening) move(n, row int, sign float64) {
	arm, control := e.m.point(e.m.arm, e.m.armRows[n]), e.m.point(e.m.pool, row)
	for k := range e.lean {
		e.lean[k] += sign * (control[k] - arm[k])
	}
}

func (e *evening) even() bool {
	for _, x := range e.lean {
		if max(x, -x) > enough*float64(len(e.partner)) {
			return false
		}
	}
	return true
}

// better is the free row of the partner's group with the smallest cost, or the
// partner.
func (e *evening) better(n, partner int) int {
	key, in := e.m.stratum(e.m.pool, partner)
	s := e.strata[key]
	if !in || s == nil {
		return partner
	}
	at, arm := e.m.point(e.m.pool, partner), e.m.point(e.m.arm, e.m.armRows[n])
	best, cost := partner, e.cost(at, at, arm)
	for k := 0; k < len(s.rows); k += 1 + len(s.rows)/candidates {
		row := s.rows[k]
		if e.used[row] {
			continue
		}
		if c := e.cost(at, e.m.point(e.m.pool, row), arm); c < cost {
			best, cost = row, c
		}
	}
	return best
}

// cost is the square of the lean with one point in place of another, for each
// pair, and what the distance of this pair adds.
func (e *evening) cost(before, after, arm []float64) float64 {
	lean, apart := 0.0, 0.0
	for k := range e.lean {
		x := e.lean[k] - before[k] + after[k]
		lean += x * x
		apart += (after[k] - arm[k]) * (after[k] - arm[k])
	}
	return lean/float64(len(e.partner)) + closeness*apart
}
