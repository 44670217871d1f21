package sample

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// ones is a pool of so many items of size 1.
func ones(name string, n int, a Amount) Pool {
	p := Pool{Name: name, Share: 1, Amount: a, Sizes: make([]int64, n), Order: rand.New(rand.NewPCG(1, 1)).Perm(n)}
	for i := range p.Sizes {
		p.Sizes[i] = 1
	}
	return p
}

func TestAmountsDivideTheBudget(t *testing.T) {
	share := func(n float64) Amount { return Amount{ByShare, n} }
	for name, c := range map[string]struct {
		pools   []Pool
		terms   Terms
		sampler string
		asked   []int64
		got     []int
	}{
		"takes stand beside shares": {
			[]Pool{ones("a", 500, share(3)), ones("b", 500, share(1)), ones("c", 500, Amount{ByTake, 100})},
			Terms{Budget: 500}, "shares", []int64{300, 100, 100}, []int{300, 100, 100},
		},
		"the rest is what fractions and takes leave": {
			[]Pool{ones("a", 500, share(0.25)), ones("b", 500, Amount{By: ByRest}), ones("c", 500, Amount{ByTake, 100})},
			Terms{Budget: 400}, "shares", []int64{100, 200, 100}, []int{100, 200, 100},
		},
		"epochs are of what a source has": {
			[]Pool{ones("a", 100, Amount{ByEpochs, 2.5}), ones("b", 100, Amount{ByEpochs, 0.25})},
			Terms{}, "all", []int64{250, 25}, []int{250, 25},
		},
		"all takes what says nothing of its own": {
			[]Pool{ones("a", 100, Amount{}), ones("b", 100, Amount{ByTake, 7})},
			Terms{}, "all", []int64{100, 7}, []int{100, 7},
		},
		"a budget in percent is of all there is": {
			[]Pool{ones("a", 300, Amount{}), ones("b", 100, Amount{})},
			Terms{Percent: 5}, "equal", []int64{10, 10}, []int{10, 10},
		},
		"temperature 2 goes by square roots": {
			[]Pool{ones("a", 900, Amount{}), ones("b", 100, Amount{})},
			Terms{Budget: 100, Temperature: 2}, "temperature", []int64{75, 25}, []int{75, 25},
		},
		"a short source is told": {
			[]Pool{ones("a", 10, share(1)), ones("b", 500, share(1)), ones("c", 500, share(2))},
			Terms{Budget: 400}, "shares", []int64{100, 100, 200}, []int{10, 100, 200},
		},
		"a short source shrinks all alike": {
			[]Pool{ones("a", 10, share(1)), ones("b", 500, share(1)), ones("c", 500, share(2))},
			Terms{Budget: 400, Short: Shrink}, "shares", []int64{100, 100, 200}, []int{10, 10, 20},
		},
		"the others fill in, in their ratio, and not those that take a number": {
			[]Pool{ones("a", 10, share(1)), ones("b", 500, share(1)), ones("c", 500, share(2)), ones("d", 500, Amount{ByTake, 5})},
			Terms{Budget: 405, Short: Fill}, "shares", []int64{100, 100, 200, 5}, []int{10, 130, 260, 5},
		},
		"filling in goes on to those that have still more": {
			[]Pool{ones("a", 10, share(1)), ones("b", 110, share(1)), ones("c", 500, share(2))},
			Terms{Budget: 400, Short: Fill}, "shares", []int64{100, 100, 200}, []int{10, 110, 280},
		},
		"a short source repeats": {
			[]Pool{ones("a", 40, share(1)), ones("b", 500, share(1))},
			Terms{Budget: 200, Short: Repeat}, "shares", []int64{100, 100}, []int{100, 100},
		},
		"as often as it may": {
			[]Pool{ones("a", 40, share(1)), ones("b", 500, share(1))},
			Terms{Budget: 200, Short: Repeat, Repeat: 2}, "shares", []int64{100, 100}, []int{80, 100},
		},
		"what is left out gives its part to the others": {
			[]Pool{ones("a", 500, share(1)), ones("b", 500, share(1)), ones("c", 500, share(2))},
			Terms{Budget: 400, Scale: []float64{0, 1, 1}}, "shares", []int64{0, 133, 267}, []int{0, 133, 267},
		},
		"what is scaled has more against the others": {
			[]Pool{ones("a", 500, share(1)), ones("b", 500, share(1)), ones("c", 500, Amount{ByTake, 200})},
			Terms{Budget: 400, Scale: []float64{2, 1, 1}}, "shares", []int64{160, 80, 160}, []int{160, 80, 160},
		},
	} {
		choices := choose(t, c.sampler, c.pools, c.terms)
		for k, choice := range choices {
			if choice.Asked != c.asked[k] || len(choice.Items) != c.got[k] {
				t.Errorf("%s: %s is asked for %d and gives %d, want %d and %d", name, c.pools[k].Name, choice.Asked, len(choice.Items), c.asked[k], c.got[k])
			}
		}
	}
}

