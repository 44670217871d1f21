package recipes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// magics begin files that hold data and are no text.
var magics = []struct{ begin, kind string }{
	{"PAR1", "Parquet"}, {"\x1f\x8b", "gzip"}, {"\x28\xb5\x2f\xfd", "zstd"}, {"PK\x03\x04", "zip"},
	{"SQLite format 3\x00", "SQLite"},
}

// isData recognises a file of trajectories where a recipe was asked for; kind
// is empty for what may be a recipe.
func isData(data []byte) (kind string) {
	for _, m := range magics {
		if bytes.HasPrefix(data, []byte(m.begin)) {
			return m.kind
		}
	}
	if len(data) > 262 && string(data[257:262]) == "ustar" {
		return "tar"
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return ""
	}
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case len(data) > maxFileBytes && (text[0] == '[' || bytes.HasPrefix(text, []byte(`{"`))):
		return "JSON"
	case json.Valid(first) && bytes.HasPrefix(bytes.TrimSpace(rest), []byte("{")):
		return "JSON lines"
	case json.Valid(text) && !saysRecipe(text):
		return "JSON"
	}
	return ""
}

// saysRecipe reports whether a JSON document could be meant as a recipe, which
// JSON can write too: it names sources or parents, or only keys of a recipe.
func saysRecipe(text []byte) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil {
		return false
	}
	if members["sources"] != nil || members["extends"] != nil {
		return true
	}
	known := map[string]bool{}
	for _, k := range Keys() {
		top, _, _ := strings.Cut(k.Name, ".")
		known[top] = true
	}
	for key := range members {
		if !known[key] {
			return false
		}
	}
	return true
}

// refuseData tells that a file holds data, and what can be done with it.
func refuseData(ref string, data []byte) (msg, hint string) {
	kind := isData(data)
	if kind == "" {
		return "", ""
	}
	return fmt.Sprintf("%s holds data (%s) and is no recipe", seen(ref), kind),
		fmt.Sprintf(`look into it: trainyard inspect %s; a recipe names it: sources: [{name: NAME, path: %s, accept: {field: NAME}}]`, ref, filepath.Base(ref))
}

// refuseDirectory tells that a directory is no recipe, and what to do with it.
func refuseDirectory(ref, path string) (msg, hint string) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return "", ""
	}
	if _, err := os.Stat(filepath.Join(path, "manifest.json")); err == nil {
		return fmt.Sprintf("%s is a directory with a finished dataset, and no recipe", seen(ref)),
			fmt.Sprintf("trainyard launch %s trains on it, trainyard inspect %s looks into it", ref, ref)
	}
	return fmt.Sprintf("%s is a directory, and a recipe is a file", seen(ref)),
		fmt.Sprintf("look into it: trainyard inspect %s; a recipe names it: sources: [{name: NAME, path: %s, accept: {field: NAME}}]", ref, ref)
}
