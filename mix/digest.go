package mix

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"path/filepath"

	"trainyard/format/durable"
	"trainyard/format/regular"
)

// Digest pins what is in memory, under a name.
func Digest(name string, data []byte) FileDigest {
	sum := sha256.Sum256(data)
	return FileDigest{File: name, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

// writeRecipe puts the recipe's YAML into dir.
func writeRecipe(dir string, yaml []byte) (FileDigest, error) {
	return Digest(RecipeFile, yaml), writeDurably(filepath.Join(dir, RecipeFile), yaml)
}

// writeDurably puts data at path; a crash may leave path.tmp beside it.
func writeDurably(path string, data []byte) error {
	return durable.Write(path, filepath.Base(path)+".tmp", 0o644, durable.Bytes(data))
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
