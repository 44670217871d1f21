package container

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// A pageHeader is what must be known of a page before it is read. The header
// on disk also holds the page's least and greatest value, each as long as a
// cell may be, so it is passed over in place and not decoded.
type pageHeader struct {
	length             int64 // of the header itself, in bytes
	size, uncompressed int64 // of the page behind it
	values             int64 // that the page gives to its column
	entries            int64 // that it holds, of a dictionary too
}

// readPageHeader reads Thrift's compact protocol, in which Parquet writes it.
func readPageHeader(in io.Reader) (h pageHeader, err error) {
	r := thriftReader{in: bufio.NewReader(in)}
	err = r.fields(0, func(id int, kind byte) (err error) {
		switch {
		case id == 2 && kind == thriftI32:
			h.uncompressed, err = r.number()
		case id == 3 && kind == thriftI32:
			h.size, err = r.number()
		case (id == 5 || id == 7 || id == 8) && kind == thriftStruct: // data, dictionary, data version 2
			n := int64(0)
			n, err = r.firstNumber()
			if h.entries += n; id != 7 {
				h.values += n
			}
		default:
			err = r.skip(kind, 1)
		}
		return err
	})
	h.length = r.read
	if err == nil && (h.size < 0 || h.uncompressed < 0 || h.entries < 0) {
		err = errors.New("a negative size")
	}
	return h, err
}

// The types of Thrift's compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftStruct = 12
)

// A thriftReader passes over values and counts the bytes they take.
type thriftReader struct {
	in   *bufio.Reader
	read int64
}

func (r *thriftReader) ReadByte() (byte, error) {
	b, err := r.in.ReadByte()
	if err == nil {
		r.read++
	}
	return b, noEOF(err)
}

// noEOF is err where the end comes too early.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// number reads a signed number.
func (r *thriftReader) number() (int64, error) { return binary.ReadVarint(r) }

// fields hands each field of a struct to use, which must read its value.
func (r *thriftReader) fields(id int, use func(id int, kind byte) error) error {
	for {
		head, err := r.ReadByte()
		if err != nil || head == 0 {
			return err
		}
		if step := int(head >> 4); step != 0 {
			id += step
		} else {
			n, err := r.number()
			if err != nil {
				return err
			}
			id = int(n)
		}
		if err := use(id, head&15); err != nil {
			return err
		}
	}
}

// firstNumber reads a struct for the number that is its first field.
func (r *thriftReader) firstNumber() (n int64, err error) {
	err = r.fields(0, func(id int, kind byte) (err error) {
		if id == 1 && kind == thriftI32 {
			n, err = r.number()
			return err
		}
		return r.skip(kind, 2)
	})
	return n, err
}

func (r *thriftReader) skip(kind byte, depth int) error {
	const deepest = 8 // headers are three deep
	switch {
	case depth > deepest:
		return errors.New("nested too deeply")
	case kind == thriftTrue || kind == thriftFalse:
		return nil
	case kind == thriftByte:
		return r.pass(1)
	case kind == thriftI16 || kind == thriftI32 || kind == thriftI64:
		_, err := r.number()
		return err
	case kind == thriftDouble:
		return r.pass(8)
	case kind == thriftBinary:
		length, err := binary.ReadUvarint(r)
		if err != nil {
			return err
		}
		return r.pass(length)
	case kind == thriftStruct:
		return r.fields(0, func(_ int, kind byte) error { return r.skip(kind, depth+1) })
	case kind == thriftList || kind == thriftSet:
		return r.skipList(depth)
	}
	return errors.New("an unknown type")
}

func (r *thriftReader) skipList(depth int) error {
	head, err := r.ReadByte()
	if err != nil {
		return err
	}
	n := uint64(head >> 4)
	if n == 15 {
		if n, err = binary.ReadUvarint(r); err != nil {
			return err
		}
	}
	kind := head & 15
	for ; n > 0; n-- {
		if kind == thriftTrue || kind == thriftFalse {
			err = r.pass(1)
		} else {
			err = r.skip(kind, depth+1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *thriftReader) pass(n uint64) error {
	if n > math.MaxInt32 {
		return errors.New("a text of over 2 GiB")
	}
	passed, err := r.in.Discard(int(n))
	r.read += int64(passed)
	return noEOF(err)
}
