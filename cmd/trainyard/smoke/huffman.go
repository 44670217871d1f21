package smoke

import (
	"cmp"
	"slices"
)

// A tree is a Huffman code: frequent leaves get short paths, so the expected
// number of dot products per token is near the entropy of the unigram counts.
type tree struct {
	begin []int32 // leaf i's path is turns[begin[i]:begin[i+1]]
	turns []turn
}

// A turn is one branching on the way from the root to a leaf: the inner node
// (0 is the root) times two, plus one where the path goes to the right.
type turn int32

func (t turn) node() int32 { return int32(t >> 1) }
func (t turn) right() bool { return t&1 == 1 }

// path lists the turns from the root to leaf.
func (t *tree) path(leaf int32) []turn {
	return t.turns[t.begin[leaf]:t.begin[leaf+1]]
}

// newTree codes len(counts) leaves with len(counts)-1 inner nodes. Equal
// counts are ordered by leaf, so the same counts always give the same tree.
func newTree(counts []int64) *tree {
	parent, right := joinLightest(counts)
	leaves := len(counts)
	root := len(parent) - 1
	t := &tree{begin: make([]int32, 1, leaves+1)}
	for leaf := range leaves {
		from := len(t.turns)
		for at := leaf; at != root; at = int(parent[at]) {
			step := turn(root-int(parent[at])) << 1
			if right[at] {
				step |= 1
			}
			t.turns = append(t.turns, step)
		}
		slices.Reverse(t.turns[from:])
		t.begin = append(t.begin, int32(len(t.turns)))
	}
	return t
}

// joinLightest merges the two lightest subtrees until one is left. Nodes are
// numbered leaves first, then inner nodes in the order they were made. Sorted
// leaves and inner nodes are two queues whose heads hold the minimum, so no
// heap is needed.
func joinLightest(counts []int64) (parent []int32, right []bool) {
	leaves := len(counts)
	weight := slices.Clone(counts)
	parent = make([]int32, max(2*leaves-1, 0))
	right = make([]bool, len(parent))
	order := make([]int, leaves)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[a], counts[b]) })
	inner := leaves
	lightest := func() int {
		if len(order) > 0 && (inner == len(weight) || weight[order[0]] <= weight[inner]) {
			head := order[0]
			order = order[1:]
			return head
		}
		inner++
		return inner - 1
	}
	for node := leaves; node < len(parent); node++ {
		a, b := lightest(), lightest()
		parent[a], parent[b] = int32(node), int32(node)
		right[b] = true
		weight = append(weight, weight[a]+weight[b])
	}
	return parent, right
}
