package recipes

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Paths are where a source's records lie: a file, a directory or a glob each.
// In a file they are text, or a list of it. A list of one is that one.
type Paths []string

// String writes the paths on one line, for people and for a manifest.
func (p Paths) String() string { return strings.Join(p, ", ") }

// pathsHint shows both ways to write them.
func pathsHint(path string) string {
	key := lastKey(path)
	if key == "path" {
		return "write path: FILE, or path: [FILE, FILE]"
	}
	return fmt.Sprintf("write %s: NAME, or %s: [NAME, NAME]", key, key)
}

func lastKey(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// paths decodes one path or a list of them, each by the rule of the key.
func (d *decoder) paths(n *node, into *Paths, path, schema string) {
	switch {
	case n.kind == scalar:
		*into = d.path(nil, n, path, schema)
		return
	case n.kind != list:
		d.faults.add(n.at, path, n.mistaken("text"), pathsHint(path))
		return
	case len(n.items) == 0:
		d.faults.add(n.at, path, "an empty list", "at least one is needed")
		return
	}
	var all Paths
	for i, it := range n.items {
		at := fmt.Sprintf("%s[%d]", path, i)
		before := len(all)
		if all = d.path(all, it, at, schema); len(all) > before && slices.Contains(all[:before], all[before]) {
			d.faults.add(it.at, at, seen(all[before])+" stands there twice", "name it once")
		}
	}
	*into = all
}

func (d *decoder) path(all Paths, n *node, path, schema string) Paths {
	text := ""
	before := len(d.faults)
	d.scalar(n, reflect.ValueOf(&text).Elem(), path, schema)
	if len(d.faults) > before {
		return all
	}
	return append(all, text)
}

// pathsNode reads an override of paths: a list as YAML, and everything else as
// the text that it is, so that a glob needs no quotes.
func (o *overriding) pathsNode(value string) *node {
	if strings.HasPrefix(value, "[") {
		if n, faults := parse(o.at.file, []byte(value)); len(faults) == 0 && n != nil && n.kind == list {
			return n.moved(o.at)
		}
	}
	return &node{at: o.at, text: value, quoted: true}
}
