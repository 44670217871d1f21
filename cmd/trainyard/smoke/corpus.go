package smoke

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"trainyard/tokenize/chat"
)

// A corpus is the tokens of one split, kept in a file without a name: a
// trainer that is killed leaves nothing behind. Memory holds an extent a row.
// Tokenising once and reading back costs 4 bytes of disk a token; tokenising
// every epoch would cost more time than learning does.
type corpus struct {
	file *os.File
	out  *bufio.Writer
	end  int64
	rows []extent
	sum  Totals
	buf  []byte
}

// An extent finds a row: its ids and its spans, as little-endian 32-bit
// numbers.
type extent struct {
	at         int64
	ids, spans int32
}

func newCorpus(dir string) (*corpus, error) {
	f, err := os.CreateTemp(dir, ".tokens-*")
	if err != nil {
		return nil, fmt.Errorf("make room for tokens: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("make room for tokens: %w", err), f.Close())
	}
	return &corpus{file: f, out: bufio.NewWriterSize(f, 1<<20)}, nil
}

func (c *corpus) close() error { return c.file.Close() }

// add appends a row; after the last one comes seal.
func (c *corpus) add(ids []int32, spans []chat.Span) error {
	c.buf = c.buf[:0]
	for _, id := range ids {
		c.buf = binary.LittleEndian.AppendUint32(c.buf, uint32(id))
	}
	for _, s := range spans {
		c.buf = binary.LittleEndian.AppendUint32(c.buf, uint32(s.Start))
		c.buf = binary.LittleEndian.AppendUint32(c.buf, uint32(s.End))
		c.sum.TrainedTokens += int64(s.End - s.Start)
	}
	c.rows = append(c.rows, extent{c.end, int32(len(ids)), int32(len(spans))})
	c.end += int64(len(c.buf))
	c.sum.Rows++
	c.sum.Tokens += int64(len(ids))
	if _, err := c.out.Write(c.buf); err != nil {
		return fmt.Errorf("keep tokens: %w", err)
	}
	return nil
}

// seal makes every added row readable.
func (c *corpus) seal() error {
	if err := c.out.Flush(); err != nil {
		return fmt.Errorf("keep tokens: %w", err)
	}
	return nil
}

// An example is one row read back; the next read reuses its memory.
type example struct {
	ids   []int32
	spans []chat.Span
	buf   []byte
}

// read fetches row i into e.
func (c *corpus) read(i int, e *example) error {
	x := c.rows[i]
	size := 4*int(x.ids) + 8*int(x.spans)
	if cap(e.buf) < size {
		e.buf = make([]byte, size)
	}
	e.buf = e.buf[:size]
	if _, err := c.file.ReadAt(e.buf, x.at); err != nil {
		return fmt.Errorf("read tokens of row %d back: %w", i, err)
	}
	e.ids, e.spans = e.ids[:0], e.spans[:0]
	for at := range int(x.ids) {
		e.ids = append(e.ids, e.number(at))
	}
	for at := int(x.ids); at < size/4; at += 2 {
		e.spans = append(e.spans, chat.Span{Start: int(e.number(at)), End: int(e.number(at + 1))})
	}
	return nil
}

func (e *example) trained() (tokens int64) {
	for _, s := range e.spans {
		tokens += int64(s.End - s.Start)
	}
	return tokens
}

func (e *example) number(at int) int32 {
	return int32(binary.LittleEndian.Uint32(e.buf[4*at:]))
}

// census counts how often each of size ids occurs, and how often as a target
// of the loss.
func (c *corpus) census(size int) (occurrences, trained []int64, err error) {
	occurrences, trained = make([]int64, size), make([]int64, size)
	var e example
	for i := range c.rows {
		if err := c.read(i, &e); err != nil {
			return nil, nil, err
		}
		for _, id := range e.ids {
			occurrences[id]++
		}
		for _, s := range e.spans {
			for _, id := range e.ids[s.Start:s.End] {
				trained[id]++
			}
		}
	}
	return occurrences, trained, nil
}
