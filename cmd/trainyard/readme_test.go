package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trainyard/cmd/trainyard/yard"
	"trainyard/format/style"
	"trainyard/mix/export"
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

// TestTheReadmeNamesEveryStyle and where it promises its file: style/NAME.go,
// the name without hyphens.
func TestTheReadmeNamesEveryStyle(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`of writing tools, calls and results as text: ([^.]*)\.`).FindSubmatch(readme)
	if list == nil {
		t.Fatal("README.md lists no styles")
	}
	var named []string
	for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(string(list[1]), -1) {
		named = append(named, name[1])
	}
	if want := style.StyleNames(); !slices.Equal(named, want) {
		t.Errorf("README.md lists the styles %q, there are %q", named, want)
	}
	for _, name := range style.StyleNames() {
		if _, err := os.Stat(filepath.Join(root, "format", "style", strings.ReplaceAll(name, "-", "")+".go")); err != nil {
			t.Errorf("style %s: %v", name, err)
		}
	}
}

// TestTheReadmeNamesEveryTarget of an export.
func TestTheReadmeNamesEveryTarget(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "--for " + strings.Join(names(export.Targets), "|") + "`"; !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not show %s", want)
	}
}

// TestTheReadmesTableOfTrainersIsTheRegistry, as trainyard list trainers tells it.
func TestTheReadmesTableOfTrainersIsTheRegistry(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rows, found := strings.Cut(string(readme), "| trainer | what it is |\n|---|---|\n")
	if rows, _, _ = strings.Cut(rows, "\n\n"); !found {
		t.Fatal("README.md has no table of trainers")
	}
	var want []string
	for _, l := range yard.Lists["trainers"]() {
		want = append(want, "| `"+l.Name+"` | "+l.Summary+" |")
	}
	if rows != strings.Join(want, "\n") {
		t.Errorf("README.md has\n%s\nwant\n%s", rows, strings.Join(want, "\n"))
	}
}
