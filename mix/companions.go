package mix

import (
	"crypto/sha256"
	"encoding/hex"

	"trainyard/format/regular"
)

// companions reads the files that a recipe names besides its data: tool
// prompts, system texts, tool lists, files of edits. Each is read once, so
// that what is used is what is pinned, and known by the recipe's spelling
// alone, so that the manifest holds no path of the machine.
type companions struct {
	open    func(path string) ([]byte, error)
	digests []FileDigest // in the order of first use
	texts   map[string][]byte
}

func newCompanions(cfg *Config) *companions {
	c := &companions{open: cfg.ReadFile, texts: map[string][]byte{}}
	if c.open == nil {
		c.open = regular.ReadFile
	}
	return c
}

// read returns the content of a file; that of "" is nothing.
func (c *companions) read(path string) ([]byte, error) {
	text, known := c.texts[path]
	if known || path == "" {
		return text, nil
	}
	text, err := c.open(path)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	c.digests = append(c.digests, FileDigest{File: path, Bytes: int64(len(text)), SHA256: hex.EncodeToString(sum[:])})
	c.texts[path] = text
	return text, nil
}
