package sample

import (
	"math"
	"slices"
)

// A matching looks for rows of a pool that are alike those of an arm: in the
// groups that are said, such as repositories, exactly as far as the pool has
// them, and in features as near as can be.
type matching struct {
	arm, pool         *View
	armRows, poolRows []int
	features          []string
	groups            []Per
	scale             map[string]spread
}

// A spread is what a feature is measured in: standard deviations of the arm.
type spread struct{ mean, deviation float64 }

// OnGroups are the words of Args.On that are no features.
var OnGroups = map[string]Per{"repo": PerRepository, "teacher": PerTeacher, "instance": PerInstance}

func newMatching(arm, pool *View, armRows, poolRows []int, on []string) *matching {
	m := &matching{arm: arm, pool: pool, armRows: armRows, poolRows: poolRows, scale: map[string]spread{}}
	if len(on) == 0 {
		on = DefaultOn
	}
	for _, word := range on {
		if per, group := OnGroups[word]; group {
			m.groups = append(m.groups, per)
			continue
		}
		m.features = append(m.features, word)
		m.scale[word] = spreadOf(values(arm, armRows, word))
	}
	return m
}

// values are a feature of some rows, those that are known.
func values(v *View, rows []int, feature string) (known []float64) {
	for _, i := range rows {
		if x := v.value(feature, i); !math.IsNaN(x) {
			known = append(known, x)
		}
	}
	return known
}

func spreadOf(xs []float64) spread {
	var s spread
	for _, x := range xs {
		s.mean += x / float64(len(xs))
	}
	for _, x := range xs {
		s.deviation += (x - s.mean) * (x - s.mean) / float64(len(xs))
	}
	s.deviation = math.Sqrt(s.deviation)
	return s
}

// point is where a row lies. What is not known lies at the arm's mean.
func (m *matching) point(v *View, row int) []float64 {
	at := make([]float64, len(m.features))
	for k, feature := range m.features {
		s, x := m.scale[feature], v.value(feature, row)
		if at[k] = x - s.mean; math.IsNaN(x) {
			at[k] = 0
		}
		if s.deviation > 0 {
			at[k] /= s.deviation
		}
	}
	return at
}

// stratum is the group that a row is matched in, and whether it is in one.
func (m *matching) stratum(v *View, row int) (key [3]uint64, in bool) {
	for k, per := range m.groups {
		key[k] = per.of(&v.Items[row])
		in = in || key[k] != 0
	}
	return key, in || len(m.groups) == 0
}

// pairs gives for each row of the arm one of the pool, -1 where there is none
// within the bound. Rows of the arm are served in the order of their keys:
// first each within its group, and then, where across is said, what is left
// over among all that is left, evened out.
func (m *matching) pairs(bound float64, across bool) []int {
	partner := slices.Repeat([]int{-1}, len(m.armRows))
	strata, used := map[[3]uint64]*stratum{}, map[int]bool{}
	for _, i := range m.poolRows {
		if key, in := m.stratum(m.pool, i); in {
			if strata[key] == nil {
				strata[key] = &stratum{}
			}
			strata[key].rows = append(strata[key].rows, i)
		}
	}
	for n, i := range m.armRows {
		key, in := m.stratum(m.arm, i)
		if s := strata[key]; in && s != nil {
			partner[n] = s.take(m, i, bound)
			used[partner[n]] = true
		}
	}
	if !across {
		return partner
	}
	rest := &stratum{rows: slices.DeleteFunc(slices.Clone(m.poolRows), func(i int) bool { return used[i] })}
	for n, i := range m.armRows {
		if partner[n] < 0 {
			partner[n] = rest.take(m, i, bound)
			used[partner[n]] = true
		}
	}
	(&evening{m: m, partner: partner, strata: strata, used: used}).run()
	return partner
}

// A stratum is the rows of the pool that are in one group.
type stratum struct {
	rows    []int
	pairing *pairing
}

func (s *stratum) take(m *matching, arm int, bound float64) int {
	if s.pairing == nil {
		points := make([][]float64, len(s.rows))
		for n, i := range s.rows {
			points[n] = m.point(m.pool, i)
		}
		s.pairing = newPairing(points)
	}
	if n := s.pairing.take(m.point(m.arm, arm), bound); n >= 0 {
		return s.rows[n]
	}
	return -1
}
