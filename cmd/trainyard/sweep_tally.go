package main

import (
	"fmt"
	"strings"
	"sync"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

// A sweepTally counts the cells whose runs have ended while a sweep runs.
type sweepTally struct {
	mu    sync.Mutex
	cells map[string]bool // whether it is known to have ended
	of    int             // that are run at the most
}

func newSweepTally(p *yard.SweepPlan) *sweepTally {
	tally := &sweepTally{cells: map[string]bool{}, of: p.Total.Planned}
	for _, c := range p.Cells {
		if c.Same == "" {
			tally.cells[c.Name] = c.State.Ended() && c.Run != nil && !c.State.Again()
		}
	}
	return tally
}

// telling says news, those of an end with how many cells have ended.
func (tally *sweepTally) telling(t *face.Terminal) func(yard.SweepNews) {
	return func(n yard.SweepNews) {
		tally.mu.Lock()
		defer tally.mu.Unlock()
		if _, isCell := tally.cells[n.Cell]; isCell && endsRun(n.What) {
			tally.cells[n.Cell] = true
			n.What += fmt.Sprintf(" (%d of %d)", tally.ended(), tally.of)
		}
		sayNews(t, n)
	}
}

func (tally *sweepTally) ended() (n int) {
	for _, is := range tally.cells {
		if is {
			n++
		}
	}
	return n
}

// endsRun reports whether news are that a run has ended.
func endsRun(what string) bool {
	for _, state := range []string{"succeeded,", "failed,", "cancelled,"} {
		if strings.HasPrefix(what, state) {
			return true
		}
	}
	return false
}
