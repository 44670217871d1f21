package recipes

import (
	"reflect"
	"slices"

	"trainyard/mix"
)

// An Order is that of the rows of the train side. In a file it is shuffle, a
// feature, or a mapping.
type Order struct {
	By     string `yaml:"by" quiet:"shuffle"`
	First  string `yaml:"first" quiet:"empty"`
	Stages Paths  `yaml:"stages" quiet:"empty"`
}

func (o *Order) typeName() string { return "word, or a mapping" }

func (o *Order) canonical() any {
	if o.First == "" && len(o.Stages) == 0 {
		return o.By
	}
	return structTree(reflect.ValueOf(*o), []string{""})
}

func (o *Order) decode(d *decoder, n *node, path, schema string) {
	v := reflect.ValueOf(o).Elem()
	switch n.kind {
	case scalar:
		d.scalar(n, v.Field(0), path, dotted(schema, "by"))
	case mapping:
		d.structure(n, v, path, schema)
	default:
		d.faults.add(n.at, path, n.mistaken("an order"), "write shuffle, a feature, or {by: n_tokens, first: least, stages: [SOURCE, SOURCE]}")
	}
}

// orderRules are the ranges of its members.
var orderRules = map[string]rule{"by": orderRule, "first": oneOf(ends), "stages": nameRule}

func orderRule(v reflect.Value) (msg, hint string) {
	if v.String() == mix.Shuffle {
		return "", ""
	}
	return featureRule(v)
}

func (o Order) order() mix.Order {
	return mix.Order{By: o.By, First: o.First, Stages: o.Stages}
}

// checkOrder finds stages that are no sources.
func checkOrder(r *Recipe, root *node, faults *Faults) {
	var sources []string
	for _, s := range r.Sources {
		sources = append(sources, s.Name)
	}
	for _, name := range r.Mix.Order.Stages {
		if !slices.Contains(sources, name) {
			faults.add(place(root.get("mix"), "order", root), "mix.order.stages", "no source is named "+seen(name), choose(name, sources))
		}
	}
}