func TestWhatCannotBeDividedIsAnError(t *testing.T) {
	for want, c := range map[string]struct {
		pools []Pool
		terms Terms
	}{
		"take and epochs ask for 120, and the budget is 100": {[]Pool{ones("a", 500, Amount{ByTake, 120}), ones("b", 9, Amount{})}, Terms{Budget: 100}},
		"nothing is left for b":                              {[]Pool{ones("a", 500, Amount{ByShare, 0.9}), ones("b", 9, Amount{By: ByRest}), ones("c", 99, Amount{ByTake, 50})}, Terms{Budget: 100}},
		"shares sum to 2":                                    {[]Pool{ones("a", 500, Amount{ByShare, 2}), ones("b", 9, Amount{By: ByRest})}, Terms{Budget: 100}},
	} {
		if _, err := Samplers["shares"].Choose(c.pools, c.terms); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := Samplers["shares"].Choose([]Pool{ones("a", 10, Amount{}), ones("b", 500, Amount{})}, Terms{Budget: 100, Short: Fail})
	var short *ShortError
	if !errors.As(err, &short) || !slices.Equal(short.Lacks, []Lack{{0, 50, 10}}) {
		t.Errorf("got %v", err)
	}
}

// TestFillingAndShrinkingKeepWhatTheyPromise tries pools and amounts of any kind.
func TestFillingAndShrinkingKeepWhatTheyPromise(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 1))
	for range 2000 {
		n := 1 + r.IntN(6)
		asked, limit, amounts := make([]int64, n), make([]int64, n), make([]Amount, n)
		for k := range n {
			asked[k], limit[k], amounts[k] = r.Int64N(1000), r.Int64N(1500), Amount{ByShare, 1}
			if r.IntN(4) == 0 {
				amounts[k].By = ByTake
			}
		}
		for short := range Shorts {
			got, err := settle(asked, limit, amounts, short)
			if short == Fail && len(lacking(asked, limit)) > 0 {
				if err == nil {
					t.Fatal("what is short is no error")
				}
				continue
			}
			for k := range got {
				if got[k] > limit[k] || got[k] < 0 {
					t.Fatalf("%s: %v of %v, and there are %v", short, got, asked, limit)
				}
				if off := float64(got[k]) - float64(asked[k])*float64(sumOf(got))/float64(sumOf(asked)); short == Shrink && math.Abs(off) > 1 {
					t.Fatalf("shrink: %v of %v is another ratio", got, asked)
				}
				if short == Fill && amounts[k].fixed() && got[k] > asked[k] {
					t.Fatalf("fill: %v of %v takes more than the number it says", got, asked)
				}
			}
			could := int64(0)
			for k := range got {
				if most := limit[k]; !amounts[k].fixed() && asked[k] > 0 {
					could += most
				} else {
					could += min(asked[k], most)
				}
			}
			if short == Fill && sumOf(got) != min(sumOf(asked), could) {
				t.Fatalf("fill: %v of %v sums to %d, and there are %v", got, asked, sumOf(got), limit)
			}
		}
	}
}

// TestFractionsLieInsideOneAnother holds for every sampler, source by source, to
// within half an item.
func TestFractionsLieInsideOneAnother(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 1))
	for range 300 {
		pools, terms := randomPools(r), randomTerms(r)
		for _, s := range Samplers {
			whole, err := s.Choose(pools, terms)
			if err != nil {
				t.Fatal(err)
			}
			small, f := r.Float64(), 0.0
			f = small + (1-small)*r.Float64()
			for k, p := range pools {
				a, b := Fraction(pools, whole, small)[k], Fraction(pools, whole, f)[k]
				if !inside(a.Items, b.Items) || !inside(b.Items, whole[k].Items) {
					t.Fatalf("%s: the part at %v is not inside that at %v", p.Name, small, f)
				}
				if off := math.Abs(float64(got(p, b)) - f*float64(got(p, whole[k]))); off > float64(slices.Max(append(p.Sizes, 0)))/2 {
					t.Fatalf("%s: %v of %d is %d", p.Name, f, got(p, whole[k]), got(p, b))
				}
			}
		}
	}
}

// inside says that a holds nothing that b does not, as often.
func inside(a, b []int) bool {
	times := map[int]int{}
	for _, i := range b {
		times[i]++
	}
	for _, i := range a {
		if times[i]--; times[i] < 0 {
			return false
		}
	}
	return true
}

func TestWhatIsRepeatedIsRepeatedAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 1))
	for range 300 {
		for _, p := range randomPools(r) {
			times := map[int]int{}
			for _, i := range p.Take(r.Int64N(1+5*p.Had()), 4) {
				times[i]++
			}
			low, high := 4, 0
			for i := range p.Sizes {
				low, high = min(low, times[i]), max(high, times[i])
			}
			if len(p.Sizes) > 0 && (high-low > 1 || high > 4) {
				t.Fatalf("one item stands %d times, another %d", high, low)
			}
		}
	}
}
