package recipes

import (
	"embed"
	"slices"
	"strings"
)

//go:embed *.yaml sweeps/*.yaml
var builtins embed.FS

// sweepsDir is where the built-in sweeps lie, whose names are those of recipes too.
const sweepsDir = "sweeps"

// BuiltIn returns the file of a built-in recipe or sweep, as it was written.
func BuiltIn(name string) ([]byte, bool) {
	data, err := builtins.ReadFile(name + ".yaml")
	if err != nil {
		data, err = builtins.ReadFile(sweepsDir + "/" + name + ".yaml")
	}
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

// ListSweeps returns the built-in sweeps, sorted by name.
func ListSweeps() []Info {
	var out []Info
	for _, name := range namesIn(sweepsDir) {
		r, err := Load(name, nil)
		if err != nil {
			panic("recipes: built-in " + err.Error())
		}
		out = append(out, Info{r.Name, r.Summary})
	}
	return out
}

// builtinNames are those of recipes.
func builtinNames() []string { return namesIn(".") }

func namesIn(dir string) []string {
	entries, err := builtins.ReadDir(dir)
	if err != nil {
		panic("recipes: " + err.Error())
	}
	var out []string
	for _, e := range entries {
		if name, isFile := strings.CutSuffix(e.Name(), ".yaml"); isFile && !e.IsDir() {
			out = append(out, name)
		}
	}
	slices.Sort(out) // the directory sorts a-b.yaml before a.yaml
	return out
}
