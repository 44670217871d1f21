package recipes

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// A Setting is one key of a resolved recipe, with its value and who said it.
type Setting struct {
	Key      string   // dotted, the items of lists by name
	Value    any      // in canonical form
	Origin   Origin   // who said it
	Identity Identity // what another value would make new
}

// An Origin is where a value comes from.
type Origin struct {
	Kind string `json:"kind"`           // one of the constants below
	File string `json:"file,omitempty"` // as the recipe was named; for an override its text
	Line int    `json:"line,omitempty"` // 1-based
	// Follows says which other value a default was taken from.
	Follows string `json:"follows,omitempty"`
}

// The kinds of origins.
const (
	FromFile     = "file"
	FromBuiltIn  = "built-in" // a file that comes with the program
	FromOverride = "override"
	FromDefault  = "default"
)

// String is file:line, the override, or default.
func (o Origin) String() string {
	switch {
	case o.Kind == FromOverride:
		return o.File
	case o.Kind == FromDefault && o.Follows != "":
		return "default: " + o.Follows
	case o.Kind == FromDefault:
		return o.Kind
	}
	return fmt.Sprintf("%s:%d", printable(o.File), o.Line)
}

// Text is the value on one line, as an override would spell it.
func (s Setting) Text() string { return yamlText(s.Value) }

// MarshalJSON writes the value as the recipe's JSON has it.
func (s Setting) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Key      string          `json:"key"`
		Value    json.RawMessage `json:"value"`
		Origin   Origin          `json:"origin"`
		Identity Identity        `json:"identity"`
	}{s.Key, appendJSON(nil, s.Value), s.Origin, s.Identity})
}

// Settings lists every key of the recipe, in the order of [Recipe.YAML]. An
// accept mapping, a list of edits and a loss are one value each, and so is each of
// the trainer's parameters.
func (r *Recipe) Settings() []Setting {
	return settingsOf(reflect.ValueOf(r).Elem(), Setting{}, "", r.said)
}

// settingsOf lists the settings below a struct. at has what they share, said
// is the node that says the struct, or nil.
func settingsOf(v reflect.Value, at Setting, schema string, said *node) (all []Setting) {
	for _, f := range fields(v.Type()) {
		below := Setting{Key: dotted(at.Key, f.key), Identity: at.Identity}
		if below.Identity == "" || f.identity != "" {
			below.Identity = identities[f.identity]
		}
		all = append(all, settingsAt(v.Field(f.index), below, dotted(schema, f.key), said.get(f.key))...)
	}
	return all
}

func settingsAt(v reflect.Value, at Setting, schema string, said *node) (all []Setting) {
	switch {
	case v.Type() == reflect.TypeFor[Accept]():
		at.Value = chosen(canonical(v, []string{""}).(tree))
	case v.Type() == reflect.TypeFor[Loss]():
		at.Value = canonical(v, nil)
		if v.Len() == 0 {
			at.Value = allTurns
		}
	case isWhole(v.Type()):
		at.Value = canonical(v, nil)
	case v.Kind() == reflect.Struct:
		return settingsOf(v, at, schema, said)
	case isNamedList(v):
		return settingsOfItems(v, at, schema, said)
	case v.Kind() == reflect.Map && v.Len() > 0:
		for _, m := range canonical(v, nil).(tree) {
			all = append(all, Setting{Key: dotted(at.Key, m.key), Value: m.value, Origin: origin(said.get(m.key), schema), Identity: at.Identity})
		}
		return all
	default:
		at.Value = canonical(v, nil)
	}
	at.Origin = origin(said, schema)
	return []Setting{at}
}

func settingsOfItems(v reflect.Value, at Setting, schema string, said *node) (all []Setting) {
	for i := range v.Len() {
		below, item := at, (*node)(nil)
		if said != nil && i < len(said.items) {
			item = said.items[i]
		}
		below.Key = dotted(at.Key, v.Index(i).FieldByName("Name").String())
		all = append(all, settingsOf(v.Index(i), below, schema, item)...)
	}
	return all
}

// origin tells who wrote a node; none is a default.
func origin(n *node, schema string) Origin {
	switch {
	case n == nil:
		return Origin{Kind: FromDefault, Follows: follows[schema]}
	case n.at.line == 0:
		return Origin{Kind: FromOverride, File: n.at.file}
	case slices.Contains(builtinLabels(), n.at.file):
		return Origin{Kind: FromBuiltIn, File: n.at.file, Line: n.at.line}
	}
	return Origin{Kind: FromFile, File: n.at.file, Line: n.at.line}
}

func builtinLabels() (labels []string) {
	for _, name := range builtinNames() {
		labels = append(labels, builtinLabel(name))
	}
	return labels
}
