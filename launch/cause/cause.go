package cause

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// A Cause is what a trainer's log tells about a bad end.
type Cause struct {
	Text string // the exception, or what a launcher of several ranks says, in one line; empty: none found
	Last bool   // the log ends with it
	Own  bool   // it is no mere consequence of another process's end
	End  string // the last line of the log with words in it
	Hint string // what usually helps; empty: not known
	// At is the byte at which the exception's own traceback begins; 0 where there is none.
	At int64
}

// Find reads a log to its end. Texts are redacted whole, before they are cut
// to a readable length. It is for runs that did not succeed: those that did print
// the same things, a torchrun its DistNetworkError for example.
//
// The order is that of how much a line tells: the own exception of the rank that
// torchrun names as the first to fail; else torchrun's word about that rank; else
// the last exception that nothing caught, where those that merely follow from the
// death of another rank count less, and those of launchers least.
func Find(log io.Reader, clean func(string) string) (Cause, error) {
	f := causeFinder{open: map[string]*traceback{}}
	lines := bufio.NewReaderSize(log, 64<<10)
	for {
		f.at = f.next
		line, err := lines.ReadSlice('\n')
		f.next += int64(len(line))
		for piece := range bytes.SplitSeq(line, []byte("\r")) {
			f.read(string(piece))
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			f.close()
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return f.cause(clean), err
		}
	}
}
