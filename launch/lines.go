package launch

import (
	"bytes"
	"errors"
	"io"
	"sync"
)

// maxLine is the longest line that is read as one. What is longer is taken in
// pieces, so that a file without an end of line costs no memory.
const maxLine = 1 << 20

// maxRound is about how much is read before it is stored, in bytes.
const maxRound = 8 << 20

var lineBuffers = sync.Pool{New: func() any { return new([maxLine]byte) }}

// eachLine calls visit for the complete lines of r, until about maxRound bytes
// are read, and taken for all bytes of these lines. A line ends with \n or with
// \r, as those of progress bars do; empty ones are left out, but blanks come as an
// empty line, since they wipe off a bar. A last line without
// an end is still being written and left for the next call, unless whole says
// that no more will come. What visit and taken get is valid during the call only.
func eachLine(r io.Reader, whole bool, visit, taken func([]byte)) error {
	buffer := lineBuffers.Get().(*[maxLine]byte)
	defer lineBuffers.Put(buffer)
	held := 0
	for consumed := 0; consumed < maxRound; {
		n, err := io.ReadFull(r, buffer[held:])
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return err
		}
		block := buffer[:held+n]
		used := visitLines(block, visit)
		if rest := block[used:]; len(rest) == maxLine || ended && whole {
			visitLine(rest, visit)
			used = len(block)
		}
		taken(block[:used])
		if ended {
			return nil
		}
		consumed += used
		held = copy(buffer[:], block[used:])
	}
	return nil
}

// visitLines returns the bytes up to the last end of a line.
func visitLines(block []byte, visit func([]byte)) (used int) {
	for {
		end := bytes.IndexAny(block[used:], "\r\n")
		if end < 0 {
			return used
		}
		visitLine(block[used:used+end], visit)
		used += end + 1
	}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func visitLine(line []byte, visit func([]byte)) {
	if line = bytes.TrimPrefix(line, byteOrderMark); len(line) > 0 {
		visit(bytes.TrimSpace(line))
	}
}
