package tokenize

import (
	"container/heap"
	"math/bits"
	"slices"
)

// A chain merges a piece of any length in almost linear time. Tokens form a
// linked list over byte positions; pairs wait in a queue by rank, and those of
// one rank are taken from left to right.
type chain struct {
	ids        []int32  // the token that starts at a position
	ranks      []uint32 // of the pair that starts there
	prev, next []int32
	queue      rankQueue
	batch      []int32
}

// merge appends the ids of piece. The queue relies on every merge being of a
// higher rank than those that made its parts; where a vocabulary breaks that
// rule the piece is done again with a heap.
func (c *chain) merge(dst []int32, t *pairTable, piece string) []int32 {
	c.load(t, piece)
	c.queue.fill(c.ranks)
	for {
		rank, batch := c.queue.pop(c.ranks, c.batch[:0])
		if rank == noMerge {
			break
		}
		slices.Sort(batch)
		c.batch = batch
		for _, at := range batch {
			if c.ranks[at] != rank {
				continue
			}
			left, joined := c.join(t, at, rank)
			if left < rank || joined <= rank {
				return c.mergeHeap(dst, t, piece)
			}
		}
	}
	return c.collect(dst)
}

func (c *chain) load(t *pairTable, piece string) {
	n := len(piece)
	c.ids = slices.Grow(c.ids[:0], n)[:n]
	c.ranks = slices.Grow(c.ranks[:0], n)[:n]
	c.prev = slices.Grow(c.prev[:0], n)[:n]
	c.next = slices.Grow(c.next[:0], n)[:n]
	for i := range n {
		c.ids[i] = t.bytes[piece[i]]
		c.prev[i], c.next[i] = int32(i-1), int32(i+1)
	}
	for i := range n - 1 {
		c.ranks[i] = t.first[int(piece[i])<<8|int(piece[i+1])]
	}
	c.ranks[n-1] = noMerge
}

// join merges the pair at a position and queues its new neighbours. It returns
// their ranks.
func (c *chain) join(t *pairTable, at int32, rank uint32) (left, right uint32) {
	gone := c.next[at]
	after := c.next[gone]
	c.ids[at], c.next[at] = t.into[rank], after
	c.ranks[gone], c.ranks[at] = noMerge, noMerge
	left, right = noMerge, noMerge
	if int(after) < len(c.ids) {
		c.prev[after] = at
		right = t.rank(c.ids[at], c.ids[after])
		c.ranks[at] = right
		c.queue.push(right, at)
	}
	if before := c.prev[at]; before >= 0 {
		left = t.rank(c.ids[before], c.ids[at])
		c.ranks[before] = left
		c.queue.push(left, before)
	}
	return left, right
}

func (c *chain) collect(dst []int32) []int32 {
	for at := int32(0); int(at) < len(c.ids); at = c.next[at] {
		dst = append(dst, c.ids[at])
	}
	return dst
}

// mergeHeap does the same with a queue that takes ranks in any order.
func (c *chain) mergeHeap(dst []int32, t *pairTable, piece string) []int32 {
	c.load(t, piece)
	var h pairHeap
	for i, r := range c.ranks {
		h = append(h, uint64(r)<<32|uint64(i))
	}
	heap.Init(&h)
	for len(h) > 0 {
		top := heap.Pop(&h).(uint64)
		rank, at := uint32(top>>32), int32(top)
		if rank == noMerge {
			break
		}
		if c.ranks[at] != rank {
			continue
		}
		c.queue.reset()
		c.join(t, at, rank)
		heap.Push(&h, uint64(c.ranks[at])<<32|uint64(at))
		if before := c.prev[at]; before >= 0 {
			heap.Push(&h, uint64(c.ranks[before])<<32|uint64(before))
		}
	}
	return c.collect(dst)
}

type pairHeap []uint64

func (h pairHeap) Len() int           { return len(h) }
func (h pairHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h pairHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *pairHeap) Push(x any)        { *h = append(*h, x.(uint64)) }
func (h *pairHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// A rankQueue is a radix heap: as ranks only rise, a pair waits in the bucket
// of the highest bit in which its rank differs from the last one popped, and
// moves down at most once per bit. It holds positions alone, four bytes for each
// byte of a piece; a pair whose rank has changed since stands in its new rank's
// bucket too, and is left out of the old one when that is looked at.
type rankQueue struct {
	last    uint32
	buckets [33][]int32
}

func (q *rankQueue) reset() {
	q.last = 0
	for i := range q.buckets {
		q.buckets[i] = q.buckets[i][:0]
	}
}

// fill starts the queue with the pairs of all positions.
func (q *rankQueue) fill(ranks []uint32) {
	q.reset()
	var counts [33]int
	for _, rank := range ranks {
		if rank != noMerge {
			counts[bits.Len32(rank)]++
		}
	}
	q.room(counts)
	for at, rank := range ranks {
		q.push(rank, int32(at))
	}
}

// room makes room in the buckets, once for all that is to come.
func (q *rankQueue) room(counts [33]int) {
	for i, n := range counts {
		q.buckets[i] = slices.Grow(q.buckets[i], n)
	}
}

func (q *rankQueue) push(rank uint32, at int32) {
	if rank != noMerge {
		b := bits.Len32(rank ^ q.last)
		q.buckets[b] = append(q.buckets[b], at)
	}
}

// pop takes all pairs of the lowest rank, in no order, and maybe some that had
// it before or that come twice; noMerge means none is left.
func (q *rankQueue) pop(ranks []uint32, batch []int32) (uint32, []int32) {
	if len(q.buckets[0]) == 0 && !q.refill(ranks) {
		return noMerge, batch
	}
	batch = append(batch, q.buckets[0]...)
	q.emptied(0)
	return q.last, batch
}

func (q *rankQueue) refill(ranks []uint32) bool {
	for i := range q.buckets {
		moving := q.buckets[i]
		here, lowest := 0, uint32(noMerge)
		for _, at := range moving {
			if rank := ranks[at]; rank != noMerge && bits.Len32(rank^q.last) == i {
				moving[here] = at
				lowest = min(lowest, rank)
				here++
			}
		}
		q.emptied(i)
		if here == 0 {
			continue
		}
		q.last = lowest
		var counts [33]int
		for _, at := range moving[:here] {
			counts[bits.Len32(ranks[at]^lowest)]++
		}
		q.room(counts)
		for _, at := range moving[:here] {
			q.push(ranks[at], at)
		}
		return true
	}
	return false
}

// emptied lets a bucket's memory go where it is more than a common piece needs.
func (q *rankQueue) emptied(i int) {
	const common = 1 << 16
	q.buckets[i] = q.buckets[i][:0]
	if cap(q.buckets[i]) > common {
		q.buckets[i] = nil
	}
}
