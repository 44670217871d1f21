package recipes

import "slices"

type kind int

const (
	scalar kind = iota
	list
	mapping
	unset // "!unset", in text the named item that it removes
)

// A node is one value of a layer with its place. Nodes are never changed once
// built: merging makes new ones, so layers may share them.
type node struct {
	kind   kind
	at     pos
	text   string // scalar: the value, quotes and escapes undone
	quoted bool   // scalar: quoted or block text, which is never a number
	items  []*node
	only   bool    // list: "!only", which takes the named items alone
	keys   []entry // mapping: in order of writing, without repeats
}

type entry struct {
	key   string
	at    pos
	value *node
}

// get returns the value at key, or nil.
func (n *node) get(key string) *node {
	if n == nil || n.kind != mapping {
		return nil
	}
	if i := n.index(key); i >= 0 {
		return n.keys[i].value
	}
	return nil
}

func (n *node) index(key string) int {
	return slices.IndexFunc(n.keys, func(e entry) bool { return e.key == key })
}

// each are the items of a list, or the value alone.
func (n *node) each() []*node {
	if n != nil && n.kind == list {
		return n.items
	}
	return []*node{n}
}

// without returns a mapping that lacks the given keys.
func (n *node) without(drop ...string) *node {
	c := *n
	c.keys = slices.DeleteFunc(slices.Clone(n.keys), func(e entry) bool { return slices.Contains(drop, e.key) })
	return &c
}

// removes reports whether an !unset lies in a mapping or a list.
func (n *node) removes() bool {
	inside := func(it *node) bool { return it.kind == unset || it.removes() }
	return slices.ContainsFunc(n.items, inside) || slices.ContainsFunc(n.keys, func(e entry) bool { return inside(e.value) })
}

// itemName is the name by which a list item is merged, and whether it has one.
func (n *node) itemName() (string, bool) {
	if n.kind == unset {
		return n.text, n.text != ""
	}
	name := n.get("name")
	if name == nil || name.kind != scalar {
		return "", false
	}
	return name.text, true
}

// named reports whether n is a list that merges by name.
func (n *node) named() bool {
	if n.kind != list || len(n.items) == 0 {
		return false
	}
	return !slices.ContainsFunc(n.items, func(it *node) bool { _, ok := it.itemName(); return !ok })
}

// what names a value in a message: text in quotes, numbers and truth values
// without, the rest by kind.
func (n *node) what() string {
	switch n.kind {
	case list:
		return "a list"
	case mapping:
		return "a mapping"
	case unset:
		return "!unset"
	}
	if v, ok := n.value(); ok && v != nil {
		if _, isText := v.(string); !isText {
			return n.text
		}
	}
	return seen(n.text)
}
