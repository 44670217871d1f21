package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"trainyard/recipes"
)

// TestTheRecipeOfTheReadmeLoads keeps the first thing a newcomer copies true.
func TestTheRecipeOfTheReadmeLoads(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(readme)
	if block == nil {
		t.Fatal("README.md shows no recipe")
	}
	path := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(path, block[1], 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := recipes.Load(path, []string{"mix.seed=3", "sources.localize.share=0.25"})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Sources) != 2 || r.Train.Trainer != "llamafactory" {
		t.Errorf("it says %+v", r)
	}
}
