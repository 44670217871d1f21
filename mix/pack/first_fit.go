package pack

// firstFit goes through the items as they stand and puts each into the first bin
// with room for it. Use it to compare with trainers that pack so while they read
// (axolotl); best-fit needs fewer bins. It costs O(n log n).
func firstFit(lengths []int32, window int32) packing {
	p := packing{bin: make([]int32, len(lengths))}
	rooms := rooms{tree: make([]int32, 2)}
	for item, n := range lengths {
		bin := rooms.first(n)
		if bin < 0 {
			bin = len(p.opener)
			p.open(item)
			rooms.add(bin, window)
		}
		p.bin[item] = int32(bin)
		rooms.take(bin, n)
	}
	return p
}

// rooms is the room in each bin, as a tree: node n knows the most of nodes 2n and
// 2n+1, and the second half are the bins, those not yet opened with no room.
type rooms struct{ tree []int32 }

func (r *rooms) size() int { return len(r.tree) / 2 }

// add puts a bin behind the others.
func (r *rooms) add(bin int, room int32) {
	if bin == r.size() {
		r.grow()
	}
	for node := r.size() + bin; node > 0 && r.tree[node] < room; node /= 2 {
		r.tree[node] = room
	}
}

// grow makes place for twice as many bins.
func (r *rooms) grow() {
	bins := r.tree[r.size():]
	r.tree = make([]int32, 2*len(r.tree))
	copy(r.tree[r.size():], bins)
	for node := r.size() - 1; node > 0; node-- {
		r.tree[node] = max(r.tree[2*node], r.tree[2*node+1])
	}
}

// first is the first bin with room for n > 0, -1 where there is none.
func (r *rooms) first(n int32) int {
	if r.tree[1] < n {
		return -1
	}
	node := 1
	for node < r.size() {
		node *= 2
		node += int(uint32(r.tree[node]-n) >> 31) // 1 where the left one has less than n
	}
	return node - r.size()
}

// take fills a part of a bin.
func (r *rooms) take(bin int, n int32) {
	node := r.size() + bin
	r.tree[node] -= n
	for node /= 2; node > 0; node /= 2 {
		most := max(r.tree[2*node], r.tree[2*node+1])
		if r.tree[node] == most {
			return
		}
		r.tree[node] = most
	}
}
