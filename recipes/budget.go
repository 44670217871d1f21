package recipes

import (
	"fmt"
	"reflect"
	"strconv"
)

// A Budget is the most to take: a number of units, or a percentage of all that
// the sources have. Zero is no limit.
type Budget struct {
	Units   int64
	Percent float64 // 0 = Units counts
}

func (b *Budget) typeName() string { return "integer, or a percentage" }

func (b *Budget) canonical() any {
	if b.Percent > 0 {
		return strconv.FormatFloat(b.Percent, 'f', -1, 64) + "%"
	}
	return b.Units
}

func (b *Budget) decode(d *decoder, n *node, path, schema string) {
	m := percentForm.FindStringSubmatch(n.text)
	if n.kind != scalar || m == nil {
		d.scalar(n, reflect.ValueOf(&b.Units).Elem(), path, schema)
		return
	}
	percent, _ := strconv.ParseFloat(m[1], 64)
	if percent <= 0 || percent > 100 {
		d.faults.add(n.at, path, n.text+" is not above 0 % and up to 100 %", "write a part of all that the sources have, or a number of units")
		return
	}
	*b = Budget{Percent: percent}
}

// A Weights gives sources numbers, by name.
type Weights map[string]float64

func (w *Weights) typeName() string { return "mapping" }

func (w *Weights) canonical() any {
	if len(*w) == 0 {
		return tree{}
	}
	return mapTree(reflect.ValueOf(map[string]float64(*w)), nil)
}

func (w *Weights) decode(d *decoder, n *node, path, schema string) {
	if n.kind != mapping {
		d.faults.add(n.at, path, n.mistaken("a mapping"), fmt.Sprintf("write %s: {SOURCE: 2}", lastKey(path)))
		return
	}
	*w = Weights{}
	for _, e := range n.keys {
		var f float64
		before := len(d.faults)
		if d.scalar(e.value, reflect.ValueOf(&f).Elem(), dotted(path, e.key), schema); len(d.faults) == before {
			(*w)[e.key] = f
		}
	}
}
