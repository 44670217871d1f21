package mix

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"trainyard/format/regular"
)

// writeRecipe puts the recipe's YAML into dir.
func writeRecipe(dir string, yaml []byte) (FileDigest, error) {
	sum := sha256.Sum256(yaml)
	d := FileDigest{File: RecipeFile, Bytes: int64(len(yaml)), SHA256: hex.EncodeToString(sum[:])}
	return d, writeDurably(filepath.Join(dir, RecipeFile), yaml)
}

// writeDurably puts data at path by temporary file, fsync and rename, so that
// a crash leaves the old content or the new, never a part.
func writeDurably(path string, data []byte) error {
	tmp := path + ".tmp"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", tmp, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes renames inside dir survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// A hashWriter digests what it passes on.
type hashWriter struct {
	to io.Writer
	h  hash.Hash
	n  int64
}

func newHashWriter(to io.Writer) *hashWriter { return &hashWriter{to: to, h: sha256.New()} }

func (w *hashWriter) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.h.Write(p[:n])
	w.n += int64(n)
	return n, err
}

func (w *hashWriter) digest(file string) FileDigest {
	return FileDigest{File: file, Bytes: w.n, SHA256: hex.EncodeToString(w.h.Sum(nil))}
}

// digestFile reads the file at path; File is left to the caller's choice of
// name.
func digestFile(ctx context.Context, path, name string) (FileDigest, error) {
	f, _, err := regular.Open(path)
	if err != nil {
		return FileDigest{}, err
	}
	defer f.Close()
	w := newHashWriter(io.Discard)
	if _, err := io.CopyBuffer(w, untilDone{ctx, f}, make([]byte, 1<<20)); err != nil {
		return FileDigest{}, fmt.Errorf("hash %s: %w", path, err)
	}
	return w.digest(name), nil
}

// An untilDone is a reader that fails when its context is done.
type untilDone struct {
	ctx context.Context
	io.Reader
}

func (r untilDone) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
