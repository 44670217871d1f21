package recipes

import (
	"embed"
	"slices"
	"strings"
)

//go:embed *.yaml
var builtins embed.FS

// BuiltIn returns the file of a built-in recipe, as it was written.
func BuiltIn(name string) ([]byte, bool) {
	data, err := builtins.ReadFile(name + ".yaml")
	return data, err == nil
}

// builtinLabel is how faults and origins name the file of a built-in recipe.
func builtinLabel(name string) string { return "builtin:" + name + ".yaml" }

// Info is what a list shows of a recipe.
type Info struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
}

// List returns the built-in recipes, sorted by name.
func List() []Info {
	var out []Info
	for _, name := range builtinNames() {
		r, err := Load(name, nil)
		if err != nil {
			panic("recipes: built-in " + err.Error())
		}
		out = append(out, Info{r.Name, r.Summary})
	}
	return out
}

func builtinNames() []string {
	entries, err := builtins.ReadDir(".")
	if err != nil {
		panic("recipes: " + err.Error())
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(out) // the directory sorts a-b.yaml before a.yaml
	return out
}
