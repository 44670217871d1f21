package format

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryWordOfAReportIsExplained holds the glossaries to what they explain.
func TestEveryWordOfAReportIsExplained(t *testing.T) {
	for _, g := range []struct {
		name  string
		words []string
		table map[string]string
	}{
		{"Reasons", constantsWith(t, "reasons.go", "TooLarge"), Reasons},
		{"Notes", constantsWith(t, "notes.go", "NoteDefaultSystem"), Notes},
	} {
		slices.Sort(g.words)
		if got := slices.Sorted(maps.Keys(g.table)); !slices.Equal(got, g.words) {
			t.Errorf("%s explains %q, there are %q", g.name, got, g.words)
		}
		for word, text := range g.table {
			if text == "" || strings.HasSuffix(text, ".") || strings.Contains(text, "\n") {
				t.Errorf("%s[%q] is no line: %q", g.name, word, text)
			}
		}
	}
	for note, text := range Notes {
		if !regexp.MustCompile(`^(records|turns|calls|texts|strings): `).MatchString(text) {
			t.Errorf("Notes[%q] does not start with what it counts: %q", note, text)
		}
	}
}

// constantsWith are the values of the const block that declares name.
func constantsWith(t *testing.T, file, name string) []string {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range tree.Decls {
		block, ok := decl.(*ast.GenDecl)
		if !ok || block.Tok != token.CONST || block.Specs[0].(*ast.ValueSpec).Names[0].Name != name {
			continue
		}
		var values []string
		for _, spec := range block.Specs {
			value, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		return values
	}
	t.Fatalf("%s declares no constants that start with %s", file, name)
	return nil
}
