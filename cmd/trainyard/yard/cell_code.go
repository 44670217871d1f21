package yard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format/regular"
)

// codeOf is sha256 of each script and configuration on this machine that the parameters
// of a training name by its full path, in the order of the paths: a training script that
// was edited makes another model. Programs that are no text, such as an interpreter, are
// of the machine; what a script imports is not looked into. Other files may be what a run
// writes, its log or its figures, and would make another cell of one that has just run.
func codeOf(params map[string]any) (digests []string) {
	named := map[string]bool{}
	namedFiles(params, named)
	for _, path := range slices.Sorted(maps.Keys(named)) {
		if digest := codeDigest(path); digest != "" {
			digests = append(digests, digest)
		}
	}
	return digests
}

// namedFiles gathers full paths: values, and what follows = in one, as in --config=FILE.
func namedFiles(value any, into map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for _, below := range v {
			namedFiles(below, into)
		}
	case []any:
		for _, below := range v {
			namedFiles(below, into)
		}
	case string:
		if _, after, is := strings.Cut(v, "="); is && filepath.IsAbs(after) {
			v = after
		}
		if filepath.IsAbs(v) {
			into[filepath.Clean(v)] = true
		}
	}
}

// codeNames are the ends of names that scripts and configurations have. Figures are
// written as JSON too, so that it is none of them.
var codeNames = []string{".py", ".sh", ".bash", ".pl", ".rb", ".lua", ".jl", ".r", ".yaml", ".yml", ".toml", ".ini", ".cfg"}

// isCode says so by the name, or by the first line of a text that begins with its
// interpreter.
func isCode(path string, text []byte) bool {
	return slices.Contains(codeNames, strings.ToLower(filepath.Ext(path))) || bytes.HasPrefix(text, []byte("#!"))
}

// maxCode is more than any script or configuration takes.
const maxCode = 4 << 20

// codeDigest is sha256 of a text that is code, in hex; empty for what is none, or is not
// here.
func codeDigest(path string) string {
	f, _, err := regular.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCode+1))
	if err != nil || len(text) > maxCode || bytes.IndexByte(text, 0) >= 0 || !isCode(path, text) {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
