package recipes

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// override turns "key.sub=value" into a layer for the merged root, typed by
// the schema: text is taken as it stands, numbers and truth values as in a
// file, and lists, mappings and everything below train.params is YAML.
//
// absent, where it is not nil, is told of an item that the root does not have in place of
// a fault: its path, and the names of those that it has.
func override(arg string, root *node, faults *Faults, absent func(item string, names []string)) *node {
	o := &overriding{at: pos{file: "override " + seen(arg)}, root: root, faults: faults, absent: absent}
	key, value, found := strings.Cut(arg, "=")
	switch {
	case !utf8.ValidString(arg):
		o.fault("", "not UTF-8", "")
	case !found:
		o.fault("", "no = in it", "write key=value, such as mix.seed=3")
	case key == "" || strings.HasPrefix(key, ".") || strings.HasSuffix(key, ".") || strings.Contains(key, ".."):
		o.fault("", fmt.Sprintf("%s is not a key", seen(key)), "write key=value, such as mix.seed=3")
	default:
		return o.descend(reflect.TypeFor[Recipe](), strings.Split(key, "."), value, "")
	}
	return nil
}

type overriding struct {
	at     pos
	root   *node
	faults *Faults
	absent func(item string, names []string)
}

// fault records the fault and returns no layer.
func (o *overriding) fault(path, msg, hint string) *node {
	o.faults.add(o.at, path, msg, hint)
	return nil
}

// descend builds the layer for the keys that are left below a value of type t.
func (o *overriding) descend(t reflect.Type, keys []string, value, path string) *node {
	if len(keys) == 0 {
		return o.leaf(t, value, path)
	}
	at := dotted(path, keys[0])
	if t == reflect.TypeFor[Edits]() {
		return o.fault(path, "is replaced whole", "write "+path+"=[NAME, {name: NAME, ARGUMENT: VALUE}]")
	}
	if t == reflect.TypeFor[Paths]() || isWhole(t) && t.Kind() != reflect.Map {
		return o.fault(path, "has no keys below it", "")
	}
	switch t.Kind() {
	case reflect.Struct:
		f, hint, ok := lookup(t, keys[0], path)
		if !ok {
			return o.fault(at, "unknown key", o.hint(keys[0], path, hint))
		}
		return o.under(keys[0], o.descend(t.Field(f.index).Type, keys[1:], value, at))
	case reflect.Slice:
		return o.item(t, keys, value, path)
	case reflect.Map:
		return o.under(keys[0], o.descend(t, keys[1:], value, at))
	}
	return o.fault(path, "has no keys below it", "")
}

func (o *overriding) hint(key, path, hint string) string {
	if path == "" && key == "extends" {
		return "a recipe's parents are not overridden; write a file that extends both"
	}
	if path == "" && key == "sweep" {
		return "a sweep is not overridden; write a file that extends it"
	}
	return strings.ReplaceAll(hint, "NAME", "SOURCE")
}

func (o *overriding) under(key string, value *node) *node {
	if value == nil {
		return nil
	}
	return &node{kind: mapping, at: o.at, keys: []entry{{key, o.at, value}}}
}

// item descends into the named item keys[0] of a list, which has to exist: a
// new one would lack everything but the one key.
func (o *overriding) item(t reflect.Type, keys []string, value, path string) *node {
	names := o.itemNames(path)
	at := dotted(path, keys[0])
	if !slices.Contains(names, keys[0]) {
		if o.absent != nil {
			o.absent(at, names)
			return nil
		}
		return o.fault(at, fmt.Sprintf("no item named %s", seen(keys[0])), choose(keys[0], names))
	}
	if len(keys) == 1 && value == "!unset" {
		return &node{kind: list, at: o.at, items: []*node{{kind: unset, at: o.at, text: keys[0]}}}
	}
	item := o.descend(t.Elem(), keys[1:], value, at)
	switch {
	case item == nil:
		return nil
	case item.kind != mapping:
		return o.fault(at, item.mistaken("a mapping"), "write "+at+".KEY=VALUE")
	case item.get("name") != nil:
		return o.fault(at, "an override cannot rename", "rename it in the file")
	}
	name := entry{"name", o.at, &node{at: o.at, text: keys[0], quoted: true}}
	item.keys = append([]entry{name}, item.keys...)
	return &node{kind: list, at: o.at, items: []*node{item}}
}

func (o *overriding) itemNames(path string) []string {
	list := o.root
	for _, key := range strings.Split(path, ".") {
		list = list.get(key)
	}
	return list.itemNames()
}

// leaf reads the value of an override as type t asks.
func (o *overriding) leaf(t reflect.Type, value, path string) *node {
	switch {
	case value == "!unset":
		return &node{kind: unset, at: o.at}
	case t == reflect.TypeFor[Paths]():
		return o.pathsNode(value)
	case t.Kind() == reflect.String:
		return &node{at: o.at, text: value, quoted: true}
	case t.Kind() != reflect.Struct && t.Kind() != reflect.Slice && t.Kind() != reflect.Map:
		return &node{at: o.at, text: strings.TrimSpace(value)}
	}
	n, faults := parse(o.at.file, []byte(value))
	for _, f := range faults {
		o.fault(path, f.Msg, f.Hint)
	}
	switch {
	case len(faults) > 0:
		return nil
	case n == nil:
		return &node{at: o.at}
	}
	return n.moved(o.at)
}

// moved returns n with every place replaced.
func (n *node) moved(at pos) *node {
	c := *n
	c.at, c.items, c.keys = at, nil, nil
	for _, it := range n.items {
		c.items = append(c.items, it.moved(at))
	}
	for _, e := range n.keys {
		c.keys = append(c.keys, entry{e.key, at, e.value.moved(at)})
	}
	return &c
}
