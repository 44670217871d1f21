package stats

import (
	"math"
	"slices"
	"testing"
)

// rate is a resolve rate on SWE-bench Verified, of 500, as arXiv 2602.16819 has it.
type rate struct {
	name    string
	percent float64
}

// solved is the count of 500: the rates are multiples of 0.2 %.
func (r rate) solved() int { return int(math.Round(r.percent * 5)) }

var (
	small = []rate{{"7B base", 1.8}, {"7B Hybrid-Gym", 15.0}, {"7B Hybrid-Gym + SWE-Play", 17.6}}
	large = []rate{{"32B base", 7.0}, {"32B SWE-Gym", 20.6}, {"32B R2E-Gym", 34.4}, {"32B SWE-smith", 40.2}, {"32B SWE-Play", 31.2},
		{"32B Hybrid-Gym", 32.4}, {"32B Hybrid-Gym + SWE-Play", 33.6}}
	single = []rate{{"7B func_localize", 12.8}, {"7B issue_localize", 9.6}, {"7B dep_search", 6.4}, {"7B func_gen", 7.8}}
)

// A published difference falls in one of three classes. Where the interval of two
// independent rates leaves out zero, no knowledge of the instances is needed. Where
// even the best pairing, in which nothing was lost, leaves p at 0.05 or above, no
// knowledge would help. In between it depends on which instances were solved, which
// the paper does not print.
func class(a, b rate) string {
	if must(RateDifference(a.solved(), 500, b.solved(), 500, 0.95)).Separable() {
		return "separable"
	}
	apart := b.solved() - a.solved()
	if best := must(McNemar(verdictPair(max(0, apart), max(0, -apart), 500), 0.95)); best.MidP >= 0.05 {
		return "not separable"
	}
	return "depends on the instances"
}

func TestPublishedRatesAreCountsOf500(t *testing.T) {
	for _, r := range slices.Concat(small, large, single) {
		if e := must(Wilson(r.solved(), 500, 0.95)); math.Abs(100*e.Value-r.percent) > 1e-9 {
			t.Errorf("%s: %v %% is %v of 500", r.name, r.percent, r.solved())
		} else {
			t.Logf("%s: %s", r.name, e.Words)
		}
	}
}

// What the rates alone show, one pair at a time and without a correction for 30 of
// them: training helps at either size, SWE-Gym is behind all others and SWE-smith
// ahead of all but R2E-Gym, and func_localize is ahead of two single tasks. What they
// do not show: that SWE-Play adds to Hybrid-Gym, at either size, and any order of
// R2E-Gym, SWE-Play and Hybrid-Gym.
func TestWhichPublishedDifferencesAreSeparable(t *testing.T) {
	got := map[string][]string{}
	for _, family := range [][]rate{small, large, single} {
		for i, a := range family {
			for _, b := range family[i+1:] {
				kind := class(a, b)
				got[kind] = append(got[kind], a.name+" | "+b.name)
				t.Logf("%s: %s | %s: %s", kind, a.name, b.name, must(RateDifference(a.solved(), 500, b.solved(), 500, 0.95)).Words)
			}
		}
	}
	want := map[string][]string{
		"separable": {
			"7B base | 7B Hybrid-Gym", "7B base | 7B Hybrid-Gym + SWE-Play",
			"32B base | 32B SWE-Gym", "32B base | 32B R2E-Gym", "32B base | 32B SWE-smith", "32B base | 32B SWE-Play",
			"32B base | 32B Hybrid-Gym", "32B base | 32B Hybrid-Gym + SWE-Play",
			"32B SWE-Gym | 32B R2E-Gym", "32B SWE-Gym | 32B SWE-smith", "32B SWE-Gym | 32B SWE-Play",
			"32B SWE-Gym | 32B Hybrid-Gym", "32B SWE-Gym | 32B Hybrid-Gym + SWE-Play",
			"32B SWE-smith | 32B SWE-Play", "32B SWE-smith | 32B Hybrid-Gym", "32B SWE-smith | 32B Hybrid-Gym + SWE-Play",
			"7B func_localize | 7B dep_search", "7B func_localize | 7B func_gen",
		},
		"depends on the instances": {
			"7B Hybrid-Gym | 7B Hybrid-Gym + SWE-Play",
			"32B R2E-Gym | 32B SWE-smith", "32B R2E-Gym | 32B SWE-Play", "32B R2E-Gym | 32B Hybrid-Gym",
			"32B SWE-Play | 32B Hybrid-Gym", "32B SWE-Play | 32B Hybrid-Gym + SWE-Play", "32B Hybrid-Gym | 32B Hybrid-Gym + SWE-Play",
			"7B func_localize | 7B issue_localize", "7B issue_localize | 7B dep_search", "7B issue_localize | 7B func_gen", "7B dep_search | 7B func_gen",
		},
		"not separable": {"32B R2E-Gym | 32B Hybrid-Gym + SWE-Play"},
	}
	for kind, pairs := range want {
		if !slices.Equal(got[kind], pairs) {
			t.Errorf("%s: %v, wanted %v", kind, got[kind], pairs)
		}
	}
}
