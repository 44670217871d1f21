package attempt

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"trainyard/launch/task"
)

// Open implements Machine.
func (c *client) Open(ctx context.Context, dir, name string) (*task.OpenFile, error) {
	a, _, err := c.ask(ctx, opOpen, request{Dir: dir, Name: name}, nil)
	if err != nil {
		return nil, err
	}
	f := &remoteFile{client: c, ctx: context.WithoutCancel(ctx), id: a.File}
	return &task.OpenFile{ReaderAt: f, Closer: f, ID: a.ID, Size: a.Size, ModTime: a.ModTime}, nil
}

// A remoteFile is a file that is open at the other end. It asks for more than a small
// read needs, since each request takes a round trip, and keeps the last block.
type remoteFile struct {
	client *client
	ctx    context.Context
	id     uint64

	lock  sync.Mutex
	start int64
	block []byte
}

const (
	// readAhead is the least that is asked for, in bytes.
	readAhead = 256 << 10
	// readLimit is how long one read may take on a line that is not cut and says nothing.
	readLimit = time.Minute
)

// ReadAt implements io.ReaderAt.
func (f *remoteFile) ReadAt(p []byte, offset int64) (n int, err error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	for n < len(p) {
		at := offset + int64(n)
		if at >= f.start && at < f.start+int64(len(f.block)) {
			n += copy(p[n:], f.block[at-f.start:])
			continue
		}
		ended, err := f.fetch(at, max(len(p)-n, readAhead))
		if err != nil {
			return n, err
		}
		if len(f.block) == 0 && ended {
			return n, io.EOF
		}
	}
	return n, nil
}

func (f *remoteFile) fetch(at int64, length int) (ended bool, err error) {
	ctx, cancel := context.WithTimeout(f.ctx, readLimit)
	defer cancel()
	a, data, err := f.client.ask(ctx, opRead, request{File: f.id, Offset: at, Length: min(length, maxData)}, nil)
	if err != nil {
		return false, err
	}
	if len(data) == 0 && !a.Ended {
		return false, io.ErrNoProgress
	}
	f.start, f.block = at, data
	return a.Ended, nil
}

// Close implements io.Closer. Where the session is over the file is closed already.
func (f *remoteFile) Close() error {
	ctx, cancel := context.WithTimeout(f.ctx, readLimit)
	defer cancel()
	_, _, err := f.client.ask(ctx, opClose, request{File: f.id}, nil)
	if errors.Is(err, ErrDisconnected) {
		return nil
	}
	return err
}
