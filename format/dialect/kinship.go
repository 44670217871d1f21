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

// find reads the source for digests, unless that was done before; of parts of
// which the store has them it takes those. It may be nil.
func (k *kinship) find(ctx context.Context, store DescentStore) error {
	k.once.Lock()
	defer k.once.Unlock()
	if k.found {
		return nil
	}
	var f family
	var missing []Part
	for _, p := range k.of.parts() {
		kept := load(store, p)
		if kept == nil {
			missing = append(missing, p)
			continue
		}
		if err := errors.Join(k.read(ctx, &f, store, missing), f.addKept(kept)); err != nil {
			return err
		}
		missing = nil
	}
	if err := k.read(ctx, &f, store, missing); err != nil {
		return err
	}
	k.marks, k.found = f.marks(), true
	return nil
}

// read adds the descents of neighbouring parts, and saves them.
func (k *kinship) read(ctx context.Context, f *family, store DescentStore, parts []Part) error {
	saving := &saving{store: store, parts: parts, partOf: PartOf(parts), at: -1}
	read := func(ctx context.Context, yield func(format.Record) error) error {
		return k.of.relatives(ctx, parts, yield)
	}
	err := inOrder(ctx, read, runtime.GOMAXPROCS(0), func() func(format.Record) *descent {
		return func(rec format.Record) *descent { return newDescent(k.of, rec) }
	}, func(d *descent) error {
		saving.add(d)
		return f.add(d)
	})
	saving.end(err == nil)
	return err
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
