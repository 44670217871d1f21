package cache

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"

	"trainyard/format"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// An Entry is what was made of a part, checked and ready to read.
type Entry struct {
	Digests []string // SHA-256 of the part's files, in hexadecimal
	Rows    string   // path of the packed rows
	index   string
	from, n int64 // where the records stand in the index
}

// Find looks for the entry of a part; nil where there is none that may be served.
// hash gives the SHA-256 of one of the part's files, for those whose times do not
// tell whether they are what they were.
func (p *Preparation) Find(part Part, hash func(i int) (string, error)) (*Entry, error) {
	path := filepath.Join(p.dir, part.name()+".index")
	f, err := os.Open(path)
	if err != nil {
		return nil, nil // a cache that cannot be read is one that has nothing
	}
	defer f.Close()
	h, from, err := readHeader(f)
	if err != nil || h.Marks != part.marks() || len(h.Files) != len(part.Files) {
		return nil, nil
	}
	e := &Entry{Rows: filepath.Join(p.dir, h.Rows), index: path, from: from, n: h.Records}
	for i, was := range h.Files {
		same, err := h.same(was, part.Files[i], func() (string, error) { return hash(i) })
		if err != nil || !same {
			return nil, err
		}
		e.Digests = append(e.Digests, was.SHA256)
	}
	if !e.whole(f, from+h.Records) || !sound(e.Rows, h.RowBytes, h.RowSum) {
		return nil, nil
	}
	p.used(path)
	return e, nil
}

// same says that a file is what it was when the entry was made.
func (h *header) same(was stamp, now format.File, hash func() (string, error)) (bool, error) {
	switch {
	case was.Path != now.Path || was.Size != now.Size:
		return false, nil
	case h.Settled && was.file().Same(now):
		return true, nil
	}
	sum, err := hash()
	return sum == was.SHA256, err
}

// whole checks the index, whose last four bytes are the checksum of the others.
func (e *Entry) whole(f *os.File, n int64) bool {
	sum := crc32.New(castagnoli)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false
	}
	if _, err := io.CopyN(sum, f, n); err != nil {
		return false
	}
	var last [5]byte // one more would be too many
	read, err := io.ReadFull(f, last[:])
	return read == 4 && errors.Is(err, io.ErrUnexpectedEOF) && binary.LittleEndian.Uint32(last[:]) == sum.Sum32()
}

// sound checks the rows.
func sound(path string, size int64, want uint32) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	sum := crc32.New(castagnoli)
	n, err := io.CopyBuffer(struct{ io.Writer }{sum}, struct{ io.Reader }{f}, make([]byte, 1<<20))
	return err == nil && n == size && sum.Sum32() == want
}

// used tells Prune that the entry is of use. It is no fault where it cannot.
func (p *Preparation) used(path string) {
	if !p.cache.read {
		now := time.Now()
		_ = os.Chtimes(path, now, now)
	}
}

// Records opens what is known of each record, as it was written.
func (e *Entry) Records() (io.ReadCloser, error) {
	f, err := os.Open(e.index)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(e.from, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{bufio.NewReader(io.LimitReader(f, e.n)), f}, nil
}
