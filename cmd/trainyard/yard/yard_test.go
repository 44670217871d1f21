package yard_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestTheYardPrintsNothing: another face stands on the same functions.
func TestTheYardPrintsNothing(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if path := strings.Trim(spec.Path.Value, `"`); strings.HasSuffix(path, "/face") || strings.Contains(path, "cobra") || strings.Contains(path, "viper") {
				t.Errorf("%s imports %s", e.Name(), path)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				pkg, _ := sel.X.(*ast.Ident)
				if pkg != nil && refused[pkg.Name+"."+sel.Sel.Name] {
					t.Errorf("%s calls %s.%s", e.Name(), pkg.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
}

var refused = map[string]bool{
	"os.Exit": true, "os.Stdout": true, "os.Stderr": true, "os.Args": true,
	"fmt.Print": true, "fmt.Println": true, "fmt.Printf": true,
}
