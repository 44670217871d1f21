package recipes

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"trainyard/launch/sweep"
)

// A sweepBlock is what the sweep key of a recipe says, with its places.
type sweepBlock struct {
	at         pos
	axes       []dimension // of matrix, zip and seeds, in this order
	include    []clause
	exclude    []clause
	arms       []arm
	mixes      []seriesBlock
	repeat     int
	stages     []stageBlock
	rules      sweep.Rules
	benchmarks []Benchmark
	source     string // of the published figures
	rows       []PublishedRow
	faults     Faults
}

// blockKeys read the keys of a sweep block.
var blockKeys = map[string]func(b *sweepBlock, n *node, path string){
	"matrix": (*sweepBlock).matrix, "zip": (*sweepBlock).zip, "seeds": (*sweepBlock).seeds,
	"include": func(b *sweepBlock, n *node, path string) { b.include = b.clauses(n, path) },
	"exclude": func(b *sweepBlock, n *node, path string) { b.exclude = b.clauses(n, path) },
	"arms":    (*sweepBlock).readArms, "mixes": (*sweepBlock).readMixes, "repeat": (*sweepBlock).readRepeat, "stop": (*sweepBlock).readRules,
	"benchmarks": (*sweepBlock).readBenchmarks, "published": (*sweepBlock).readPublished,
	"stages": (*sweepBlock).readStages,
}

func readBlock(n *node) *sweepBlock {
	b := &sweepBlock{at: n.at, rules: sweep.Usual()}
	b.mapping(n, "sweep", func(e entry, path string) bool {
		read, known := blockKeys[e.key]
		if known {
			read(b, e.value, path)
		}
		return known
	}, names(blockKeys))
	b.checkPublished()
	return b
}

func (b *sweepBlock) fault(at pos, path, msg, hint string) { b.faults.add(at, path, msg, hint) }

// mapping visits the keys of a mapping; visit tells whether it knows one.
func (b *sweepBlock) mapping(n *node, path string, visit func(e entry, path string) bool, known []string) {
	if n.kind != mapping {
		b.fault(n.at, path, n.mistaken("a mapping"), "known: "+strings.Join(known, ", "))
		return
	}
	for _, e := range n.keys {
		if at := dotted(path, e.key); !visit(e, at) {
			b.fault(e.at, at, "unknown key", choose(e.key, known))
		}
	}
}

// each visits the items of a list that may not be empty.
func (b *sweepBlock) each(n *node, path string, visit func(it *node, path string)) {
	switch {
	case n.kind != list:
		b.fault(n.at, path, n.mistaken("a list with something in it"), "")
		return
	case len(n.items) == 0:
		b.fault(n.at, path, "has nothing in it", "")
		return
	}
	for i, it := range n.items {
		visit(it, itemPath(it, path, i))
	}
}

// matrix reads axes that are multiplied: {key: train.lr, values: [1e-5, 5e-5]}.
func (b *sweepBlock) matrix(n *node, path string) {
	b.each(n, path, func(it *node, path string) {
		b.add(b.axis(it, path), dotted(path, "values"))
	})
}

// axisHint shows how an axis is written.
const axisHint = "write {key: train.lr, values: [1e-5, 5e-5]}"

func (b *sweepBlock) axis(n *node, path string) (d dimension) {
	key, values := "", (*node)(nil)
	b.mapping(n, path, func(e entry, at string) bool {
		switch e.key {
		case "key":
			key = b.word(e.value, at)
		case "values":
			values = e.value
		default:
			return false
		}
		return true
	}, []string{"key", "values"})
	switch {
	case n.kind != mapping:
		return nil
	case key == "" || values == nil:
		b.fault(n.at, path, "lacks a key or values", axisHint)
		return nil
	}
	b.each(values, dotted(path, "values"), func(it *node, at string) { d = append(d, combo{b.assign(key, it, at)}) })
	return d
}

// add takes an axis or a group of them, of which no choice may stand twice.
func (b *sweepBlock) add(d dimension, path string) {
	if len(d) == 0 {
		return
	}
	before := map[string]bool{}
	for _, c := range d {
		id, words := "", c[0].text
		for _, p := range c {
			id += p.key + "=" + p.equal + "\n"
		}
		if len(c) > 1 {
			words = strings.Join(overrides(c), ", ")
		}
		if before[id] {
			b.fault(c[0].at, path, words+" stands there twice", "name it once; repeat: 2 has every cell run twice")
		}
		before[id] = true
	}
	b.axes = append(b.axes, d)
}

