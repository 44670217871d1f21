package stage

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"trainyard/format/durable"
)

// turnsFrom is the size of an object, in bytes, from which on processes take turns: of
// smaller ones a second copy costs less than a look.
const turnsFrom = 4 << 20

// Turns has all processes of this user bring an object to the machine of that name one
// after the other: who comes second finds it there. Where the user has no cache directory,
// both send it, and the machine keeps one.
func (s *Stager) Turns(machine string) *Stager {
	if dir, err := os.UserCacheDir(); err == nil {
		s.turns, s.name = filepath.Join(dir, "trainyard", "sending"), machine
	}
	return s
}

// turn waits until no other process brings the object there, and hears how much of it is
// there meanwhile. The caller ends its turn, and so does its death.
func (s *Stager) turn(ctx context.Context, o object, grown func()) (end func(), err error) {
	if s.turns == "" || o.size < turnsFrom || os.MkdirAll(s.turns, 0o700) != nil {
		return func() {}, nil
	}
	// One of 256 files, which are never removed: two objects that share one only wait.
	sum := sha256.Sum256([]byte(s.name + "\x00" + o.digest))
	path := filepath.Join(s.turns, fmt.Sprintf("%02x.lock", sum[0]))
	for {
		f, err := durable.Lock(path, 0o600)
		switch {
		case err == nil:
			return func() { _ = f.Close() }, nil // nothing was written
		case !errors.Is(err, durable.ErrLocked):
			return func() {}, nil // a file system without locks
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		}
		grown()
		pause(ctx, time.Second)
	}
}
