package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"trainyard/format"
	"trainyard/format/durable"
)

// About says for people what a preparation is.
type About struct {
	Recipe   string `json:"recipe"`
	Source   string `json:"source"`
	Template string `json:"template"`
	Tools    string `json:"tools"`
	Output   string `json:"output"`
}

const aboutFile = "about.json"

// A Preparation is one way in which records become rows.
type Preparation struct {
	cache *Cache
	dir   string
	about About
}

// Preparation is the one whose key is the digest of what is said of it.
func (c *Cache) Preparation(said []byte, about About) *Preparation {
	sum := sha256.Sum256(said)
	return &Preparation{c, filepath.Join(c.dir, hex.EncodeToString(sum[:12])), about}
}

// Lock waits until no other process fills the preparation, and keeps others from
// it until the lock is closed: they find then what was made meanwhile. waiting
// gets the file whose lock another one holds.
func (p *Preparation) Lock(ctx context.Context, waiting func(lock string)) (*os.File, error) {
	if err := p.Make(); err != nil {
		return nil, err
	}
	path := filepath.Join(p.dir, lockName)
	return retry(ctx, func() { waiting(path) }, func() (*os.File, error) { return durable.Lock(path, 0o644) })
}

// Make makes the preparation's directory. Who fills it without a lock may do what
// another process does too.
func (p *Preparation) Make() error {
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return p.tell()
}

func (p *Preparation) tell() error {
	path := filepath.Join(p.dir, aboutFile)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	text, err := json.MarshalIndent(p.about, "", "  ")
	if err != nil {
		return err
	}
	if err := durable.Write(path, "", 0o644, durable.Bytes(append(text, '\n'))); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return nil
}

// A Part is what an entry is of: files that are read as one, and what the rest of
// their source makes of their records.
type Part struct {
	Files []format.File
	Marks string
}

// name is that of the part's entry. Where a file lies is in it: dialects read ids
// off paths.
func (p *Part) name() string {
	h := sha256.New()
	for _, f := range p.Files {
		fmt.Fprintf(h, "%d:%s", len(f.Path), f.Path)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

func (p *Part) marks() string {
	sum := sha256.Sum256([]byte(p.Marks))
	return hex.EncodeToString(sum[:12])
}
