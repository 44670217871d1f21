package evidence

import (
	"bytes"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format/pyjson"
	"trainyard/format/regular"
	"trainyard/format/verdict"
)

// Reports of unknown names are looked for in files of such a size: that of a
// run over ten thousand instances is a tenth of it.
const maxUnnamedReport = 16 << 20

// headSize is enough of a file to tell a conversation by.
const headSize = 16 << 10

// looksLikeReport knows a report by what it holds. Of JSON lines the first
// tells.
func looksLikeReport(path string, entry fs.DirEntry) bool {
	info, err := entry.Info()
	extension := filepath.Ext(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxUnnamedReport || extension != ".json" && extension != ".jsonl" {
		return false
	}
	head, err := readHead(path, headSize)
	if err != nil || holdsConversation(head) {
		return false
	}
	raw, err := regular.ReadFile(path)
	if err != nil {
		return false
	}
	if extension == ".jsonl" {
		raw, _, _ = bytes.Cut(raw, []byte("\n"))
	}
	speaks := false
	// What is no JSON is no report.
	_ = pyjson.WithIndex(raw, func(root pyjson.Value) error { speaks = Speaks(root); return nil })
	return speaks
}

func readHead(path string, size int64) ([]byte, error) {
	f, err := regular.OpenInput(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, size))
}

// holdsConversation looks for the names of members that records have and
// reports have not.
func holdsConversation(head []byte) bool {
	return slices.ContainsFunc(verdict.ConversationMembers, func(name string) bool {
		return bytes.Contains(head, []byte(`"`+name+`"`))
	})
}

// gradedInPlace says that a file holds records with their verdicts in them, of
// which those at its beginning tell, or is compressed and may.
func gradedInPlace(path string) bool {
	switch filepath.Ext(path) {
	case ".gz", ".zst":
		return strings.Contains(filepath.Base(path), ".jsonl")
	case ".jsonl":
	default:
		return false
	}
	head, err := readHead(path, maxUnnamedReport)
	if err != nil {
		return false
	}
	for line := range bytes.Lines(head) {
		graded := false
		// A line that is cut off, or no JSON, tells nothing.
		_ = pyjson.WithIndex(line, func(root pyjson.Value) error { graded = settled(root); return nil })
		if graded {
			return true
		}
	}
	return false
}
