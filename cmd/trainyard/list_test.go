package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"trainyard/cmd/trainyard/yard"
)

// TestReasonsOfTheMixAreListed looks for rejects that mix makes itself.
func TestReasonsOfTheMixAreListed(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "mix/*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files of mix", err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`Reject\{Reason: "(\w+)"`).FindAllSubmatch(source, -1) {
			if !slices.ContainsFunc(yard.Lists["reasons"](), func(l yard.Listed) bool { return l.Name == string(m[1]) }) {
				t.Errorf("%s rejects with %q, which trainyard list reasons does not know", file, m[1])
			}
		}
	}
}
