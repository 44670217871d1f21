package mix

import (
	"slices"

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
	used    []string // since the last reset, by their spelling
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
	if path != "" {
		c.used = append(c.used, path)
	}
	text, known := c.texts[path]
	if known || path == "" {
		return text, nil
	}
	text, err := c.open(path)
	if err != nil {
		return nil, err
	}
	c.digests = append(c.digests, Digest(path, text))
	c.texts[path] = text
	return text, nil
}

// usedSince lists the files that were read since it was last asked, each once.
func (c *companions) usedSince() (files []FileDigest) {
	for _, d := range c.digests {
		if slices.Contains(c.used, d.File) {
			files = append(files, d)
		}
	}
	c.used = nil
	return files
}

// usedByAll adds to what each source goes by the files read since that all go by.
func (c *companions) usedByAll(used [][]FileDigest) [][]FileDigest {
	all := c.usedSince()
	for k := range used {
		used[k] = append(used[k], all...)
	}
	return used
}
