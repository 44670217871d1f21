package dialect

import (
	"context"
	"fmt"
	"strings"

	"trainyard/format"
)

// A Part is what of a source is read as one: a file, or the files of a folder.
// What becomes of its records depends on its files and on its marks alone.
type Part struct {
	Files []format.File
	// Marks say what the records of the other parts make of this one's: equal
	// marks, equal records. They are empty for a part that stands alone.
	Marks string
	unit  unit
}

// Parts lists the parts of a source, in reading order. Sources whose records may
// hold one another are read for it, see [Source.Records], but for parts of which
// store, which may be nil, has what is looked for.
func (s *Source) Parts(ctx context.Context, store DescentStore) ([]Part, error) {
	if err := s.kin.find(ctx, store); err != nil {
		return nil, err
	}
	parts := s.parts()
	s.kin.marks.tell(parts)
	return parts, nil
}

// parts are the parts, without their marks.
func (s *Source) parts() (parts []Part) {
	for _, u := range s.units {
		parts = append(parts, Part{Files: u.files, unit: u})
	}
	return parts
}

// Of is the source reduced to some of its parts, in their order. What the records
// of the others say of theirs is heeded.
func (s *Source) Of(parts []Part) *Source {
	of := &Source{format: s.format, instance: s.instance, kin: s.kin}
	of.feed.Max, of.feed.Shape = s.feed.Max, s.feed.Shape
	for _, p := range parts {
		of.files, of.units = append(of.files, p.Files...), append(of.units, p.unit)
	}
	return of
}

// PartOf finds the part that a record's file belongs to.
func PartOf(parts []Part) func(file string) int {
	of := map[string]int{}
	for i, p := range parts {
		for _, f := range p.Files {
			of[f.Path] = i
		}
	}
	return func(file string) int {
		if part, known := of[file]; known {
			return part
		}
		for at, c := range file { // in an archive: ARCHIVE:NAME, or ARCHIVE#2:NAME
			if part, known := of[file[:at]]; known && (c == ':' || c == '#') {
				return part
			}
		}
		panic("dialect: " + file + " is in no part of its source")
	}
}

// tell writes the marks of the parts' records into the parts.
func (m *marks) tell(parts []Part) {
	if len(m.list) == 0 {
		return
	}
	partOf, told := PartOf(parts), make([]strings.Builder, len(parts))
	for _, k := range m.list {
		place := m.place(k.of)
		fmt.Fprintf(&told[partOf(place.file)], "%s:%d turns %d copies %d", place.file, place.line, k.turns, k.copies)
		if k.by >= 0 {
			fmt.Fprintf(&told[partOf(place.file)], " superseded: %s", m.superseded(k).Detail)
		}
		told[partOf(place.file)].WriteByte('\n')
	}
	for i := range parts {
		parts[i].Marks = told[i].String()
	}
}
