package mix

import (
	"fmt"
	"slices"

	"trainyard/mix/sample"
)

// repeat gives every row that is taken again an item of its own, with a place
// of its own in the shuffle and a trajectory id of its own: that of the record,
// -x2 for the second time and so on. What comes after sees rows, each once.
func (p *planner) repeat(out *plan) {
	slices.Sort(out.Train)
	var names map[string]bool
	for same := range runs(out.Train, func(a, b int32) bool { return a == b }) {
		if len(same) > 1 && names == nil {
			names = p.ids(out)
		}
		i := same[0]
		for n := 1; n < len(same); n++ {
			same[n] = p.again(i, n+1)
			out.Renamed[same[n]] = p.freeName(p.id(i), n+1, names)
		}
		if len(same) > 1 {
			p.entries.lines[p.lineOf[i]].rows = rowCountOf(p.items[i].rows() * len(same))
		}
	}
	out.Items = p.items
}

// again adds an item that is a row for another time.
func (p *planner) again(item int32, time int) int32 {
	p.items = append(p.items, p.items[item])
	p.lineOf = append(p.lineOf, p.lineOf[item])
	p.key = append(p.key, sample.Key(p.cfg.Seed, "again", p.key[item], uint64(time)))
	return int32(len(p.items) - 1)
}

// ids are all trajectory ids that rows have.
func (p *planner) ids(out *plan) map[string]bool {
	names := map[string]bool{}
	for _, rows := range [][]int32{out.Train, out.Validation} {
		for _, i := range rows {
			names[p.id(i)] = true
		}
	}
	return names
}

func (p *planner) freeName(id string, time int, taken map[string]bool) string {
	name := fmt.Sprintf("%s-x%d", id, time)
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-x%d-%d", id, time, n)
	}
	taken[name] = true
	return name
}
