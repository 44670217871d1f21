package dedup

// A Set holds the shingles of a text, each once, as their hashes of 64 bits: of
// two texts of 100,000 shingles some pair has one hash by chance with odds of 1
// in a billion.
type Set struct {
	table []uint64 // open addressing; 0 is free
	n     int
}

// NewSet collects the shingles of a text that is given in pieces.
func NewSet(text []string) *Set {
	bytes := 0
	for _, piece := range text {
		bytes += len(piece)
	}
	s := &Set{table: make([]uint64, tableSize(bytes))}
	eachShingle(text, s.add)
	return s
}

// tableSize is what the shingles of so many bytes of code and prose need: a word
// has some seven bytes, what stands between words among them.
func tableSize(bytes int) int {
	size := 64
	for size < bytes/4 {
		size *= 2
	}
	return size
}

// Len is the number of shingles.
func (s *Set) Len() int { return s.n }

func (s *Set) add(h uint64) {
	h = max(h, 1)
	at := s.find(h)
	if s.table[at] == h {
		return
	}
	s.table[at] = h
	if s.n++; 2*s.n > len(s.table) {
		s.grow()
	}
}

// find is where h stands or would stand.
func (s *Set) find(h uint64) int {
	mask := len(s.table) - 1
	at := int(h) & mask
	for s.table[at] != 0 && s.table[at] != h {
		at = (at + 1) & mask
	}
	return at
}

func (s *Set) grow() {
	old := s.table
	s.table = make([]uint64, 4*len(old))
	for _, h := range old {
		if h != 0 {
			s.table[s.find(h)] = h
		}
	}
}

// Jaccard is the number of shingles that both sets have over the number that
// either has; 0 where both are empty.
func (s *Set) Jaccard(t *Set) float64 {
	if s.n > t.n {
		s, t = t, s
	}
	if t.n == 0 {
		return 0
	}
	both := 0
	for _, h := range s.table {
		if h != 0 && t.table[t.find(h)] == h {
			both++
		}
	}
	return float64(both) / float64(s.n+t.n-both)
}
