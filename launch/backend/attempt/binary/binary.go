package binary

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"trainyard/format/durable"
)

// A File is an agent on this machine.
type File struct {
	Path   string
	Digest string // SHA-256 of its bytes, in hexadecimals
	Size   int64
}

// ErrNone: there is no agent for that machine, and none can be built here.
var ErrNone = errors.New("no agent for it")

// For finds, unpacks or builds the agent for a machine. cache is where it is kept: empty
// is the user's cache directory.
func For(ctx context.Context, goos, goarch, cache string) (File, error) {
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return File{}, fmt.Errorf("agent for %s/%s: %w", goos, goarch, err)
		}
		cache = filepath.Join(dir, "trainyard", "agents")
	}
	name := "agent-" + goos + "-" + goarch
	data, err := shipped(name)
	if err == nil {
		return keep(cache, name, data)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return File{}, fmt.Errorf("agent for %s/%s: %w", goos, goarch, err)
	}
	return build(ctx, goos, goarch, cache, name)
}

// Path is that of [For] in the user's cache: where backends take their agents from.
func Path(ctx context.Context, goos, goarch string) (string, error) {
	file, err := For(ctx, goos, goarch, "")
	return file.Path, err
}

// shipped is the agent inside the program, or beside it.
func shipped(name string) ([]byte, error) {
	packed, err := embedded.ReadFile("embedded/" + name + ".gz")
	if err == nil {
		return unpack(packed)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	packed, err = os.ReadFile(filepath.Join(filepath.Dir(self), name+".gz"))
	if err != nil {
		return nil, err
	}
	return unpack(packed)
}

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	return data, errors.Join(err, r.Close())
}

// keep puts an agent into the cache, where its name has its digest: nothing is ever
// written over a file that another process may be copying.
func keep(cache, name string, data []byte) (File, error) {
	sum := sha256.Sum256(data)
	file := File{Digest: hex.EncodeToString(sum[:]), Size: int64(len(data))}
	file.Path = filepath.Join(cache, name+"-"+file.Digest[:16])
	if now, err := os.ReadFile(file.Path); err == nil && bytes.Equal(now, data) {
		return file, nil
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return File{}, err
	}
	return file, durable.Write(file.Path, "", 0o755, durable.Bytes(data))
}
