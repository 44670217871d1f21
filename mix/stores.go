package mix

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Between the two passes of a prepare rows lie in files, each row by itself, so
// that the shard writers can fetch any row in any order while memory holds only
// the items. The spool takes those of this prepare in reading order; a cache has
// files of its own, which other prepares use too.

// An extent is a row's place: [off, off+n) of a file of the stores.
type extent struct {
	off   int64
	n     int32
	store int32 // index into the files; 0 is the spool
}

// stores are the files that rows lie in. Their spool is made with the first row
// that no cache takes; without a directory for it rows are counted and not kept,
// which is what a dry run wants.
type stores struct {
	dir   string
	spool *os.File
	end   int64

	mu    sync.Mutex
	paths []string
	open  map[int32]*os.File
}

// maxOpenStores is how many files stay open, far fewer than a process may have.
const maxOpenStores = 128

func newStores(dir string) *stores {
	return &stores{dir: dir, paths: []string{""}, open: map[int32]*os.File{}}
}

// append puts a packed row into the spool.
func (s *stores) append(packed []byte) (extent, error) {
	at := extent{off: s.end, n: int32(len(packed))}
	s.end += int64(len(packed))
	if s.dir == "" {
		return at, nil
	}
	if s.spool == nil {
		f, err := os.Create(filepath.Join(s.dir, "spool"))
		if err != nil {
			return at, err
		}
		s.spool, s.open[0] = f, f
	}
	if _, err := s.spool.Write(packed); err != nil {
		return at, fmt.Errorf("write spool %s: %w", s.spool.Name(), err)
	}
	return at, nil
}

// add takes in a file of rows.
func (s *stores) add(path string) int32 {
	s.paths = append(s.paths, path)
	return int32(len(s.paths) - 1)
}

// moved says where a file of rows lies now.
func (s *stores) moved(store int32, path string) { s.paths[store] = path }

// read fetches the row at e into buf's memory. It may be called at the same time.
func (s *stores) read(e extent, buf []byte) ([]byte, error) {
	f, stays, err := s.file(e.store)
	if err != nil {
		return nil, fmt.Errorf("read a row: %w", err)
	}
	buf = slices.Grow(buf[:0], int(e.n))[:e.n]
	_, err = f.ReadAt(buf, e.off)
	if !stays {
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("read a row of %s at %d: %w", f.Name(), e.off, err)
	}
	return buf, nil
}

// file opens a file of rows; one that does not stay open is the caller's to close.
func (s *stores) file(store int32) (f *os.File, stays bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.open[store]; f != nil {
		return f, true, nil
	}
	if f, err = os.Open(s.paths[store]); err != nil {
		return nil, false, err
	}
	if stays = len(s.open) < maxOpenStores; stays {
		s.open[store] = f
	}
	return f, stays, nil
}

func (s *stores) close() error {
	var errs []error
	for _, f := range s.open {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
