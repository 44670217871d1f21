package recipes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"

	"trainyard/format/edit"
)

// A tree is a mapping in canonical order: struct fields as declared, free keys
// sorted. A member's value is a tree, []any, string, bool, int64, float64 or nil.
type tree []member

type member struct {
	key   string
	value any
}

// tree returns the members of the recipe whose identity tag is among tags.
func (r *Recipe) tree(tags ...string) tree {
	return structTree(reflect.ValueOf(r).Elem(), tags)
}

// JSON is the whole resolved recipe as one canonical line, name and summary
// included: what a manifest or a run's record keeps.
func (r *Recipe) JSON() []byte { return r.tree("none", "", "run").json(nil) }

func structTree(v reflect.Value, tags []string) tree {
	out := tree{}
	for _, f := range fields(v.Type()) {
		if slices.Contains(tags, f.identity) && !(f.quiet != "" && isEmpty(v.Field(f.index), f.quiet)) {
			out = append(out, member{f.key, canonical(v.Field(f.index), tags)})
		}
	}
	return out
}

func isEmpty(v reflect.Value, quiet string) bool {
	switch quiet {
	case "seed":
		return v.Int() == unsaid
	case "unsaid":
		return v.Float() == unsaid
	}
	if quiet != "empty" {
		return fmt.Sprint(canonical(v, nil)) == quiet
	}
	return v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}

func canonical(v reflect.Value, tags []string) any {
	if edit, ok := v.Interface().(edit.Spec); ok {
		return editTree(edit, tags)
	}
	if l, ok := v.Interface().(Loss); ok {
		return canonicalLoss(l, tags)
	}
	if paths, ok := v.Interface().(Paths); ok && len(paths) == 1 {
		return paths[0]
	}
	if isWhole(v.Type()) {
		return wholeOf(v).canonical()
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return canonical(v.Elem(), tags)
	case reflect.Struct:
		return structTree(v, tags)
	case reflect.Map:
		return mapTree(v, tags)
	case reflect.Slice, reflect.Array:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = canonical(v.Index(i), tags)
		}
		return out
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Float64, reflect.Float32:
		return v.Float()
	}
	if v.CanInt() {
		return v.Int()
	}
	panic(fmt.Sprintf("recipes: a %s in a recipe", v.Kind()))
}

func mapTree(v reflect.Value, tags []string) tree {
	out := tree{}
	for it := v.MapRange(); it.Next(); {
		out = append(out, member{it.Key().String(), canonical(it.Value(), tags)})
	}
	slices.SortFunc(out, func(a, b member) int { return bytes.Compare([]byte(a.key), []byte(b.key)) })
	return out
}

// json appends the tree as one line of JSON, spaced so that it is YAML as well.
func (t tree) json(dst []byte) []byte {
	dst = append(dst, '{')
	for i, m := range t {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(quote(dst, m.key), ": "...)
		dst = appendJSON(dst, m.value)
	}
	return append(dst, '}')
}

func appendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case tree:
		return v.json(dst)
	case []any:
		dst = append(dst, '[')
		for i, it := range v {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = appendJSON(dst, it)
		}
		return append(dst, ']')
	case string:
		return quote(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return appendFloat(dst, v)
	}
	return append(dst, "null"...)
}

// appendFloat writes a whole number of at most 15 digits as the integer it
// equals, so that 1.0 and 1 are one value, and others in the shortest form
// that reads back.
func appendFloat(dst []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendInt(dst, int64(f), 10)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}

func quote(dst []byte, s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("recipes: " + err.Error())
	}
	// JSON lets DEL stand, YAML does not.
	text := bytes.ReplaceAll(b.Bytes(), []byte("\x7f"), []byte(`\u007f`))
	return append(dst, bytes.TrimSuffix(text, []byte("\n"))...)
}
