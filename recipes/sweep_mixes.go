package recipes

import (
	"fmt"
	"math"
)

type seriesBlock struct {
	at  pos
	by  string
	opt SeriesOptions
}

// readMixes reads the series that make mixes of the recipe's own, one or a list.
func (b *sweepBlock) readMixes(n *node, path string) {
	for _, it := range n.each() {
		s := seriesBlock{at: it.at, opt: SeriesOptions{Count: 8, Strength: 1}}
		b.mapping(it, path, func(e entry, at string) bool { return b.readSeries(&s, e, at) }, []string{"by", "count", "seed", "strength", "base", "fractions"})
		if _, known := AllSeries[s.by]; !known && it.kind == mapping {
			b.fault(it.at, dotted(path, "by"), fmt.Sprintf("no series of mixes is called %s", seen(s.by)), choose(s.by, names(AllSeries)))
			continue
		}
		b.mixes = append(b.mixes, s)
	}
}

func (b *sweepBlock) readSeries(s *seriesBlock, e entry, at string) bool {
	switch e.key {
	case "by":
		s.by = b.word(e.value, at)
	case "count":
		s.opt.Count = b.whole(e.value, at, 1, maxCells)
	case "seed":
		s.opt.Seed = int64(b.whole(e.value, at, 0, math.MaxInt32))
	case "strength":
		s.opt.Strength = b.number(e.value, at, 0, math.MaxFloat32)
	case "base":
		b.each(e.value, at, func(it *node, path string) { s.opt.Base = append(s.opt.Base, b.word(it, path)) })
	case "fractions":
		b.each(e.value, at, func(it *node, path string) { s.opt.Fractions = append(s.opt.Fractions, b.number(it, path, 0, 1)) })
	default:
		return false
	}
	return true
}
