package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomPools makes pools as planning does: sizes of any kind, each pool with
// its own shuffle.
func randomPools(r *rand.Rand) []Pool {
	pools := make([]Pool, 1+r.IntN(5))
	for k := range pools {
		pools[k].Name = fmt.Sprint("pool", k)
		pools[k].Share = float64(r.IntN(4))
		for range r.IntN(60) {
			pools[k].Sizes = append(pools[k].Sizes, 1+r.Int64N(40_000))
		}
		pools[k].Order = r.Perm(len(pools[k].Sizes))
	}
	return pools
}

func got(p Pool, c Choice) int64 {
	var n int64
	for _, i := range c.Items {
		n += p.Sizes[i]
	}
	return n
}

func TestEverySamplerKeepsItsPromises(t *testing.T) {
	for name, s := range Samplers {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for range 300 {
				pools := randomPools(r)
				terms := randomTerms(r)
				choices, err := s.Choose(pools, terms)
				again, _ := s.Choose(pools, terms)
				if err != nil {
					t.Fatal(err)
				}
				if len(choices) != len(pools) {
					t.Fatalf("%d choices for %d pools", len(choices), len(pools))
				}
				total := int64(0)
				for k, c := range choices {
					checkDistinct(t, pools[k], c, terms)
					total += got(pools[k], c)
					if !slices.Equal(c.Items, again[k].Items) {
						t.Fatalf("two calls chose differently from %s", pools[k].Name)
					}
				}
				if name != "all" && terms.Budget > 0 && total > terms.Budget {
					t.Fatalf("got %d of a budget of %d", total, terms.Budget)
				}
			}
		})
	}
}

// randomTerms are terms that can always be met, with or without a budget.
func randomTerms(r *rand.Rand) Terms {
	shorts := []Short{Tell, Shrink, Fill, Repeat}
	return Terms{Budget: r.Int64N(2) * r.Int64N(2_000_000), Short: shorts[r.IntN(len(shorts))], Repeat: 1 + r.IntN(5), Temperature: 0.5 + 5*r.Float64()}
}

// checkDistinct holds that items ascend, and that one is chosen once, or as
// often as the terms say at most.
func checkDistinct(t *testing.T, p Pool, c Choice, terms Terms) {
	t.Helper()
	times, most := map[int]int{}, 1
	if terms.Short == Repeat {
		most = terms.repeat()
	}
	for _, i := range c.Items {
		times[i]++
	}
	for i, n := range times {
		if n > most {
			t.Fatalf("%s: item %d is taken %d times, and may be %d", p.Name, i, n, most)
		}
	}
	if !slices.IsSorted(c.Items) {
		t.Fatalf("%s: items %v do not ascend", p.Name, c.Items)
	}
}

func choose(t *testing.T, sampler string, pools []Pool, terms Terms) []Choice {
	t.Helper()
	choices, err := Samplers[sampler].Choose(pools, terms)
	if err != nil {
		t.Fatal(err)
	}
	return choices
}

func TestSharesDivideTheBudgetToTheLastToken(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		weights := make([]float64, 1+r.IntN(6))
		for k := range weights {
			weights[k] = r.Float64()
		}
		budget := r.Int64N(1 << 40)
		sum := int64(0)
		for _, part := range split(weights, budget) {
			sum += part
		}
		if sum != budget {
			t.Fatalf("parts of %d by %v sum to %d", budget, weights, sum)
		}
	}
}

func TestSharesFillWithinTheSmallestItemLeftOrAHundredth(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		pools := randomPools(r)
		for k, c := range choose(t, "shares", pools, Terms{Budget: 200_000}) {
			missing := c.Asked - got(pools[k], c)
			for i, size := range pools[k].Sizes {
				if _, taken := slices.BinarySearch(c.Items, i); !taken && size <= missing && missing > c.Asked/100 {
					t.Fatalf("%s: %d of %d missing, yet an item of %d was left", pools[k].Name, missing, c.Asked, size)
				}
			}
		}
	}
}

func TestNearestIsOffByHalfAnItemAtMost(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 300 {
		for _, p := range randomPools(r) {
			target := r.Int64N(300_000)
			sum := int64(0)
			items := p.Nearest(target)
			for _, i := range items {
				sum += p.Sizes[i]
			}
			for i, size := range p.Sizes {
				_, taken := slices.BinarySearch(items, i)
				if now := sum + size; !taken && max(now-target, target-now) < max(sum-target, target-sum) {
					t.Fatalf("%d of %d, yet an item of %d was left", sum, target, size)
				}
			}
			if sum > target && sum-target > 20_000 {
				t.Fatalf("%d for %d", sum, target)
			}
		}
	}
}

func TestSharesWithoutBudgetHoldTheRatio(t *testing.T) {
	ones := func(n int) []int64 {
		s := make([]int64, n)
		for i := range s {
			s[i] = 1
		}
		return s
	}
	pools := []Pool{{Name: "a", Share: 3, Sizes: ones(90)}, {Name: "b", Share: 1, Sizes: ones(10)}}
	for k := range pools {
		pools[k].Order = rand.New(rand.NewPCG(1, 1)).Perm(len(pools[k].Sizes))
	}
	choices := choose(t, "shares", pools, Terms{})
	if a, b := len(choices[0].Items), len(choices[1].Items); a != 30 || b != 10 {
		t.Errorf("took %d and %d, want 30 and 10", a, b)
	}
}

func TestAShortSourceGivesAllItHasAndTheReportSaysWhatWasAsked(t *testing.T) {
	pools := []Pool{
		{Name: "a", Share: 1, Sizes: []int64{5, 5}, Order: []int{1, 0}},
		{Name: "b", Share: 1, Sizes: make([]int64, 100), Order: rand.New(rand.NewPCG(1, 1)).Perm(100)},
	}
	for i := range pools[1].Sizes {
		pools[1].Sizes[i] = 1
	}
	c := choose(t, "shares", pools, Terms{Budget: 100})
	if c[0].Asked != 50 || got(pools[0], c[0]) != 10 || got(pools[1], c[1]) != 50 {
		t.Errorf("asked %d, got %d and %d", c[0].Asked, got(pools[0], c[0]), got(pools[1], c[1]))
	}
}

func TestASmallerProportionalMixLiesInsideALargerOne(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		pools := randomPools(r)
		budget := r.Int64N(1_000_000)
		small := chooseProportional(pools, Terms{Budget: budget})
		large := chooseProportional(pools, Terms{Budget: budget + r.Int64N(50_000)})
		for k := range pools {
			for _, i := range small[k].Items {
				if _, in := slices.BinarySearch(large[k].Items, i); !in {
					t.Fatalf("%s: item %d is in the smaller mix only", pools[k].Name, i)
				}
			}
		}
	}
}
