package result

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// packings are files that are no text, by their first bytes.
var packings = []struct {
	begins, what, way string
}{
	{"\x28\xb5\x2f\xfd", "packed by zstd", "unpack it: zstd -d"},
	{"\xfd7zXZ", "packed by xz", "unpack it: xz -d"},
	{"BZh", "packed by bzip2", "unpack it: bzip2 -d"},
	{"PK\x03\x04", "an archive of zip", "unpack it: unzip"},
	{"\xff\xfe", "UTF-16 text", "write it as UTF-8"},
	{"\xfe\xff", "UTF-16 text", "write it as UTF-8"},
}

// unpacked is the text of a file, which gzip may have packed.
func unpacked(path string, raw []byte) ([]byte, error) {
	if bytes.HasPrefix(raw, []byte("\x1f\x8b")) {
		return gunzipped(path, raw)
	}
	for _, p := range packings {
		if bytes.HasPrefix(raw, []byte(p.begins)) {
			return nil, fmt.Errorf("%s: it is %s; %s", path, p.what, p.way)
		}
	}
	return raw, nil
}

func gunzipped(path string, raw []byte) ([]byte, error) {
	in, err := gzip.NewReader(bytes.NewReader(raw))
	if err == nil {
		raw, err = io.ReadAll(io.LimitReader(in, maxReport+1))
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: packed by gzip, and damaged or cut off: %w", path, err)
	case len(raw) > maxReport:
		return nil, tooLarge(path)
	}
	return raw, nil
}

func tooLarge(path string) error {
	return fmt.Errorf("%s: a report of more than %d MiB; take the summary that its harness writes beside it", path, maxReport>>20)
}

// unpackedName is the name of a file without what gzip adds to it.
func unpackedName(name string) string {
	if strings.EqualFold(filepath.Ext(name), ".gz") {
		return name[:len(name)-len(".gz")]
	}
	return name
}
