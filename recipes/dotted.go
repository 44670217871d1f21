package recipes

import (
	"fmt"
	"slices"
	"strings"
)

// undotted puts what a file says by dotted keys, as overrides are spelled
// ("mix.seed: 3"), where nested mappings would have put it.
func undotted(root *node, faults *Faults) *node {
	out := root.without()
	out.keys = nil
	for _, e := range root.keys {
		if !strings.Contains(e.key, ".") {
			out.keys = append(out.keys, e)
		}
	}
	for _, e := range root.keys {
		parts := strings.Split(e.key, ".")
		if len(parts) > 1 && slices.Contains(parts, "") {
			out.keys = append(out.keys, e) // unknown, as it stands
		} else if len(parts) > 1 {
			out = put(out, parts, e, "", faults)
		}
	}
	return out
}

// put returns n with the value of e below the keys that are left.
func put(n *node, parts []string, e entry, path string, faults *Faults) *node {
	out := n.without()
	i, at := n.index(parts[0]), dotted(path, parts[0])
	switch {
	case i >= 0 && len(parts) == 1:
		faults.add(e.at, e.key, "is said twice", fmt.Sprintf("first on line %d", n.keys[i].at.line))
	case len(parts) == 1:
		out.keys = append(out.keys, entry{parts[0], e.at, e.value})
	case i < 0:
		below := put(&node{kind: mapping, at: e.at}, parts[1:], e, at, faults)
		out.keys = append(out.keys, entry{parts[0], e.at, below})
	case n.keys[i].value.kind != mapping:
		faults.add(e.at, e.key, fmt.Sprintf("%s is %s here, and has no keys", at, n.keys[i].value.what()), "write mappings inside each other")
	default:
		out.keys[i].value = put(n.keys[i].value, parts[1:], e, at, faults)
	}
	return out
}
