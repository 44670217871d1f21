package stage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"

	"trainyard/launch/files"
)

// An object is a file of this machine by its content.
type object struct {
	path   string
	digest string
	size   int64
}

// A version tells a file from what it was before.
type version struct {
	path        string
	size, mtime int64
	inode       uint64
}

// digests are those of files that this process has read already: many runs of one
// process are on one dataset.
var digests sync.Map // version to string

func digest(ctx context.Context, path string) (object, error) {
	f, info, err := files.OpenRegular(path)
	if err != nil {
		return object{}, err
	}
	defer f.Close()
	o := object{path: path, size: info.Size()}
	v := versionOf(path, info)
	if known, ok := digests.Load(v); ok {
		o.digest = known.(string)
		return o, nil
	}
	hash := sha256.New()
	n, err := io.CopyBuffer(hash, contextReader{ctx, f}, make([]byte, 1<<20))
	if err != nil {
		return o, err
	}
	if now, err := f.Stat(); err != nil || n != o.size || versionOf(path, now) != v {
		return o, fmt.Errorf("%s changes while it is read", path)
	}
	o.digest = hex.EncodeToString(hash.Sum(nil))
	digests.Store(v, o.digest)
	return o, nil
}

func versionOf(path string, info fs.FileInfo) version {
	v := version{path: path, size: info.Size(), mtime: info.ModTime().UnixNano()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		v.inode = stat.Ino
	}
	return v
}

// contextReader ends with its context: a file may be many gigabytes.
type contextReader struct {
	ctx context.Context
	f   *os.File
}

func (r contextReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.f.Read(p)
}
