package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// mayImport says which packages of the project a package may import. Only the
// command may import everything.
var mayImport = map[string][]string{
	"format":                     {"format/pyjson"},
	"format/pyjson":              {},
	"format/secret":              {},
	"format/regular":             {},
	"format/durable":             {},
	"format/api":                 {"format", "format/pyjson"},
	"format/container":           {"format/regular", "format", "format/pyjson"},
	"format/protocol":            {"format", "format/api", "format/pyjson"},
	"format/behaviour":           {"format", "format/protocol", "format/secret", "format/pyjson"},
	"format/evidence":            {"format/regular", "format", "format/behaviour", "format/pyjson"},
	"format/edit":                {"format/regular", "format", "format/behaviour", "format/protocol", "format/secret", "format/pyjson"},
	"format/style":               {"format", "format/api", "format/protocol", "format/pyjson"},
	"format/dialect":             {"format/regular", "format", "format/api", "format/container", "format/evidence", "format/pyjson"},
	"tokenize":                   {"tokenize/unicode"},
	"tokenize/unicode":           {},
	"tokenize/chat":              {"tokenize", "format", "format/pyjson"},
	"mix":                        {"format/durable", "format/regular", "mix/convert", "mix/sample", "mix/shard", "tokenize/chat", "format", "format/behaviour", "format/dialect", "format/edit", "format/evidence", "format/protocol"},
	"mix/convert":                {"format/regular", "tokenize", "tokenize/chat", "format", "format/dialect", "format/edit", "format/evidence", "format/protocol", "format/style"},
	"mix/sample":                 {},
	"mix/shard":                  {"format/container", "format/regular", "tokenize", "tokenize/chat", "format"},
	"launch":                     {"launch/files", "format/secret"},
	"launch/files":               {"format/durable", "format/regular"},
	"launch/trainer":             {"launch"},
	"launch/backend":             {"launch", "launch/backend/local"},
	"launch/backend/local":       {"format/durable", "launch", "launch/files"},
	"launch/backend/backendtest": {"launch", "launch/files"},
	"recipes":                    {"format/regular", "format", "format/dialect", "format/edit", "format/evidence", "format/protocol", "format/style", "tokenize/chat", "mix", "mix/sample", "mix/shard", "launch", "launch/trainer"},
	"recipes/samples":            {},
	"cmd/trainyard/yard":         {"format", "format/behaviour", "format/dialect", "format/edit", "format/evidence", "format/protocol", "format/style", "tokenize", "tokenize/chat", "mix", "mix/sample", "mix/shard", "launch", "launch/trainer", "launch/backend", "recipes", "recipes/samples"},
	"cmd/trainyard/face":         {"mix"},
}

// forTests are packages that only tests import: they tie rooms together.
var forTests = []string{"format/formattest"}

// doors says where a library may be imported: everything else goes through
// the package that owns it.
var doors = map[string][]string{
	"github.com/spf13/viper":             {"cmd/trainyard/settings.go"},
	"github.com/goccy/go-yaml":           {"recipes"},
	"github.com/parquet-go/parquet-go":   {"mix/shard", "format/container"},
	"github.com/pkoukk/tiktoken-go":      {"tokenize"},
	"modernc.org/sqlite":                 {"launch"},
	"github.com/expr-lang/expr":          {"format/evidence"},
	"mvdan.cc/sh/v3":                     {"format/behaviour"},
	"github.com/google/uuid":             {"launch"},
	"golang.org/x/term":                  {"cmd/trainyard/face/terminal.go"},
	"github.com/klauspost/compress/s2":   {"mix"},
	"github.com/schollz/progressbar/v3":  {"cmd/trainyard/face/progress.go"},
	"github.com/spf13/cobra":             {"cmd/trainyard"},
	"github.com/klauspost/compress/zstd": {"format/container", "mix/shard", "recipes/samples"},
}

// eachImport calls visit for every import of the project's Go files. Tests
// are free: they tie packages together and make broken files of any kind.
func eachImport(t *testing.T, visit func(file, imported string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "repos" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			visit(filepath.ToSlash(rel), imported)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPackagesImportOnlyWhatTheHouseAllows(t *testing.T) {
	eachImport(t, func(file, imported string) {
		sibling, ok := strings.CutPrefix(imported, "trainyard/")
		dir := filepath.ToSlash(filepath.Dir(file))
		rules, ruled := mayImport[dir]
		free := strings.HasPrefix(dir, "cmd/trainyard") || slices.Contains(forTests, dir) || strings.Contains(dir+"/", "/internal/") || dir == "recipes/samples/generate"
		if !ruled && !free {
			t.Errorf("package %s is in no row of the table", dir)
		}
		if slices.Contains(forTests, sibling) {
			t.Errorf("%s imports %s, which only tests may", file, imported)
		}
		if ok && ruled && sibling != dir && !slices.Contains(rules, sibling) && !strings.HasPrefix(sibling, dir+"/internal/") {
			t.Errorf("%s imports %s, which %s may not", file, imported, dir)
		}
	})
}

func TestEveryLibraryHasOneDoor(t *testing.T) {
	eachImport(t, func(file, imported string) {
		for library, owners := range doors {
			if imported != library && !strings.HasPrefix(imported, library+"/") {
				continue
			}
			inside := func(owner string) bool { return file == owner || strings.HasPrefix(file, owner+"/") }
			if !slices.ContainsFunc(owners, inside) {
				t.Errorf("%s imports %s, which only %v may", file, imported, owners)
			}
		}
	})
}

func TestTheTopLevelHoldsOnlyTheHouse(t *testing.T) {
	house := []string{"cmd", "format", "tokenize", "mix", "launch", "recipes", "go.mod", "go.sum", "README.md", "LICENSE", "NOTICE"}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(house, e.Name()) {
			t.Errorf("%s stands at the top level", e.Name())
		}
	}
}
