package bucket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// A Relay is a bucket between this machine and others: what is to go to many, or over
// a slow line, goes up once. It is opened when it is first needed.
type Relay struct {
	place string
	open  func() (*Bucket, error)
	turn  chan struct{} // held by the one who uploads: the others find it done
}

// NewRelay checks the name of the place alone.
func NewRelay(place string) (*Relay, error) {
	if _, _, err := Parse(place); err != nil {
		return nil, err
	}
	return &Relay{place: place, open: sync.OnceValues(func() (*Bucket, error) { return Open(place) }), turn: make(chan struct{}, 1)}, nil
}

// Place is the place as it was named.
func (r *Relay) Place() string { return r.place }

// objectsDir is where objects lie by their digest, below the prefix.
const objectsDir = "objects/"

// Upload brings a file of that SHA-256 into the bucket, unless it is there.
func (r *Relay) Upload(ctx context.Context, digest, file string, size int64) error {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	b, err := r.open()
	if err != nil {
		return err
	}
	there, err := b.Size(ctx, objectsDir+digest)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && there == size {
		return nil
	}
	return put(ctx, b, objectsDir+digest, file, size)
}

func put(ctx context.Context, b *Bucket, name, file string, size int64) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return b.Put(ctx, name, f, size)
}

// URL opens the object of a digest without credentials: it is a secret.
func (r *Relay) URL(ctx context.Context, digest string) (string, error) {
	b, err := r.open()
	if err != nil {
		return "", err
	}
	return b.URL(ctx, objectsDir+digest)
}

// Forget removes an object that is not what its name says.
func (r *Relay) Forget(ctx context.Context, digest string) error {
	b, err := r.open()
	if err != nil {
		return err
	}
	if err := b.Remove(ctx, objectsDir+digest); err != nil {
		return fmt.Errorf("remove a broken object: %w", err)
	}
	return nil
}
