package redact

import (
	"errors"
	"io"
)

// A Stored masks a log on a disk, in place, while another process appends to it: nothing
// that this one does can take the log from the program that writes it. The bytes keep
// their number and their places.
type Stored struct {
	r     *Redactor
	at    int64 // up to here, the beginning of a line, it is done
	size  int64 // at the last look
	done  int64 // the size at which the line without its end was masked too
	inKey bool
}

// Stored masks what r knows.
func (r *Redactor) Stored() *Stored { return &Stored{r: r} }

// A Log is a file that can be read and written at any place.
type Log interface {
	io.ReaderAt
	io.WriterAt
}

// chunk is how much of a log is looked at at once.
const chunk = 256 << 10

// Look masks what came since the last look, in a log of so many bytes: whole lines, and
// a line without its end where nothing came since, or where it is the last look.
func (s *Stored) Look(log Log, size int64, last bool) error {
	if size < s.at {
		s.at, s.done, s.inKey = 0, 0, false // it was begun anew
	}
	rest := last || size == s.size
	if s.size = size; s.done == size {
		return nil
	}
	for s.at < size {
		n, err := s.step(log, size, rest)
		if err != nil || n == 0 {
			return err
		}
	}
	return nil
}

// step masks one part, and gives how far it came.
func (s *Stored) step(log Log, size int64, rest bool) (int, error) {
	text := make([]byte, min(chunk, size-s.at))
	n, err := log.ReadAt(text, s.at)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	text, end := text[:n], whole(text[:n])
	if end == 0 && n == chunk { // a line that is too long to be looked at at once
		found, open := s.r.find(text, s.inKey)
		end = outside(found, n-overlap)
		found = before(found, end)
		coverAll(text, found)
		err := s.write(log, text, found)
		s.at, s.inKey = s.at+int64(end), open
		return end, err
	}
	if err := s.mask(log, text[:end]); err != nil {
		return 0, err
	}
	s.at += int64(end)
	if rest && s.at+int64(n-end) == size { // its beginning may still become part of a secret
		key := s.inKey
		err = s.mask(log, text[end:])
		s.inKey, s.done = key, size
		return end, err
	}
	return end, nil
}

// mask overwrites what is secret in text, which stands in the log from at on.
func (s *Stored) mask(log Log, text []byte) error {
	found, open := s.r.mask(text, s.inKey)
	s.inKey = open
	return s.write(log, text, found)
}

// write puts the masks of text, which stands in the log from at on, over what is there.
func (s *Stored) write(log Log, text []byte, found []span) error {
	for _, f := range found {
		if _, err := log.WriteAt(text[f.start:f.end], s.at+int64(f.start)); err != nil {
			return err
		}
	}
	return nil
}
