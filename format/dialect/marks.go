package dialect

import (
	"cmp"
	"fmt"
	"slices"

	"trainyard/format"
)

// marks are what becomes of the records that are not alone, by their places: 16
// bytes each, and what a family knows of all its records.
type marks struct {
	list   []mark
	places []relativePlace // of all records of the family, marked or not
	files  []string
	number map[string]int32 // of a file
}

// A relativePlace is where a record of a family stands, and how long it is.
type relativePlace struct{ file, line, turns int32 }

// A mark is what becomes of one record.
type mark struct {
	of     int32 // the record, an index into places
	by     int32 // the one that supersedes it; -1 where there is none
	turns  int32 // as in format.Kin
	copies int32 // likewise; -1 where no other record has its id
}

func newMarks(f *family) *marks {
	m := &marks{places: make([]relativePlace, len(f.list)), files: f.files, number: map[string]int32{}}
	for i, r := range f.list {
		m.places[i] = relativePlace{r.file, r.line, r.turns}
	}
	for i, file := range f.files {
		m.number[file] = int32(i)
	}
	return m
}

func (m *marks) compare(a, b relativePlace) int {
	return cmp.Or(cmp.Compare(m.number[m.files[a.file]], m.number[m.files[b.file]]), cmp.Compare(a.line, b.line))
}

func (m *marks) sort() {
	slices.SortFunc(m.list, func(a, b mark) int { return m.compare(m.places[a.of], m.places[b.of]) })
}

func (m *marks) place(of int32) recordPlace {
	p := m.places[of]
	return recordPlace{m.files[p.file], int(p.line)}
}

// put marks a record that passes.
func (m *marks) put(rec *format.Record) {
	file, known := m.number[rec.File]
	if !known {
		return
	}
	at := relativePlace{file: file, line: int32(rec.Line)}
	n, marked := slices.BinarySearchFunc(m.list, at, func(k mark, at relativePlace) int { return m.compare(m.places[k.of], at) })
	if !marked {
		return
	}
	k := m.list[n]
	if k.by >= 0 {
		rec.Raw, rec.Err = nil, m.superseded(k)
		return
	}
	rec.Kin.Turns = max(rec.Kin.Turns, int(k.turns))
	rec.Kin.SameID, rec.Kin.Copy = k.copies >= 0, max(0, int(k.copies))
}

func (m *marks) superseded(k mark) *format.Reject {
	why := "a longer record of the source holds this one and goes on from it: %s"
	if m.places[k.by].turns == m.places[k.of].turns {
		why = "another record of the source holds the same conversation: %s"
	}
	place := m.place(k.of)
	return &format.Reject{File: place.file, Line: place.line, Reason: format.Superseded, Detail: fmt.Sprintf(why, m.place(k.by).seenFrom(place))}
}
