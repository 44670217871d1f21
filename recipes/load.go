package recipes

import "reflect"

// Options are what a caller lays over the files of a recipe, and asks of them.
type Options struct {
	// Overrides are "mix.seed=3" and the like; the last word on a key wins.
	Overrides []string
	// Trainer stands in place of the recipe's train.trainer, before Overrides.
	// Parameters are a trainer's own, so another one inherits none. Empty: the
	// recipe's.
	Trainer string
	// Files asks for a fault for each file that the recipe names and that is
	// not there; nil asks for none.
	Files *Files
	// Under is a recipe that is put below this one's own parents, as the first name
	// of its extends would be; empty: none.
	Under string

	// some are overrides that count where the recipe has the item that they name, which
	// another recipe of a sweep may have alone.
	some *someOverrides

	parsed parsedFiles
}

// Load reads the recipe of that name or path and lays the overrides
// ("mix.seed=3") over it. A built-in name wins over a file of the same name;
// write ./demo for the file. The error is [Faults].
func Load(nameOrPath string, overrides []string) (*Recipe, error) {
	return LoadWith(nameOrPath, Options{Overrides: overrides})
}

// LoadWith is [Load] for callers that ask for more.
func LoadWith(nameOrPath string, o Options) (*Recipe, error) {
	f, msg, hint := find(nameOrPath, "", false)
	if msg != "" {
		return nil, Faults{{Msg: msg, Hint: hint}}
	}
	r, root, err := loadTree(f, o)
	if err != nil || o.Files == nil {
		return r, err
	}
	c := &fileCheck{r: r, files: *o.Files}
	c.check(root)
	if err := c.faults.err(); err != nil {
		return nil, err
	}
	return r, nil
}

// loadTree also returns the merged layers, which hold the places.
func loadTree(f *file, o Options) (*Recipe, *node, error) {
	c := &chain{seen: map[string]bool{}, parsed: o.parsed}
	if o.Under != "" {
		under, msg, hint := find(o.Under, f.dir, f.builtin)
		if msg != "" {
			return nil, nil, Faults{{Msg: msg, Hint: hint}}
		}
		c.walk(under)
	}
	if !c.seen[f.id] {
		c.walk(f)
	}
	if err := c.faults.err(); err != nil {
		return nil, nil, err
	}
	m := &merger{}
	root := m.layers(c.layers, f)
	if o.Trainer != "" {
		root = m.merge(root, otherTrainer(root, o.Trainer), "", "")
	}
	block := root.get("sweep")
	root = root.without("sweep")
	lay := func(arg string, absent func(string, []string)) {
		if layer := override(arg, root, &m.faults, absent); layer != nil {
			root = m.merge(root, layer, "", "")
		}
	}
	o.some.each(lay)
	for _, arg := range o.Overrides {
		lay(arg, nil)
	}
	r, faults := decode(root)
	if err := append(m.faults, faults...).err(); err != nil {
		return nil, nil, err
	}
	r.Dir, r.said, r.sweep = f.dir, root, block
	for _, l := range c.layers {
		r.Files = append(r.Files, l.file.label)
	}
	return r, root, nil
}

// layers folds the files of a chain, f the last of them.
func (m *merger) layers(layers []layer, f *file) *node {
	root := &node{kind: mapping}
	for _, l := range layers {
		layer := l.root.without("extends")
		if l.file != f {
			layer = layer.without("name", "summary")
		}
		root = m.merge(root, layer, "", "")
	}
	return root
}

// otherTrainer is the layer that puts another trainer in the recipe's place.
func otherTrainer(root *node, trainer string) *node {
	at := pos{file: "override " + seen("train.trainer="+trainer)}
	train := &node{kind: mapping, at: at, keys: []entry{{"trainer", at, &node{at: at, text: trainer, quoted: true}}}}
	was := defaults().Train.Trainer
	if n := root.get("train").get("trainer"); n != nil {
		was = n.text
	}
	if was != trainer && root.get("train").get("params") != nil {
		train.keys = append(train.keys, entry{"params", at, &node{kind: unset, at: at}})
	}
	return &node{kind: mapping, at: at, keys: []entry{{"train", at, train}}}
}

// decode turns merged layers into a checked recipe.
func decode(root *node) (*Recipe, Faults) {
	r := defaults()
	d := &decoder{}
	d.value(root, reflect.ValueOf(r).Elem(), "", "")
	r.derive()
	check(r, root, &d.faults)
	return r, d.faults
}
