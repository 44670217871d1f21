package inside

import (
	"context"
	"errors"
	"io"
	"time"

	"trainyard/launch/files"
	"trainyard/launch/redact"
)

// tellInterval is how often a file is looked at that nothing but people wait for.
const tellInterval = 2 * time.Second

// Tell prints a file as it grows, until ctx ends, and then what is there still.
func Tell(ctx context.Context, name string, to io.Writer) error {
	masked := redact.NewWriter(to)
	return errors.Join(follow(ctx, name, masked), masked.Flush())
}

func follow(ctx context.Context, name string, to io.Writer) error {
	t := teller{name: name, to: to}
	tick := time.NewTicker(tellInterval)
	defer tick.Stop()
	for {
		if err := t.more(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return t.more()
		case <-tick.C:
		}
	}
}

// A teller copies what is new in a file. One that became shorter was begun anew.
type teller struct {
	name string
	to   io.Writer
	at   int64
}

// more fails only where the copy does: a file that cannot be read now may be later.
func (t *teller) more() error {
	f, info, err := files.OpenRegular(t.name)
	if err != nil {
		return nil
	}
	defer f.Close()
	if info.Size() < t.at {
		t.at = 0
	}
	to := &counted{to: t.to}
	_, _ = io.Copy(to, io.NewSectionReader(f, t.at, info.Size()-t.at)) // what cannot be read may be later
	t.at += to.n
	return to.err
}

// counted tells a fault of the copy from one of what is copied.
type counted struct {
	to  io.Writer
	n   int64
	err error
}

func (c *counted) Write(data []byte) (int, error) {
	n, err := c.to.Write(data)
	c.n, c.err = c.n+int64(n), err
	return n, err
}