// zip reads groups of axes that go together: the first value of each, then the second.
func (b *sweepBlock) zip(n *node, path string) {
	b.each(n, path, func(group *node, path string) {
		var together dimension
		b.each(group, path, func(it *node, path string) {
			d := b.axis(it, path)
			if together != nil && len(d) != len(together) {
				b.fault(it.at, path, fmt.Sprintf("%d values beside %d", len(d), len(together)), "axes of a zip group have as many values as each other")
				return
			}
			if together == nil {
				together = make(dimension, len(d))
			}
			for i := range d {
				together[i] = append(together[i], d[i]...)
			}
		})
		b.add(together, path)
	})
}

func (b *sweepBlock) seeds(n *node, path string) {
	var d dimension
	b.each(n, path, func(it *node, at string) { d = append(d, combo{b.assign(seedKey, it, at)}) })
	b.add(d, path)
}

// clauses reads a list of mappings from keys to values.
func (b *sweepBlock) clauses(n *node, path string) (all []clause) {
	b.each(n, path, func(it *node, path string) { all = append(all, clause{it.at, b.settings(it, path)}) })
	return all
}

// settings reads a mapping from dotted keys to values.
func (b *sweepBlock) settings(n *node, path string) (c combo) {
	switch {
	case n.kind != mapping:
		b.fault(n.at, path, n.mistaken("a mapping of keys and values"), "write {train.lr: 1e-5}")
		return nil
	case len(n.keys) == 0:
		b.fault(n.at, path, "has no keys in it", "write {train.lr: 1e-5}")
		return nil
	}
	for _, e := range n.keys {
		c = append(c, b.assignAll(e.key, e.value, dotted(path, e.key))...)
	}
	return c
}

// assignAll is assign, and says a mapping that removes something key by key.
func (b *sweepBlock) assignAll(key string, n *node, path string) (c combo) {
	if n.kind != mapping || !n.removes() {
		return combo{b.assign(key, n, path)}
	}
	for _, e := range n.keys {
		c = append(c, b.assignAll(dotted(key, e.key), e.value, dotted(path, e.key))...)
	}
	return c
}

// assign is the value of a key as an override says it.
func (b *sweepBlock) assign(key string, n *node, path string) assignment {
	p := assignment{key: key, at: n.at}
	switch n.kind {
	case scalar:
		p.text, p.equal = n.text, equalText(n)
		if strings.HasPrefix(key, "train.params.") && n.quoted {
			p.text = string(quote(nil, n.text))
		}
		return p
	case unset:
		p.text, p.equal = "!unset", "!unset"
		return p
	}
	if n.removes() {
		b.fault(n.at, path, "has an !unset inside", "name the key that it removes: "+key+".KEY")
		return p
	}
	d := &decoder{}
	text := string(appendJSON(nil, canonical(reflect.ValueOf(d.any(n, path)), nil)))
	b.faults = append(b.faults, d.faults...)
	p.text, p.equal = text, text
	return p
}

// equalText is alike for two spellings of one scalar.
func equalText(n *node) string {
	v, ok := n.value()
	switch v := v.(type) {
	case int64:
		return string(appendFloat(nil, float64(v)))
	case float64:
		return string(appendFloat(nil, v))
	case bool:
		return fmt.Sprint(v)
	}
	if !ok {
		return n.text
	}
	return string(quote(nil, n.text))
}

func (b *sweepBlock) word(n *node, path string) string {
	if n.kind != scalar || n.text == "" {
		b.fault(n.at, path, n.mistaken("text"), "")
		return ""
	}
	return n.text
}

func (b *sweepBlock) number(n *node, path string, least, most float64) float64 {
	v, _ := n.value()
	f, isNumber := v.(float64)
	if i, isInt := v.(int64); isInt {
		f, isNumber = float64(i), true
	}
	if n.kind != scalar || !isNumber || !(f >= least && f <= most) {
		b.fault(n.at, path, n.mistaken(rangeWords(least, most)), "")
		return least
	}
	return f
}

// rangeWords name what a number may be, without an end that is only the largest one.
func rangeWords(least, most float64) string {
	if most >= math.MaxFloat32 {
		return fmt.Sprintf("a number of %v or more", least)
	}
	return fmt.Sprintf("a number from %v to %s", least, strconv.FormatFloat(most, 'f', -1, 64))
}

func (b *sweepBlock) whole(n *node, path string, least, most int) int {
	f := b.number(n, path, float64(least), float64(most))
	if f != math.Trunc(f) {
		b.fault(n.at, path, n.mistaken("a whole number"), "")
	}
	return int(f)
}

func (b *sweepBlock) readRepeat(n *node, path string) { b.repeat = b.whole(n, path, 1, 1000) }
