package container

import (
	"archive/tar"
	"fmt"
	"hash/maphash"
	"io"
	"path"
	"path/filepath"
	"strings"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// archive reads a tar file from its first byte to its last. Files of records
// in it are read like files; the files of a conversation become one record.
// Nothing is unpacked, and memory is bounded by one record.
func (r *Reader) archive(in io.Reader) error {
	entries := tar.NewReader(in)
	a := archive{Reader: r, seen: map[string]bool{}, met: map[uint64]int{}}
	for {
		header, err := entries.Next()
		if err == io.EOF {
			return a.flush()
		}
		if err != nil {
			return r.damaged(r.yielded+1, err)
		}
		if header.Typeflag != tar.TypeReg || strings.HasPrefix(path.Base(header.Name), ".") {
			continue
		}
		if err := a.entry(path.Clean(header.Name), entries); err != nil {
			return err
		}
	}
}

// An archive is a tar file being read.
type archive struct {
	*Reader
	open Collector       // nil outside a folder
	seen map[string]bool // directories of conversations that are done
	met  map[uint64]int  // hash of a name -> how often it was read
}

func (a *archive) entry(name string, content io.Reader) error {
	if dir, file, ok := a.part(name); ok {
		return a.take(dir, file, content)
	}
	if a.open != nil && !strings.HasPrefix(name, a.open.Dir()+"/") {
		if err := a.flush(); err != nil {
			return err
		}
	}
	kind := KindOf(name)
	switch {
	case a.shape.Beside[path.Base(name)] || kind == Unknown || kind == kindTar:
		return nil
	case kind == kindParquet:
		return a.Reject(a.yielded+1, format.Truncated, "%s: Parquet cannot be read inside an archive, unpack it", pyjson.Clip(name))
	}
	inside := a.inside(name)
	err := inside.stream(content)
	a.yielded += inside.yielded
	return err
}

// take adds a file to its conversation, whose files stand together.
func (a *archive) take(dir, file string, content io.Reader) error {
	if a.open == nil || a.open.Dir() != dir {
		if err := a.flush(); err != nil {
			return err
		}
		a.open = a.shape.Collect(dir, archiveName(a.Reader.Path))
		if a.seen[dir] {
			a.open.Lose(format.Truncated, "the files of conversation %q do not stand together in the archive: unpack it", pyjson.Clip(dir))
		}
		a.seen[dir] = true
	}
	raw, err := io.ReadAll(io.LimitReader(content, a.max+1))
	if err == nil {
		a.open.Add(file, raw)
	}
	return nil // the next entry says what is wrong with the archive
}

// part says which folder read as one a file belongs to.
func (a *archive) part(name string) (dir, file string, ok bool) {
	if a.shape.Part == nil {
		return "", "", false
	}
	return a.shape.Part(name)
}

// flush hands on the conversation that is complete.
func (a *archive) flush() error {
	c := a.open
	if c == nil {
		return nil
	}
	a.open = nil
	inside := a.inside(c.Dir())
	err := c.Hand(inside)
	a.yielded += inside.yielded
	return err
}

var nameSeed = maphash.MakeSeed()

// inside reads what lies at name in the archive. An archive that was appended
// to may hold a name again, which is another file: ARCHIVE#2:NAME.
func (a *archive) inside(name string) *Reader {
	hash := maphash.String(nameSeed, name)
	archive := a.Path
	if a.met[hash]++; a.met[hash] > 1 {
		archive = fmt.Sprintf("%s#%d", archive, a.met[hash])
	}
	return &Reader{ctx: a.ctx, Path: archive + ":" + name, shape: a.shape, max: a.max, yield: a.yield}
}

// archiveName is a tar file's name without what says that it is one: an
// evaluation names the archive of a conversation for its instance.
func archiveName(file string) string {
	name := filepath.Base(file)
	for _, end := range []string{".gz", ".zst", ".tar", ".tgz"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

// IsArchive says, by its name, that a file holds other files.
func IsArchive(path string) bool { return KindOf(path) == kindTar }
