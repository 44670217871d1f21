package recipes

import (
	"fmt"
	"slices"
	"strings"
)

// A merger folds layers, collecting each !unset that removes nothing.
type merger struct{ faults Faults }

// wholes are the mappings and lists that are one value: a layer that says one
// replaces it, because the members of accept exclude each other, the order of edits
// is part of what they do, and policies are one answer together.
var wholes = map[string]bool{"sources.accept": true, "sources.edits": true, "edits": true, "sources.loss": true, "loss": true, "sources.select": true, "mix.order": true}

// merge lays over on top of base, which may be nil. path names the value in
// faults, schema is path without the names of list items.
func (m *merger) merge(base, over *node, path, schema string) *node {
	switch {
	case over.kind == mapping && namedLists[path]:
		return m.patch(base, over, path, schema)
	case over.only:
		return m.only(base, over, path, schema)
	case over.kind == mapping:
		if base == nil || base.kind != mapping || wholes[schema] {
			base = &node{kind: mapping}
		}
		return m.mappings(base, over, path, schema)
	case over.kind == list && over.named() && !wholes[schema]:
		if base == nil || !base.named() {
			base = &node{kind: list}
		}
		return m.named(base, over, path, schema)
	case over.kind == list:
		return m.items(over, path, schema)
	}
	return over
}

func (m *merger) mappings(base, over *node, path, schema string) *node {
	out := &node{kind: mapping, at: settled(base, over), keys: settledAmount(base.keys, over, schema)}
	for _, e := range over.keys {
		i := out.index(e.key)
		at := dotted(path, e.key)
		switch {
		case e.value.kind == unset && i < 0 && ofCells(schema):
			m.bare(e.value, at)
			out.keys = append(out.keys, e)
		case e.value.kind == unset && i < 0:
			m.faults.add(e.value.at, at, "!unset removes nothing: no earlier layer says it", "")
		case e.value.kind == unset:
			m.bare(e.value, at)
			out.keys = slices.Delete(out.keys, i, i+1)
		case i < 0:
			e.value = m.merge(nil, e.value, at, dotted(schema, e.key))
			out.keys = append(out.keys, e)
		default:
			e.value = m.merge(out.keys[i].value, e.value, at, dotted(schema, e.key))
			out.keys[i] = e
		}
	}
	return out
}

// cellValues are the places in a sweep block whose values are laid over the recipes of cells.
var cellValues = []string{"sweep.arms.set", "sweep.stages.set", "sweep.include", "sweep.exclude", "sweep.matrix.values", "sweep.zip.values"}

// ofCells says so of a place or of what lies in it: an !unset there that removes nothing of
// the block is for the cells to do.
func ofCells(schema string) bool {
	return slices.ContainsFunc(cellValues, func(place string) bool { return schema == place || strings.HasPrefix(schema, place+".") })
}

// settled is the place of a merged mapping or list: the last file that wrote
// some of it. An override only reaches through it.
func settled(base, over *node) pos {
	if over.at.line == 0 && base.at.file != "" {
		return base.at
	}
	return over.at
}

// bare faults "key: !unset NAME": a key is removed without naming its value.
func (m *merger) bare(n *node, path string) {
	if n.text != "" {
		m.faults.add(n.at, path, fmt.Sprintf("%s after !unset", seen(n.text)), `a key is removed with "key: !unset", a named item with "- !unset NAME"`)
	}
}

// named merges items into those of base that bear their name. A name twice in
// over stays twice, for the check to find.
func (m *merger) named(base, over *node, path, schema string) *node {
	out := &node{kind: list, at: settled(base, over), items: slices.Clone(base.items)}
	at := map[string]int{}
	for i, it := range base.items {
		name, _ := it.itemName()
		at[name] = i
	}
	for _, it := range over.items {
		name, _ := it.itemName()
		i, found := at[name]
		delete(at, name)
		itemPath := dotted(path, name)
		switch {
		case it.kind == unset && !found:
			m.faults.add(it.at, itemPath, "!unset removes nothing: no earlier layer has an item of that name", "")
		case it.kind == unset:
			out.items[i] = nil
		case found:
			out.items[i] = m.merge(out.items[i], it, itemPath, schema)
		default:
			out.items = append(out.items, m.merge(nil, it, itemPath, schema))
		}
	}
	out.items = slices.DeleteFunc(out.items, func(it *node) bool { return it == nil })
	return out
}

// items settles the inside of a list that replaces what was there.
func (m *merger) items(over *node, path, schema string) *node {
	out := &node{kind: list, at: over.at}
	for i, it := range over.items {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case it.kind == unset && ofCells(schema):
			m.bare(it, at)
			out.items = append(out.items, it)
			continue
		case it.kind == unset:
			m.faults.add(it.at, at, "!unset removes nothing in a list without names", "")
			continue
		}
		out.items = append(out.items, m.merge(nil, it, at, schema))
	}
	return out
}

func dotted(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
