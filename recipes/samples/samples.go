package samples

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// packed is a zip of stored files inside one zstd frame: what the files repeat
// of each other, above all the growing completion logs, costs next to nothing.
//
//go:embed samples.zip.zst
var packed []byte

// unpacked opens the archive once. A fault in it is a fault of the build.
var unpacked = sync.OnceValue(func() *zip.Reader {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		panic(fmt.Sprintf("samples: zstd: %v", err))
	}
	defer dec.Close()
	data, err := dec.DecodeAll(packed, nil)
	if err != nil {
		panic(fmt.Sprintf("samples: embedded archive: %v", err))
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		panic(fmt.Sprintf("samples: embedded archive: %v", err))
	}
	return archive
})

// FS holds the sample files, one directory per task. It is safe for concurrent
// use and keeps about 5 MB in memory from the first call on.
func FS() fs.FS { return unpacked() }

// Digest names this version of the samples: 12 hexadecimal digits of the
// archive's SHA-256. Use it in a directory name to let versions live side by side.
func Digest() string {
	sum := sha256.Sum256(packed)
	return hex.EncodeToString(sum[:])[:12]
}
