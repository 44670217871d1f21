package recipes

import (
	"fmt"
	"math"
	"slices"

	"trainyard/launch/sweep"
)

// readRules reads when a cell is stopped.
func (b *sweepBlock) readRules(n *node, path string) {
	r := &b.rules
	b.mapping(n, path, func(e entry, at string) bool {
		switch e.key {
		case "not_finite":
			v, _ := e.value.value()
			truth, is := v.(bool)
			if !is {
				b.fault(e.value.at, at, e.value.mistaken("true or false"), "")
			}
			r.NotFinite = truth
		case "worse":
			r.Worse = b.number(e.value, at, 0, math.MaxFloat32)
		case "after":
			r.After = b.number(e.value, at, 0, 1)
		case "least":
			r.Least = b.whole(e.value, at, 1, maxCells)
		case "of", "at":
			word, into, words := b.word(e.value, at), &r.Of, sweep.Figures
			if e.key == "at" {
				into, words = &r.At, sweep.Measures
			}
			if !slices.Contains(words, word) {
				b.fault(e.value.at, at, fmt.Sprintf("%s is unknown", seen(word)), choose(word, words))
			}
			*into = word
		case "dollars":
			r.Dollars = b.number(e.value, at, 0, math.MaxFloat32)
		default:
			return false
		}
		return true
	}, []string{"not_finite", "worse", "of", "at", "after", "least", "dollars"})
}
