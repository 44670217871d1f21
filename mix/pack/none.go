package pack

// apart gives every item a bin. Use it for packed rows without packing.
func apart(lengths []int32, _ int32) packing {
	p := packing{bin: make([]int32, len(lengths))}
	for item := range lengths {
		p.open(item)
	}
	return p
}
