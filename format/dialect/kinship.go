package dialect

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"trainyard/format"
	"trainyard/format/container"
	"trainyard/format/pyjson"
)

// Records of one source may hold one another: a session that was resumed in a
// new file, a log of requests each of which repeats the last, the fork of a
// session. What stands in two records would be trained twice.
//
// So a source whose dialect may write such records is read once before, for
// digests alone: eight bytes an assistant turn, some sixty a record. A record
// that another goes on from is superseded by it. Of sessions that share a
// beginning, by the ids in it and not by its words alone, the first in reading
// order trains it. Records that have one id get a digest of their content added
// to it, which does not change when other records come.

// A kinship is what the records of a source are to each other.
type kinship struct {
	of    *Source // the whole of it
	once  sync.Mutex
	found bool
	marks *marks
}

type recordPlace struct {
	file string
	line int
}

// A DescentStore keeps what was found of a part's records, so that the part need
// not be read for it again.
type DescentStore interface {
	// Load is what was saved of the part as it is now.
	Load(Part) (descents []byte, ok bool)
	// Save is given what Load may give later. It may do nothing.
	Save(Part, []byte)
}

// find reads the source for digests, unless that was done before; of parts of
// which the store has them it takes those. It may be nil.
func (k *kinship) find(ctx context.Context, store DescentStore) error {
	k.once.Lock()
	defer k.once.Unlock()
	if k.found {
		return nil
	}
	var f family
	for parts := k.of.parts(); len(parts) > 0; {
		n, err := k.load(&f, store, parts)
		if err == nil && n == 0 {
			n, err = k.read(ctx, &f, store, parts)
		}
		if err != nil {
			return err
		}
		parts = parts[n:]
	}
	k.marks, k.found = f.marks(), true
	return nil
}

// load adds the descents of the first parts, as many as the store has them of.
func (k *kinship) load(f *family, store DescentStore, parts []Part) (n int, err error) {
	for ; store != nil && n < len(parts); n++ {
		kept, ok := store.Load(parts[n])
		if !ok {
			break
		}
		list, err := decodeDescents(kept)
		if err != nil {
			break // it is read again
		}
		for _, d := range list {
			if err := f.add(d); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// read adds those of the parts up to the next that the store has them of.
func (k *kinship) read(ctx context.Context, f *family, store DescentStore, parts []Part) (n int, err error) {
	for n = 1; n < len(parts); n++ {
		if store != nil {
			if _, ok := store.Load(parts[n]); ok {
				break
			}
		}
	}
	partOf, of := PartOf(parts[:n]), make([][]*descent, n)
	read := func(ctx context.Context, yield func(format.Record) error) error {
		return k.of.relatives(ctx, parts[:n], yield)
	}
	err = inOrder(ctx, read, runtime.GOMAXPROCS(0), func() func(format.Record) *descent {
		return func(rec format.Record) *descent { return newDescent(k.of, rec) }
	}, func(d *descent) error {
		if d != nil && store != nil {
			at := partOf(d.place.file)
			of[at] = append(of[at], d)
		}
		return f.add(d)
	})
	if err != nil || store == nil {
		return n, err
	}
	for i, p := range parts[:n] {
		kept, err := encodeDescents(of[i])
		if err != nil {
			return n, err
		}
		store.Save(p, kept)
	}
	return n, nil
}

// marking puts what was found on the records that pass.
func (k *kinship) marking(yield func(format.Record) error) func(format.Record) error {
	if len(k.marks.list) == 0 {
		return yield
	}
	return func(rec format.Record) error {
		k.marks.put(&rec)
		return yield(rec)
	}
}

// heed marks a trajectory by what the other records of its source say of it.
func heed(t *format.Trajectory, kin format.Kin) {
	t.Condensed = t.Condensed || kin.Condensed
	if kin.SameID {
		makeUnique(t, kin.Copy)
	}
	for i := range t.Messages {
		if t.Messages[i].Role != format.Assistant {
			continue
		}
		if kin.Turns--; kin.Turns < 0 {
			return
		}
		if !t.Messages[i].Untrained {
			t.Messages[i].Untrained = true
			t.Note(format.NoteRepeated)
		}
	}
}

// makeUnique adds a digest of the content to an id that other records have, if
// it does not end on it, and a number for what several say alike.
func makeUnique(t *format.Trajectory, copies int) {
	id, d := t.ID, digest(t)
	if !strings.HasSuffix(t.ID, d) {
		t.ID += "-" + d
	}
	if copies > 0 {
		t.ID += "-" + strconv.Itoa(copies+1)
	}
	if t.ID != id {
		t.Note(format.NoteUniqueID)
	}
}

// errNoRelatives ends the reading of a file whose records hold one another
// never.
var errNoRelatives = errors.New("none of these records holds another")

// relatives yields the records that may hold one another. The first record of a
// file tells whether its dialect writes such, in an archive of each. A pipe cannot
// be read twice.
func (s *Source) relatives(ctx context.Context, parts []Part, yield func(format.Record) error) error {
	probe := &Source{format: s.format, files: s.files, instance: s.instance}
	probe.feed.Max, probe.feed.Shape = s.feed.Max, s.feed.Shape
	for _, p := range parts {
		u := p.unit
		if !isRegular(u.files) {
			continue
		}
		archive := container.IsArchive(u.files[0].Path)
		file, told, repeats := "", false, false // of the file that is read: whether a record told, and what
		err := u.read(probe, ctx, u.files, func(rec format.Record) error {
			if rec.Err != nil {
				return nil
			}
			if told = told && rec.File == file; !told {
				file = rec.File
				repeats, told = s.mayRepeat(rec)
			}
			switch {
			case repeats:
				return yield(rec)
			case told && !archive:
				return errNoRelatives
			}
			return nil
		})
		if err != nil && !errors.Is(err, errNoRelatives) {
			return err
		}
	}
	return nil
}

func isRegular(files []format.File) bool {
	for _, f := range files {
		if info, err := os.Stat(f.Path); f.Path == format.Stdin || err == nil && !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}

// mayRepeat says whether the dialect of a record writes records that hold others;
// ok is false where no dialect is found.
func (s *Source) mayRepeat(rec format.Record) (repeats, ok bool) {
	// What is not JSON is told when it is parsed.
	_ = pyjson.WithIndex(rec.Raw, func(root pyjson.Value) error {
		d, err := choose(s.format, rec, root)
		repeats, ok = err == nil && d.repeats, err == nil
		return nil
	})
	return repeats, ok
}

// seenFrom names a place as another one sees it: where on this machine the files
// lie is no part of an outcome.
func (p recordPlace) seenFrom(from recordPlace) string {
	name := p.file
	if rel, err := filepath.Rel(filepath.Dir(from.file), p.file); err == nil {
		name = filepath.ToSlash(rel)
	}
	return fmt.Sprintf("%s:%d", name, p.line)
}
