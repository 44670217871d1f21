package container

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"trainyard/format"
)

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstandard(t *testing.T, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(text), nil))
}

func TestCompressionsAreReadOrTold(t *testing.T) {
	const text = `{"messages":[]}`
	skippable := "\x50\x2a\x4d\x18\x04\x00\x00\x00\x01\x02\x03\x04" // what pzstd writes: the length of the frame behind it
	for _, c := range []struct{ name, content, want string }{
		{"plain", text, text},
		{"empty", "", ""},
		{"a short text", "BZh", "BZh"},
		{"a text that starts like bzip2", "BZh9 is how it starts", "BZh9 is how it starts"},
		{"gzip", gzipped(t, text), text},
		{"two members of gzip", gzipped(t, "a") + gzipped(t, "b"), "ab"},
		{"zstd", zstandard(t, text), text},
		{"pzstd", skippable + zstandard(t, "a") + skippable + zstandard(t, "b"), "ab"},
		{"another skippable frame", "\x5f" + skippable[1:] + zstandard(t, text), text},
		{"xz", "\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4\x46", "xz"},
		{"bzip2", "BZh91AY&SY\x01", "bzip2"},
		{"lz4", "\x04\x22\x4d\x18\x64\x40", "lz4"},
		{"zip", "PK\x03\x04\x14\x00", "zip"},
		{"7z", "7z\xbc\xaf\x27\x1c\x00", "7z"},
		{"gzip in zstd", zstandard(t, gzipped(t, text)), "gzip"},
		{"xz in gzip", gzipped(t, "\xfd7zXZ\x00\x00\x04\xe6\xd6"), "xz"},
	} {
		plain, free, err := Decompress(strings.NewReader(c.content))
		if err != nil {
			var told *format.Reject
			if !errors.As(err, &told) || told.Reason != format.Compressed || !strings.Contains(told.Detail, c.want) || c.want == text {
				t.Errorf("%s: got %v", c.name, err)
			}
			continue
		}
		got, err := io.ReadAll(plain)
		free()
		if string(got) != c.want || err != nil {
			t.Errorf("%s: got %q, %v", c.name, got, err)
		}
	}
}

func TestFilesAreKnownBehindEveryCompression(t *testing.T) {
	for name, want := range map[string]Kind{
		"a.jsonl.xz": kindLines, "a.traj.bz2": Whole, "a.tar.lz4": kindTar, "a.JSONL.GZ": kindLines,
		"a.json.br": JSON, "a.zip": Unknown, "a.xz": Unknown,
	} {
		if got := KindOf(name); got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
}
