package recipes

import (
	"reflect"
	"strings"
	"sync"
)

// A field is one key of a recipe struct.
type field struct {
	key      string
	index    int
	identity string // see Recipe
	quiet    string // see Recipe: when it is left out; empty never
}

// fields lists the keys of a struct in the order in which they are declared,
// which is the order of the canonical form. Each type is looked at once: a sweep of
// hundreds of cells asks for them at every key. The slice is not to be written to.
func fields(t reflect.Type) []field {
	if known, ok := knownFields.Load(t); ok {
		return known.([]field)
	}
	out := readFields(t)
	knownFields.Store(t, out)
	return out
}

var knownFields sync.Map // reflect.Type to []field

func readFields(t reflect.Type) (out []field) {
	for i := range t.NumField() {
		f := t.Field(i)
		if key := f.Tag.Get("yaml"); key != "-" {
			out = append(out, field{key, i, f.Tag.Get("identity"), f.Tag.Get("quiet")})
		}
	}
	return out
}

// lookup finds the field of a key, or the hint for one that does not exist: a
// key close by, the same key elsewhere in the recipe, or all there are.
func lookup(t reflect.Type, key, path string) (f field, hint string, ok bool) {
	all := fields(t)
	for _, f := range all {
		if f.key == key {
			return f, "", true
		}
	}
	here := make([]string, 0, len(all)+2)
	for _, f := range all {
		here = append(here, f.key)
	}
	if path == "" {
		here = append(here, "extends", "sweep")
	}
	if hint := didYouMean(key, here); hint != "" {
		return field{}, hint, false
	}
	if strings.Contains(key, ".") {
		return field{}, "in a file, write nested mappings in place of dots", false
	}
	if w, ok := foreign[key]; ok {
		key = w
	}
	for _, p := range leaves(reflect.TypeFor[Recipe](), "") {
		if strings.HasSuffix(p, "."+key) {
			return field{}, `did you mean "` + p + `"?`, false
		}
	}
	return field{}, "known: " + strings.Join(here, ", "), false
}

// leaves lists the dotted paths below t, a named item written NAME.
func leaves(t reflect.Type, path string) []string {
	switch {
	case t == reflect.TypeFor[Edits](), t == reflect.TypeFor[Paths](), isWhole(t):
		return []string{path}
	case t.Kind() == reflect.Slice:
		return leaves(t.Elem(), dotted(path, "NAME"))
	case t.Kind() != reflect.Struct:
		return []string{path}
	}
	var out []string
	for _, f := range fields(t) {
		out = append(out, leaves(t.Field(f.index).Type, dotted(path, f.key))...)
	}
	return out
}
