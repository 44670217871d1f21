package pack

// Bins are what a packer made: lists of items, each of which stands in exactly
// one. A bin stands where the item that opened it stands among the openers, so
// that shuffled items give shuffled bins: ordered by their first item instead,
// bins of many short items would come first. Within a bin items stand in order.
type Bins struct {
	items  []int32
	starts []int32 // bin b holds items[starts[b]:starts[b+1]]
}

// Len is the number of bins.
func (b *Bins) Len() int { return len(b.starts) - 1 }

// Items are those of bin n, ascending; the slice is the Bins' own.
func (b *Bins) Items(n int) []int32 {
	from, to := b.starts[n], b.starts[n+1]
	return b.items[from:to:to]
}

// bins orders a packing.
func (p packing) bins() *Bins {
	rank := make([]int32, len(p.opener)) // bin -> its place
	next := int32(0)
	for i, bin := range p.bin {
		if p.opener[bin] == int32(i) {
			rank[bin] = next
			next++
		}
	}
	b := &Bins{items: make([]int32, len(p.bin)), starts: make([]int32, len(rank)+1)}
	for i, bin := range p.bin {
		p.bin[i] = rank[bin]
		b.starts[rank[bin]+1]++
	}
	for n := range rank {
		b.starts[n+1] += b.starts[n]
	}
	free := rank // its memory: where the next item of each bin goes
	copy(free, b.starts)
	for i, bin := range p.bin {
		b.items[free[bin]] = int32(i)
		free[bin]++
	}
	return b
}

// Utilisation is the part of the windows that holds tokens, 0 without bins.
func Utilisation(tokens int64, bins, window int) float64 {
	if bins == 0 {
		return 0
	}
	return float64(tokens) / (float64(bins) * float64(window))
}
