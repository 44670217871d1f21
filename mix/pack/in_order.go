package pack

// inOrder fills one bin after another: an item that does not fit opens the next.
// Use it where the order of rows carries meaning, such as a curriculum: no way
// of packing that keeps the order needs fewer bins.
func inOrder(lengths []int32, window int32) packing {
	p := packing{bin: make([]int32, len(lengths))}
	room := int32(0)
	for item, n := range lengths {
		if n > room {
			p.open(item)
			room = window
		}
		p.bin[item] = int32(len(p.opener) - 1)
		room -= n
	}
	return p
}
