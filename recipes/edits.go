package recipes

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"trainyard/format/edit"
)

// Edits are named changes to trajectories, in the order in which they are
// made. In a file an item is a name, or a mapping of a name and arguments.
type Edits []edit.Spec

// editHint shows both ways to write an item.
const editHint = "write edits: [NAME, {name: NAME, ARGUMENT: VALUE}]; trainyard list edits shows them"

// edits decodes a list of edits and checks each as preparing it would.
func (d *decoder) edits(n *node, into *Edits, path string) {
	if n.kind != list {
		d.faults.add(n.at, path, n.mistaken("a list"), editHint)
		return
	}
	*into = make(Edits, len(n.items))
	for i, it := range n.items {
		at := fmt.Sprintf("%s[%d]", path, i)
		before := len(d.faults)
		if (*into)[i] = d.edit(it, at); len(d.faults) == before {
			d.checkEdit((*into)[i], it, at)
		}
	}
}

// checkEdit finds the faults that preparing the edit would meet.
func (d *decoder) checkEdit(spec edit.Spec, n *node, path string) {
	_, err := edit.NewEdits([]edit.Spec{spec}, noTokenizer)
	var faults edit.Faults
	if errors.As(err, &faults) {
		for _, f := range faults {
			d.faults.add(editPlace(n, f.Arg), path, strings.Join(strings.Fields(f.Detail), " "), "")
		}
	}
}

// noTokenizer stands in for what a prepare brings along: the check is of the
// recipe alone, not of files or texts.
var noTokenizer = edit.Env{
	CountTokens: func(text string) int { return len(text) },
	ReadFile:    func(string) ([]byte, error) { return []byte("text"), nil },
	Specials:    []string{"<|im_end|>"},
}

func (d *decoder) edit(n *node, path string) edit.Spec {
	if text, ok := asText(n.value()); n.kind == scalar && ok && text != "" {
		return edit.Spec{Name: text}
	}
	name := n.get("name")
	switch {
	case n.kind != mapping:
		d.faults.add(n.at, path, n.mistaken("an edit"), editHint)
		return edit.Spec{}
	case name == nil:
		d.faults.add(n.at, dotted(path, "name"), "missing", editHint)
		return edit.Spec{}
	}
	text, ok := asText(name.value())
	if name.kind != scalar || !ok || text == "" {
		d.faults.add(name.at, dotted(path, "name"), name.mistaken("an edit's name"), editHint)
		return edit.Spec{}
	}
	spec := edit.Spec{Name: text}
	for _, e := range n.keys {
		if e.key == "name" {
			continue
		}
		if spec.Args == nil {
			spec.Args = map[string]any{}
		}
		spec.Args[e.key] = d.any(e.value, dotted(path, e.key))
	}
	return spec
}

// editPlace is where the argument stands, or else the edit.
func editPlace(item *node, arg string) pos {
	if i := item.index(arg); arg != "" && i >= 0 {
		return item.keys[i].at
	}
	return item.at
}

// editTree is an edit in canonical form: the name, then the arguments sorted.
func editTree(edit edit.Spec, tags []string) tree {
	args := mapTree(reflect.ValueOf(edit.Args), tags)
	return slices.Insert(args, 0, member{"name", edit.Name})
}

// ParseEdits reads edits from a command line: each a name, or YAML with
// arguments such as {name: elide_observations, tokens: 2000}. The error is
// [Faults].
func ParseEdits(texts []string) ([]edit.Spec, error) {
	d := &decoder{}
	specs := make([]edit.Spec, len(texts))
	for i, text := range texts {
		at := pos{file: "--edit"}
		if strings.ContainsAny(text, ":[{") { // a name is in the fault anyway
			at.file += " " + seen(text)
		}
		n, faults := parse(at.file, []byte(text))
		if d.faults = append(d.faults, faults...); n == nil {
			n = &node{}
		}
		if n = n.moved(at); len(faults) > 0 {
			continue
		}
		before := len(d.faults)
		if specs[i] = d.edit(n, ""); len(d.faults) == before {
			d.checkEdit(specs[i], n, "")
		}
	}
	return specs, d.faults.err()
}
