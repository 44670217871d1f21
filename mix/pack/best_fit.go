package pack

// bestFit is best-fit decreasing over all items at once: it needs about 11/9 of
// the least number of bins at worst (Johnson 1974) and, on lengths of agents, as
// few as any packer was found to need. Use it unless the order of rows carries meaning.
// Items are sorted by counting, and of the bins those with equal room lie in one
// stack: looking one up is a step for each level of a bitmap, so the whole costs
// O(n + window).
func bestFit(lengths []int32, window int32) packing {
	p := packing{bin: make([]int32, len(lengths))}
	rooms := newBitmap(int(window) + 1)
	top := make([]int32, window+1) // room -> 1 + the bin that got it last; 0 for none
	var below []int32              // bin -> what was on top when it came
	for _, item := range longestFirst(lengths, window) {
		n := lengths[item]
		room := int32(rooms.from(int(n)))
		if room < 0 {
			p.open(int(item))
			below, room = append(below, 0), window
		} else {
			bin := top[room] - 1
			p.bin[item] = bin
			if top[room] = below[bin]; top[room] == 0 {
				rooms.clear(int(room))
			}
		}
		if room -= n; room > 0 {
			bin := p.bin[item]
			below[bin], top[room] = top[room], bin+1
			rooms.set(int(room))
		}
	}
	return p
}

// longestFirst orders items by falling length, equal ones as they stand.
func longestFirst(lengths []int32, window int32) []int32 {
	starts := make([]int32, window+2) // length -> where its first item goes
	for _, n := range lengths {
		starts[n]++
	}
	at := int32(0)
	for n := window; n > 0; n-- {
		at, starts[n] = at+starts[n], at
	}
	order := make([]int32, len(lengths))
	for i, n := range lengths {
		order[starts[n]] = int32(i)
		starts[n]++
	}
	return order
}
