package smoke

import (
	"math"
	"math/rand/v2"
	"testing"
)

func zipfCounts(n int, seed uint64) []int64 {
	random := rand.New(rand.NewPCG(seed, 0))
	counts := make([]int64, n)
	for i := range counts {
		counts[i] = 1 + int64(1e5*random.Float64()/float64(i+1))
	}
	return counts
}

// TestEveryLeafHasItsOwnPath adds 2^-length over the leaves: 1 exactly where
// the paths are a complete prefix code.
func TestEveryLeafHasItsOwnPath(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 1000} {
		tree := newTree(zipfCounts(n, 1))
		var sum float64
		seen := make(map[string]bool)
		for leaf := range n {
			path := tree.path(int32(leaf))
			key := ""
			for _, turn := range path {
				key += string(rune('0' + turn&1))
			}
			if seen[key] {
				t.Fatalf("%d leaves: two have path %s", n, key)
			}
			seen[key] = true
			if len(path) > 0 && path[0].node() != 0 {
				t.Fatalf("%d leaves: path of %d starts at node %d, not at the root", n, leaf, path[0].node())
			}
			sum += math.Exp2(-float64(len(path)))
		}
		if sum != 1 {
			t.Errorf("%d leaves: the code's sum is %v", n, sum)
		}
	}
}

func TestMeanPathIsNearTheEntropy(t *testing.T) {
	counts := zipfCounts(5000, 2)
	tree := newTree(counts)
	var total, bits, entropy float64
	for _, n := range counts {
		total += float64(n)
	}
	for leaf, n := range counts {
		p := float64(n) / total
		bits += p * float64(len(tree.path(int32(leaf))))
		entropy -= p * math.Log2(p)
	}
	if bits < entropy || bits > entropy+1 {
		t.Errorf("mean path %.3f turns, entropy %.3f bits", bits, entropy)
	}
}
