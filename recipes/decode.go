package recipes

import (
	"cmp"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// A decoder fills structs from nodes. A value with a fault leaves its field at
// the default, so that later checks report nothing twice.
type decoder struct{ faults Faults }

// value decodes n into v. path names the value in faults, schema is path
// without the names of list items: the key of rules and words.
func (d *decoder) value(n *node, v reflect.Value, path, schema string) {
	if list, ok := v.Addr().Interface().(*Edits); ok {
		d.edits(n, list, path)
		return
	}
	if l, ok := v.Addr().Interface().(*Loss); ok {
		d.loss(n, l, path)
		return
	}
	if list, ok := v.Addr().Interface().(*Paths); ok {
		d.paths(n, list, path, schema)
		return
	}
	if isWhole(v.Type()) {
		wholeOf(v).decode(d, n, path, schema)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, path, schema)
	case reflect.Slice:
		d.list(n, v, path, schema)
	case reflect.Map:
		d.free(n, v, path)
	default:
		d.scalar(n, v, path, schema)
	}
}

func (d *decoder) structure(n *node, v reflect.Value, path, schema string) {
	if n.kind != mapping {
		d.faults.add(n.at, path, n.mistaken("a mapping"), cmp.Or(mappingHints[schema], "known: "+keysOf(v.Type())))
		return
	}
	for _, e := range n.keys {
		at := dotted(path, e.key)
		f, hint, ok := lookup(v.Type(), e.key, path)
		if !ok {
			d.faults.add(e.at, at, "unknown key", hint)
			continue
		}
		d.value(e.value, v.Field(f.index), at, dotted(schema, e.key))
	}
	for _, f := range fields(v.Type()) {
		hint, needed := required[dotted(schema, f.key)]
		if needed && n.get(f.key) == nil {
			d.faults.add(n.at, dotted(path, f.key), "missing", hint)
		}
	}
}

func keysOf(t reflect.Type) string {
	var keys []string
	for _, f := range fields(t) {
		keys = append(keys, f.key)
	}
	return strings.Join(keys, ", ")
}

func (d *decoder) list(n *node, v reflect.Value, path, schema string) {
	if n.kind != list {
		d.faults.add(n.at, path, n.mistaken("a list"), `each item begins with "- name:"`)
		return
	}
	if len(n.items) == 0 {
		d.faults.add(n.at, path, "an empty list", "at least one is needed")
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	for i, it := range n.items {
		item := v.Index(i)
		item.Set(newItem(item.Type()))
		d.value(it, item, itemPath(it, path, i), schema)
	}
}

// itemPath is path.NAME for a named item, path[i] for others.
func itemPath(it *node, path string, i int) string {
	if name, ok := it.itemName(); ok && nameForm.MatchString(name) {
		return dotted(path, name)
	}
	return fmt.Sprintf("%s[%d]", path, i)
}

func (d *decoder) scalar(n *node, v reflect.Value, path, schema string) {
	if n.kind != scalar {
		d.faults.add(n.at, path, n.mistaken(wants[v.Kind()]), "")
		return
	}
	got, ok := n.value()
	if !ok || !assign(v, got, func(v reflect.Value) bool { return d.rule(n, v, path, schema) }) {
		d.faults.add(n.at, path, n.mistaken(wants[v.Kind()]), scalarHint(n, v.Kind(), got))
	}
}

// wants is the name of a type in a message.
var wants = map[reflect.Kind]string{
	reflect.String: "text", reflect.Bool: "true or false",
	reflect.Int: "an integer", reflect.Int64: "an integer", reflect.Float64: "a number",
}

// assign sets v from a resolved scalar where the types agree and the new value
// keeps its rule; the result is whether the types agree.
func assign(v reflect.Value, got any, keeps func(reflect.Value) bool) bool {
	if i, isInt := got.(int64); isInt && v.Kind() == reflect.Float64 {
		got = float64(i)
	}
	g := reflect.ValueOf(got)
	agree := got != nil && g.Kind() == v.Kind() || v.Kind() == reflect.Int && g.Kind() == reflect.Int64
	if !agree {
		return false
	}
	if g = g.Convert(v.Type()); keeps(g) {
		v.Set(g)
	}
	return true
}

// ruleOf is the rule of a key, or of an argument below one.
func ruleOf(schema string) rule {
	if arg, is := strings.CutPrefix(schema, "sources.select."); is {
		return argRules[arg]
	}
	if arg, is := strings.CutPrefix(schema, "eval."); is {
		return evaluationRules[arg]
	}
	if arg, is := strings.CutPrefix(schema, "mix.order."); is {
		return orderRules[arg]
	}
	return rules[schema]
}

func (d *decoder) rule(n *node, v reflect.Value, path, schema string) bool {
	rule := ruleOf(schema)
	if known, ok := words[schema]; ok {
		rule = oneOf(known)
	}
	if schema == "train.trainer" {
		rule = trainerRule
	}
	if rule == nil {
		return true
	}
	msg, hint := rule(v)
	if msg != "" {
		d.faults.add(n.at, path, msg, hint)
	}
	return msg == ""
}

// mistaken says that n is not what was wanted.
func (n *node) mistaken(want string) string {
	if v, ok := n.value(); ok && v == nil && n.kind == scalar {
		return "has no value, want " + want
	}
	return n.what() + " is not " + want
}

func scalarHint(n *node, want reflect.Kind, got any) string {
	switch {
	case want == reflect.String && (got != nil || numberHint(n) != ""):
		return "quote it: " + seen(n.text)
	case want == reflect.Bool && n.quoted:
		return "write it without quotes"
	case want == reflect.Bool:
		return map[string]string{"yes": "write true", "on": "write true", "no": "write false", "off": "write false"}[strings.ToLower(n.text)]
	case want != reflect.String:
		if f, isFloat := got.(float64); isFloat && f == float64(int64(f)) {
			return "write " + strconv.FormatInt(int64(f), 10)
		}
		return numberHint(n)
	}
	return ""
}

// free decodes a mapping of anything.
func (d *decoder) free(n *node, v reflect.Value, path string) {
	if n.kind != mapping {
		d.faults.add(n.at, path, n.mistaken("a mapping"), "")
		return
	}
	v.Set(reflect.ValueOf(d.any(n, path)))
}

func (d *decoder) any(n *node, path string) any {
	switch n.kind {
	case mapping:
		out := make(map[string]any, len(n.keys))
		for _, e := range n.keys {
			out[e.key] = d.any(e.value, dotted(path, e.key))
		}
		return out
	case list:
		out := make([]any, len(n.items))
		for i, it := range n.items {
			out[i] = d.any(it, fmt.Sprintf("%s[%d]", path, i))
		}
		return out
	}
	v, ok := n.value()
	if !ok {
		hint := numberHint(n)
		if hint == "" {
			hint = "quote it if it is text"
		}
		d.faults.add(n.at, path, n.what()+" is not a number that every reader takes alike", hint)
	}
	return v
}
