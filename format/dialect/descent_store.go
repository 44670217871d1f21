package dialect

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
)

// A DescentStore keeps what was found of a part's records, so that the part need
// not be read for it again.
type DescentStore interface {
	// Load opens what was saved of the part as it is now; nil where nothing was.
	Load(Part) io.ReadCloser
	// Save begins to keep a part; nil where nothing is kept.
	Save(Part) DescentWriter
}

// A DescentWriter takes what Load gives later, if it was closed whole.
type DescentWriter interface {
	io.Writer
	Close(whole bool)
}

func load(store DescentStore, p Part) io.ReadCloser {
	if store == nil {
		return nil
	}
	return store.Load(p)
}

// A keptDescent is a descent as a store has it.
type keptDescent struct {
	File                 string
	Line                 int
	ID, All              uint64
	Session, Holes       bool
	Known, Kept          int32
	Words, Loose, Copies []uint64
}

// addKept adds the descents that a store has of a part, one at a time.
func (f *family) addKept(kept io.ReadCloser) error {
	defer kept.Close()
	for from := gob.NewDecoder(kept); ; {
		var k keptDescent
		if err := from.Decode(&k); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("what was kept of a source's records: %w", err)
		}
		d := &descent{
			relative: relative{id: k.ID, all: k.All, session: k.Session, holes: k.Holes, known: k.Known, kept: k.Kept},
			place:    recordPlace{k.File, k.Line}, words: k.Words, loose: k.Loose, copies: k.Copies,
		}
		if err := f.add(d); err != nil {
			return err
		}
	}
}

// A saving writes the descents of neighbouring parts, each part's apart, as they
// come: a source may have a million.
type saving struct {
	store  DescentStore
	parts  []Part
	partOf func(file string) int
	at     int // the part that is written; -1 before the first
	to     DescentWriter
	as     *gob.Encoder
}

// add writes a descent, if there is one. What cannot be written is not kept.
func (s *saving) add(d *descent) {
	if d == nil || s.store == nil {
		return
	}
	s.advance(s.partOf(d.place.file))
	if s.to == nil {
		return
	}
	k := keptDescent{d.place.file, d.place.line, d.id, d.all, d.session, d.holes, d.known, d.kept, d.words, d.loose, d.copies}
	if err := s.as.Encode(k); err != nil {
		s.close(false)
	}
}

// advance ends the parts before one, and begins it.
func (s *saving) advance(to int) {
	for s.at < to {
		s.close(true)
		if s.at++; s.at < len(s.parts) {
			if s.to = s.store.Save(s.parts[s.at]); s.to != nil {
				s.as = gob.NewEncoder(s.to)
			}
		}
	}
}

// end ends all parts, or leaves the one that was not read to its end.
func (s *saving) end(whole bool) {
	if whole && s.store != nil {
		s.advance(len(s.parts))
	}
	s.close(false)
}

func (s *saving) close(whole bool) {
	if s.to != nil {
		s.to.Close(whole)
		s.to = nil
	}
}
