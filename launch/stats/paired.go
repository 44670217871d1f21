package stats

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Paired are two runs on the instances that both judged.
type Paired struct {
	First, Second string    // names of the runs
	Names         []string  // of the shared instances, sorted
	A, B          []float64 // scores of the first and of the second, in the order of Names
	OnlyA, OnlyB  int       // instances that one run judged and the other did not
}

// Pair lines two runs up. Runs without a shared instance are an error.
func Pair(first, second Run) (Paired, error) {
	for _, r := range []Run{first, second} {
		if err := r.check(); err != nil {
			return Paired{}, err
		}
	}
	return pair(first, second)
}

// pair is Pair of runs that were checked.
func pair(first, second Run) (Paired, error) {
	names := shared([]Run{first, second})
	if len(names) == 0 {
		return Paired{}, fmt.Errorf("the runs %q and %q judged no instance in common: are they of one benchmark?", first.Name, second.Name)
	}
	return Paired{
		First: first.Name, Second: second.Name, Names: names,
		A: first.over(names), B: second.over(names),
		OnlyA: len(first.Scores) - len(names), OnlyB: len(second.Scores) - len(names),
	}, nil
}

// rounding is the part of a score by which sums of floats miss what they stand for: means
// over seeds in another order, or a constant that was added to every score.
const rounding = 1e-12

// deltas are second minus first, by instance. What rounding alone makes is none.
func (p Paired) deltas() []float64 {
	d := make([]float64, len(p.A))
	for i := range d {
		d[i] = p.B[i] - p.A[i]
		if math.Abs(d[i]) <= rounding*math.Max(math.Abs(p.A[i]), math.Abs(p.B[i])) {
			d[i] = 0
		}
	}
	return d
}

// alike says whether all instances differ by the same amount, and by which: their
// deviation is then none, and not that of the last bits.
func (p Paired) alike() (delta float64, same bool) {
	deltas, largest := p.deltas(), 0.0
	for i := range deltas {
		largest = math.Max(largest, math.Max(math.Abs(p.A[i]), math.Abs(p.B[i])))
	}
	return deltas[0], slices.Max(deltas)-slices.Min(deltas) <= rounding*largest
}

// variance is that of the mean difference between instances; 0 of one instance.
func (p Paired) variance() float64 {
	if len(p.A) < 2 {
		return 0
	}
	return stat.Variance(p.deltas(), nil) / float64(len(p.A))
}

// verdicts says whether both runs have verdicts.
func (p Paired) verdicts() bool { return verdicts(p.A) && verdicts(p.B) }

// split names the instances that the second run won and those that it lost: the
// ones where its score is higher, and lower.
func (p Paired) split() (won, lost []string) {
	won, lost = []string{}, []string{} // an empty list in JSON, not null
	for i, d := range p.deltas() {
		switch {
		case d > 0:
			won = append(won, p.Names[i])
		case d < 0:
			lost = append(lost, p.Names[i])
		}
	}
	return won, lost
}

// words states a difference of the two.
func (p Paired) words(e Estimate) string {
	return differenceWords(p.First, p.Second, p.verdicts(), e)
}

// differenceWords states second minus first: in points for verdicts.
func differenceWords(first, second string, verdicts bool, e Estimate) string {
	write, unit := plain, ""
	if verdicts {
		write, unit = points, " points"
	}
	return fmt.Sprintf("%s minus %s: %s%s on %s (%s)", second, first, write(e.Value), unit, instances(e.N), e.interval(write))
}
