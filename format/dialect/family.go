package dialect

import (
	"cmp"
	"hash/maphash"
	"slices"

	"trainyard/format"
	"trainyard/format/container"
	"trainyard/format/pyjson"
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

// A descent is a relative with its digests, as a worker makes it, one for each
// assistant turn: words are of what is said up to it, loose of that without the
// message which it answers, 0 where that would tell nothing, copies of what is
// said with the ids in it.
type descent struct {
	relative
	place                recordPlace
	words, loose, copies []uint64
}

// newDescent parses a record for its digests; nil where it makes no trajectory.
func newDescent(s *Source, rec format.Record) *descent {
	t, err := s.Parse(rec)
	if err != nil {
		return nil
	}
	d := &descent{place: recordPlace{rec.File, rec.Line}}
	d.session = container.IsSession(rec.Raw)
	var words, copies, systems maphash.Hash
	for _, h := range []*maphash.Hash{&words, &copies, &systems} {
		h.SetSeed(digestSeed)
	}
	tools := maphash.Bytes(digestSeed, t.Tools)
	named, copied := d.session || t.InstanceID != "", t.Forked
	for _, m := range t.Messages {
		if m.Role == format.System {
			sayTo(&systems, m)
			continue
		}
		sayTo(&words, m)
		sayTo(&copies, m)
		if idsTo(&copies, m) {
			named, copied = true, true
		}
		if m.Role != format.Assistant {
			continue
		}
		if named && len(d.words) > 0 {
			d.loose = append(d.loose, maphash.Comparable(digestSeed, [2]uint64{d.words[len(d.words)-1], saying(m)}))
		} else { // nothing would be left to tell it by
			d.loose = append(d.loose, 0)
		}
		said := words.Sum64()
		if !named { // the words alone may be another conversation's
			said = maphash.Comparable(digestSeed, [3]uint64{said, systems.Sum64(), tools})
		}
		d.turn(said, copies.Sum64(), m.Untrained, copied)
	}
	d.all, d.id = maphash.Comparable(digestSeed, [2]uint64{words.Sum64(), systems.Sum64()}), maphash.String(digestSeed, t.ID)
	return d
}

func (d *descent) turn(words, copies uint64, untrained, copied bool) {
	switch {
	case untrained && int(d.kept) == len(d.words):
		d.kept++
	case untrained:
		d.holes = true
	}
	if !copied {
		d.known++
	}
	d.words = append(d.words, words)
	if d.session {
		d.copies = append(d.copies, copies)
	}
}

// sayTo adds what a message says. A call's arguments are spelled one way: a
// response has them as the model wrote them, the next request as a library does.
func sayTo(h *maphash.Hash, m format.Message) {
	maphash.WriteComparable(h, [3]int{len(m.Role), len(m.Content), len(m.Calls)})
	h.WriteString(string(m.Role))
	h.WriteString(m.Content)
	for _, call := range m.Calls {
		arguments, err := pyjson.PythonJSON(nil, call.Arguments)
		if err != nil {
			arguments = call.Arguments
		}
		maphash.WriteComparable(h, [2]int{len(call.Name), len(arguments)})
		h.WriteString(call.Name)
		h.Write(arguments)
	}
}

// saying is the digest of one message alone.
func saying(m format.Message) uint64 {
	var h maphash.Hash
	h.SetSeed(digestSeed)
	sayTo(&h, m)
	return h.Sum64()
}

// idsTo adds the ids of a message and its calls; found says that there are some.
func idsTo(h *maphash.Hash, m format.Message) (found bool) {
	add := func(id string) {
		maphash.WriteComparable(h, len(id))
		h.WriteString(id)
		found = found || id != ""
	}
	add(m.ID)
	for _, call := range m.Calls {
		add(call.ID)
	}
	return found
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

func (f *family) place(i int32) recordPlace {
	return recordPlace{f.files[f.list[i].file], int(f.list[i].line)}
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
