package attempt

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// A frame is one message of a session: a line of JSON, and, where bytes are told,
// as many of them behind it as they are. Data of files needs no other coding then.
type frame struct {
	ID    uint64          `json:"id"`
	Op    string          `json:"op,omitempty"` // of a request
	Body  json.RawMessage `json:"body,omitempty"`
	Fault *fault          `json:"fault,omitempty"`
	Bytes int             `json:"bytes,omitempty"`
	data  []byte
}

const (
	// maxLine is the longest line: the files of a command are in that of its start.
	maxLine = 64 << 20
	// maxData is the most bytes behind a line.
	maxData = 8 << 20
)

// A frameWriter writes whole frames for many goroutines.
type frameWriter struct {
	lock sync.Mutex
	w    io.Writer
}

func (w *frameWriter) write(f frame) error {
	text, err := f.encode()
	if err != nil {
		return err
	}
	return w.put(text)
}

func (w *frameWriter) put(text []byte) error {
	w.lock.Lock()
	defer w.lock.Unlock()
	_, err := w.w.Write(text)
	return err
}

// encode copies the data: the caller may use its buffer again.
func (f frame) encode() ([]byte, error) {
	if len(f.data) > maxData {
		return nil, fmt.Errorf("%d bytes in one message, at most %d", len(f.data), maxData)
	}
	f.Bytes = len(f.data)
	line, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	return append(append(line, '\n'), f.data...), nil
}

// readFrame reads the next frame; io.EOF between two of them is the end of a session.
func readFrame(r *bufio.Reader) (frame, error) {
	line, err := readLine(r)
	if err != nil {
		return frame{}, err
	}
	var f frame
	if err := json.Unmarshal(line, &f); err != nil {
		return frame{}, fmt.Errorf("a line of %d bytes that is no message: %w", len(line), err)
	}
	if f.Bytes < 0 || f.Bytes > maxData {
		return frame{}, fmt.Errorf("a message with %d bytes", f.Bytes)
	}
	if f.Bytes > 0 {
		f.data = make([]byte, f.Bytes)
		if _, err := io.ReadFull(r, f.data); err != nil {
			return frame{}, fmt.Errorf("a message that was cut: %w", err)
		}
	}
	return f, nil
}

// readLine is a line without its end. A line that is cut is none: half a request is
// not carried out.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, io.ErrUnexpectedEOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(line) > maxLine:
			return nil, fmt.Errorf("a line of more than %d bytes", maxLine)
		}
	}
}
