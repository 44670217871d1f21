package container

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"trainyard/format"
)

// A compression is known by the bytes that its files start with.
type compression struct {
	name, suffix string
	starts       func(head []byte) bool
	open         func(io.Reader) (io.Reader, func(), error) // nil: it is told, not read
}

// headLength is how many bytes the longest of the marks takes.
const headLength = 10

var compressions = []compression{
	{"gzip", ".gz", prefix("\x1f\x8b"), openGzip},
	{"zstd", ".zst", isZstd, openZstd},
	{"xz", ".xz", prefix("\xfd7zXZ\x00"), nil},
	{"bzip2", ".bz2", isBzip2, nil},
	{"lz4", ".lz4", prefix("\x04\x22\x4d\x18", "\x02\x21\x4c\x18"), nil},
	{"lzip", ".lz", prefix("LZIP\x01"), nil},
	{"lzma", ".lzma", prefix("\x5d\x00\x00"), nil},
	{"lzop", ".lzo", prefix("\x89LZO\x00"), nil},
	{"snappy", ".sz", prefix("\xff\x06\x00\x00sNaPpY"), nil},
	{"compress", ".z", prefix("\x1f\x9d", "\x1f\xa0"), nil},
	{"zlib", ".zlib", prefix("\x78\x9c", "\x78\xda"), nil},
	{"zip", ".zip", prefix("PK\x03\x04", "PK\x05\x06"), nil},
	{"7z", ".7z", prefix("7z\xbc\xaf\x27\x1c"), nil},
	{"rar", ".rar", prefix("Rar!\x1a\x07"), nil},
	{"brotli", ".br", nil, nil}, // known by its name alone
}

func prefix(marks ...string) func([]byte) bool {
	return func(head []byte) bool {
		for _, mark := range marks {
			if bytes.HasPrefix(head, []byte(mark)) {
				return true
			}
		}
		return false
	}
}

// isZstd knows a frame, and the skippable frames that pzstd and others put
// before the first one: sixteen marks.
func isZstd(head []byte) bool {
	if len(head) < 4 {
		return false
	}
	skippable := head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18})
	return skippable || bytes.Equal(head[:4], []byte{0x28, 0xb5, 0x2f, 0xfd})
}

// isBzip2 knows the level and the mark of the first block, or of the end where
// there is none: "BZh" alone may start a text.
func isBzip2(head []byte) bool {
	if len(head) < headLength || !bytes.HasPrefix(head, []byte("BZh")) || head[3] < '1' || head[3] > '9' {
		return false
	}
	return bytes.Equal(head[4:], []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}) || bytes.Equal(head[4:], []byte{0x17, 0x72, 0x45, 0x38, 0x50, 0x90})
}

func openGzip(in io.Reader) (io.Reader, func(), error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, nil, err
	}
	return z, func() { z.Close() }, nil
}

func openZstd(in io.Reader) (io.Reader, func(), error) {
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}

// withoutCompression takes one suffix of a compression, read or not, from a
// file's name: a file that cannot be read is told, not passed over.
func withoutCompression(name string) string {
	plain, _ := cutCompression(name)
	return plain
}

func cutCompression(name string) (plain string, c *compression) {
	for i := range compressions {
		if plain, ok := strings.CutSuffix(name, compressions[i].suffix); ok {
			return plain, &compressions[i]
		}
	}
	return name, nil
}

// named refuses a file whose name says what its bytes cannot.
func named(name string) error {
	if _, c := cutCompression(strings.ToLower(name)); c != nil && c.starts == nil {
		return unread("the file is named as compressed with " + c.name)
	}
	return nil
}

// Decompress gives the plain bytes of a file that may be gzip or zstd, and what
// frees its buffers. It looks at the first bytes, not at the name. A compression
// that it does not read, or one inside of another, is a *Reject.
func Decompress(file io.Reader) (io.Reader, func(), error) {
	in, c, err := sniff(file)
	switch {
	case err != nil:
		return nil, nil, err
	case c == nil:
		return in, func() {}, nil
	case c.open == nil:
		return nil, nil, unread("the file is compressed with " + c.name)
	}
	plain, free, err := c.open(in)
	if err != nil {
		return nil, nil, err
	}
	inner, second, err := sniff(plain)
	if second != nil {
		err = unread("the file is compressed twice, with " + c.name + " and below it with " + second.name)
	}
	if err != nil {
		free()
		return nil, nil, err
	}
	return inner, free, nil
}

// sniff looks at the first bytes; nil is no compression.
func sniff(file io.Reader) (io.Reader, *compression, error) {
	const buffer = 256 << 10
	in := bufio.NewReaderSize(file, buffer)
	head, err := in.Peek(headLength)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	for i := range compressions {
		if c := compressions[i]; c.starts != nil && c.starts(head) {
			return in, &compressions[i], nil
		}
	}
	return in, nil, nil
}

func unread(what string) error {
	return format.Rejectf(format.Compressed, "%s, which is not read: unpack it, or compress it with gzip or zstd", what)
}
