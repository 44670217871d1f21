package dialect

import (
	"cmp"
	"slices"
)

// A relative is what of a record decides whether another one holds it.
type relative struct {
	file    int32 // index into the family's files
	line    int32
	id      uint64 // digest of the trajectory's
	all     uint64 // digest of all that the digest in an id is of
	from    int    // index into the family's words and loose: one for each turn
	turns   int32
	session bool
	holes   bool  // turns besides the first are out of the loss
	copies  int   // of a session: index into the family's copies
	known   int32 // leading turns up to which there is no id
	kept    int32 // leading turns that are out of the loss
}

// A family is all relatives of a source, in reading order.
type family struct {
	files                []string
	list                 []relative
	words, loose, copies []uint64
}

// add gets the descents in reading order.
func (f *family) add(d *descent) error {
	if d == nil {
		return nil
	}
	if n := len(f.files); n == 0 || f.files[n-1] != d.place.file {
		f.files = append(f.files, d.place.file)
	}
	r := d.relative
	r.file, r.line, r.turns = int32(len(f.files)-1), int32(d.place.line), int32(len(d.words))
	r.from, r.copies = len(f.words), len(f.copies)
	f.words, f.loose = append(f.words, d.words...), append(f.loose, d.loose...)
	if r.session {
		f.copies = append(f.copies, d.copies...)
	}
	f.list = append(f.list, r)
	return nil
}

// marks says what becomes of each record that is not alone.
func (f *family) marks() *marks {
	longer := f.superseded()
	alone := make([]int32, 0, len(f.list))
	for i, by := range longer {
		if by < 0 {
			alone = append(alone, int32(i))
		}
	}
	turns, same := f.sharedTurns(alone), f.sharedIDs(alone)
	m := newMarks(f)
	for i := range f.list {
		k := mark{of: int32(i), by: longer[i], turns: turns[int32(i)], copies: same[i]}
		if k.by >= 0 || k.turns > 0 || k.copies >= 0 {
			m.list = append(m.list, k)
		}
	}
	if len(m.list) == 0 {
		return &marks{}
	}
	m.sort()
	return m
}

// superseded finds for each record one that goes on from it, the longest, or for
// a copy of a session the first of its kind; -1 where there is none. The message
// before the last answer may differ: scaffolds put a reminder there and take it
// away again.
func (f *family) superseded() []int32 {
	by, first := f.longer(f.words)
	for i, other := range first {
		a, b := f.list[i], f.list[other]
		if by[i] < 0 && int(other) != i && a.session && b.session && a.kept == b.kept && a.holes == b.holes {
			by[i] = other
		}
	}
	loose, _ := f.longer(f.loose)
	for i := range by {
		if by[i] < 0 {
			by[i] = loose[i]
		}
	}
	return by
}

// longer finds for each record the longest of those whose turns begin with all of
// its own and train those that it trains, -1 where there is none; and the first
// record that ends as it does.
func (f *family) longer(digests []uint64) (longer, first []int32) {
	ends := f.ends(digests)
	longer, first = make([]int32, len(f.list)), make([]int32, len(f.list))
	for i, r := range f.list {
		at, known := ends.first(digests[r.from+int(r.turns)-1])
		if longer[i], first[i] = -1, at; !known {
			first[i] = int32(i)
		}
	}
	longest := map[int32]int32{} // by that first record
	for i, r := range f.list {
		for _, digest := range digests[r.from : r.from+int(r.turns)-1] {
			if end, is := ends.first(digest); is && !r.holes {
				if best, some := longest[end]; !some || f.holdsMore(i, int(best)) {
					longest[end] = int32(i)
				}
			}
		}
	}
	for i, r := range f.list {
		if more, some := longest[first[i]]; some && f.list[more].kept <= r.kept {
			longer[i] = more
		}
	}
	return longer, first
}

// ends are the digests that records end on, 0 aside.
func (f *family) ends(digests []uint64) digestIndex {
	index := make(digestIndex, 0, len(f.list))
	for i, r := range f.list {
		if end := digests[r.from+int(r.turns)-1]; end != 0 {
			index = append(index, digestAt{end, int32(i)})
		}
	}
	return index.sorted()
}

// holdsMore says that a record keeps fewer of its first turns out of the loss
// than another, or as many and is longer.
func (f *family) holdsMore(i, other int) bool {
	a, b := f.list[i], f.list[other]
	return a.kept < b.kept || a.kept == b.kept && a.turns > b.turns
}

// sharedTurns counts, for the sessions that begin as an earlier one does, the
// turns that the earlier one trains.
func (f *family) sharedTurns(list []int32) map[int32]int32 {
	seen, shared := map[uint64]bool{}, map[int32]int32{}
	for _, i := range list {
		r := f.list[i]
		if !r.session {
			continue
		}
		copies := f.copies[r.copies : r.copies+int(r.turns)]
		for n := len(copies); n > int(r.known); n-- {
			if seen[copies[n-1]] {
				shared[i] = int32(n)
				break
			}
		}
		for _, digest := range copies {
			seen[digest] = true
		}
	}
	return shared
}

// sharedIDs counts, for the records whose id another one of the list has, those
// before it that say the same; -1 for all others.
func (f *family) sharedIDs(list []int32) []int32 {
	copies := slices.Repeat([]int32{-1}, len(f.list))
	order := slices.Clone(list)
	slices.SortFunc(order, func(a, b int32) int {
		x, y := &f.list[a], &f.list[b]
		return cmp.Or(cmp.Compare(x.id, y.id), cmp.Compare(x.all, y.all), cmp.Compare(a, b))
	})
	for n, i := range order {
		r := &f.list[i]
		before := n > 0 && f.list[order[n-1]].id == r.id
		after := n+1 < len(order) && f.list[order[n+1]].id == r.id
		switch {
		case before && f.list[order[n-1]].all == r.all:
			copies[i] = copies[order[n-1]] + 1
		case before || after:
			copies[i] = 0
		}
	}
	return copies
}

// A digestIndex finds the first record of a digest. It takes 16 bytes each,
// where a map takes up to 40 and as much again while it grows.
type digestIndex []digestAt

type digestAt struct {
	digest uint64
	record int32
}

func (x digestIndex) sorted() digestIndex {
	slices.SortFunc(x, func(a, b digestAt) int {
		return cmp.Or(cmp.Compare(a.digest, b.digest), cmp.Compare(a.record, b.record))
	})
	return x
}

func (x digestIndex) first(digest uint64) (record int32, found bool) {
	n, found := slices.BinarySearchFunc(x, digest, func(at digestAt, d uint64) int { return cmp.Compare(at.digest, d) })
	if !found {
		return 0, false
	}
	return x[n].record, true
}
