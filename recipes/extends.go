package recipes

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"trainyard/format/regular"
)

const maxFiles = 32 // in one chain

// A file is the text of one layer and where it came from.
type file struct {
	label   string // as shown in faults
	id      string // equal for two ways to write one file
	dir     string // where its extends start; empty for a built-in
	builtin bool
	data    []byte
}

// find opens a built-in name, or a path relative to dir. A built-in extends
// built-ins only, so what it says cannot depend on the machine.
func find(ref, dir string, builtinOnly bool) (f *file, msg, hint string) {
	if data, ok := BuiltIn(ref); ok {
		label := builtinLabel(ref)
		return &file{label: label, id: label, builtin: true, data: data}, "", ""
	}
	if builtinOnly || ref == "" {
		return nil, fmt.Sprintf("no recipe %s", seen(ref)), choose(ref, slices.Concat(builtinNames(), namesIn(sweepsDir)))
	}
	path := ref
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if msg, hint := refuseDirectory(ref, path); msg != "" {
		return nil, msg, hint
	}
	data, err := read(path)
	if msg, hint := refuseData(ref, data); err == nil && msg != "" {
		return nil, msg, hint
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Sprintf("no recipe %s: neither a file nor built in", seen(ref)), missing(ref, path)
	case err != nil:
		return nil, strings.ReplaceAll(err.Error(), "\n", " "), ""
	}
	return &file{label: path, id: identity(path), dir: filepath.Dir(path), data: data}, "", ""
}

// read stops just past the limit, so that a device without end is only a
// recipe that is too long.
func read(path string) ([]byte, error) {
	f, err := regular.OpenInput(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFileBytes+1))
}

func missing(ref, path string) string {
	for _, ext := range []string{".yaml", ".yml"} {
		if _, err := os.Stat(path + ext); err == nil {
			return fmt.Sprintf("did you mean %q?", ref+ext)
		}
	}
	all := "trainyard list recipes names those built in" // two dozen
	if hint := didYouMean(ref, slices.Concat(builtinNames(), namesIn(sweepsDir))); hint != "" {
		return hint + " " + all
	}
	return all
}

func identity(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path
}

type layer struct {
	file *file
	root *node
}

// A chain collects the layers of a recipe, parents before children. A file
// that is reached twice counts where it is first met, so that what one parent
// changed in a common ancestor is not undone by the next parent.
type chain struct {
	layers []layer
	open   []*file // from the recipe down to the file being read
	seen   map[string]bool
	faults Faults
	parsed parsedFiles
}

// parsedFiles are files that several recipes are made of, by their labels; nil keeps none.
type parsedFiles map[string]parsedFile

type parsedFile struct {
	data   []byte
	root   *node
	faults Faults
}

func (p parsedFiles) parse(f *file) (*node, Faults) {
	known, there := p[f.label]
	if there && bytes.Equal(known.data, f.data) {
		return known.root, known.faults
	}
	root, faults := parse(f.label, f.data)
	if p != nil {
		p[f.label] = parsedFile{f.data, root, faults}
	}
	return root, faults
}

func (c *chain) walk(f *file) {
	c.seen[f.id] = true
	root, faults := c.parsed.parse(f)
	c.faults = append(c.faults, faults...)
	if root == nil || root.kind != mapping {
		if len(faults) == 0 {
			c.faults.add(pos{f.label, 1, 1}, "", notRecipe(root), `a recipe is a mapping that begins with "name:"`)
		}
		return
	}
	root = undotted(root, &c.faults)
	c.open = append(c.open, f)
	for _, ref := range c.parents(root.get("extends")) {
		c.follow(f, ref)
	}
	c.open = c.open[:len(c.open)-1]
	c.layers = append(c.layers, layer{f, root})
}

func notRecipe(root *node) string {
	if root == nil {
		return "the file is empty"
	}
	return root.what() + " is not a recipe"
}

// parents reads the value of extends: one reference or a list of them.
func (c *chain) parents(n *node) []*node {
	if n == nil {
		return nil
	}
	refs := []*node{n}
	if n.kind == list {
		refs = n.items
	}
	return slices.DeleteFunc(slices.Clone(refs), func(ref *node) bool {
		if ref.kind == scalar && ref.text != "" {
			if _, ok := asText(ref.value()); ok {
				return false
			}
		}
		c.faults.add(ref.at, "extends", ref.what()+" is not a recipe's name or path", "write extends: NAME, or extends: [NAME, PATH.yaml]")
		return true
	})
}

func (c *chain) follow(from *file, ref *node) {
	parent, msg, hint := find(ref.text, from.dir, from.builtin)
	switch {
	case msg != "":
		c.faults.add(ref.at, "extends", msg, hint)
	case slices.ContainsFunc(c.open, func(f *file) bool { return f.id == parent.id }):
		c.faults.add(ref.at, "extends", "extends itself: "+c.cycle(parent), "remove one of them")
	case c.seen[parent.id]:
	case len(c.seen) >= maxFiles:
		c.faults.add(ref.at, "extends", fmt.Sprintf("more than %d files in one recipe", maxFiles), "")
	default:
		c.walk(parent)
	}
}

// cycle spells the way from f back to f.
func (c *chain) cycle(f *file) string {
	i := slices.IndexFunc(c.open, func(o *file) bool { return o.id == f.id })
	var labels []string
	for _, o := range c.open[i:] {
		labels = append(labels, o.label)
	}
	return strings.Join(append(labels, f.label), " → ")
}
