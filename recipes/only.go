package recipes

import "fmt"

// namedLists are the lists whose items have names, by path. A layer may
// change items by name, and take some of them alone.
var namedLists = map[string]bool{"sources": true, "eval": true}

// only takes of base the items that over names, in the order in which over
// names them. An item that is a mapping changes what it takes, or is new.
func (m *merger) only(base, over *node, path, schema string) *node {
	out := &node{kind: list, at: over.at}
	if !namedLists[path] {
		m.faults.add(over.at, path, "!only takes items by name, and these have none", "write sources: !only [NAME, NAME]")
		return out
	}
	taken := map[string]bool{}
	for i, it := range over.items {
		name, named := it.itemName()
		if !named && it.kind == scalar {
			name, named = asText(it.value())
		}
		found := base.item(name)
		switch at := dotted(path, name); {
		case !named || it.kind == unset:
			m.faults.add(it.at, fmt.Sprintf("%s[%d]", path, i), it.what()+" is not the name of an item", "write sources: !only [NAME, NAME]")
		case taken[name]:
			m.faults.add(it.at, at, "is taken twice", "")
		case it.kind == mapping:
			out.items = append(out.items, m.merge(found, it, at, schema))
		case found == nil:
			m.faults.add(it.at, at, "no earlier layer has an item of that name", choose(name, base.itemNames()))
		default:
			out.items = append(out.items, found)
		}
		taken[name] = true
	}
	if len(out.items) == 0 && base != nil {
		return base // each that was named has its fault
	}
	return out
}

// patch changes items of base by name: sources: {NAME: {share: 2}, OTHER: !unset}.
func (m *merger) patch(base, over *node, path, schema string) *node {
	list := m.patches(base, over, path)
	if len(list.items) == 0 && base != nil {
		return base
	}
	return m.merge(base, list, path, schema)
}

// patches turns a mapping of names, each with what changes or !unset, into the
// list that says the same.
func (m *merger) patches(base, over *node, path string) *node {
	out := &node{kind: list, at: over.at}
	for _, e := range over.keys {
		at := dotted(path, e.key)
		known := base.item(e.key) != nil
		if !known {
			m.faults.add(e.at, at, "no earlier layer has an item of that name", newItemHint(e.key, base))
		}
		switch {
		case !known && (base != nil || e.value.kind != mapping || e.value.get("name") != nil):
		case e.value.kind == unset:
			m.bare(e.value, at)
			out.items = append(out.items, &node{kind: unset, at: e.value.at, text: e.key})
		case e.value.kind != mapping:
			m.faults.add(e.value.at, at, e.value.mistaken("a mapping"), "write what changes, such as {share: 2}, or !unset")
		case e.value.get("name") != nil:
			m.faults.add(e.value.at, at, "has a name already: its key", "leave name out")
		default:
			item := *e.value
			name := entry{"name", e.at, &node{at: e.at, text: e.key, quoted: true}}
			item.keys = append([]entry{name}, e.value.keys...)
			out.items = append(out.items, &item)
		}
	}
	return out
}

func newItemHint(name string, base *node) string {
	if near := didYouMean(name, base.itemNames()); near != "" {
		return near
	}
	return "a new one is an item of a list: - name: " + name
}

// item is the item of that name, or nil.
func (n *node) item(name string) *node {
	if n == nil || n.kind != list {
		return nil
	}
	for _, it := range n.items {
		if own, ok := it.itemName(); ok && own == name {
			return it
		}
	}
	return nil
}

func (n *node) itemNames() (names []string) {
	if n == nil || n.kind != list {
		return nil
	}
	for _, it := range n.items {
		if name, ok := it.itemName(); ok {
			names = append(names, name)
		}
	}
	return names
}
