package main

import (
	"errors"
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/sweep"
)

// errSweepNotSucceeded ends a sweep that has cells or evaluations which did not do as
// meant.
var errSweepNotSucceeded = errors.New("the sweep did not succeed")

// sweepEnd is what a sweep that has ended has left; nil where every cell and evaluation
// did as meant.
func sweepEnd(p *yard.SweepPlan, program, file string) error {
	cells, evaluations := leftOf(p), leftEvaluations(p)
	var parts []string
	if cells.n > 0 {
		parts = append(parts, fmt.Sprintf("%s of %d: %s", face.Counted(cells.n, "cell"), p.Total.Cells, cells.words()))
	}
	if evaluations.n > 0 {
		parts = append(parts, fmt.Sprintf("%s of %d: %s", face.Counted(evaluations.n, "evaluation"), p.Total.Evaluations.Count, evaluations.words()))
	}
	if len(parts) == 0 {
		return nil
	}
	err := errSweepNotSucceeded
	if p.Stopped {
		err = fmt.Errorf("%w: it was stopped (sweep stop)", err)
	}
	for _, s := range p.Stages {
		if s.Undecided != "" {
			parts = append(parts, fmt.Sprintf("the stage %s waits: %s", s.Name, s.Undecided))
		}
	}
	err = fmt.Errorf("%w: %s", err, strings.Join(parts, "; "))
	if run := firstRun(cells.run, evaluations.run); run != "" {
		err = fmt.Errorf("%w\nhint: %s runs logs %.8s tells why", err, program, run)
	}
	return fmt.Errorf("%w\nhint: %s sweep run %s tries again what has not succeeded", err, program, file)
}

func firstRun(ids ...string) string {
	for _, id := range ids {
		if id != "" {
			return id
		}
	}
	return ""
}

// leftovers are names by state, in the order of [sweep.States].
type leftovers struct {
	n     int
	names map[sweep.State][]string
	run   string // the first that failed
}

func (l *leftovers) add(s sweep.State, name, run string) {
	if l.names == nil {
		l.names = map[sweep.State][]string{}
	}
	l.n++
	l.names[s] = append(l.names[s], name)
	if l.run == "" && s == sweep.Failed {
		l.run = run
	}
}

// namedLeftovers is how many are named of each state.
const namedLeftovers = 3

func (l *leftovers) words() string {
	var parts []string
	for _, s := range sweep.States {
		names := l.names[s]
		if len(names) == 0 {
			continue
		}
		more := ""
		if len(names) > namedLeftovers {
			names, more = names[:namedLeftovers], " …"
		}
		parts = append(parts, fmt.Sprintf("%s (%s%s)", statesWords(map[sweep.State]int{s: len(l.names[s])}), strings.Join(names, " "), more))
	}
	return strings.Join(parts, ", ")
}

// leftOf are the cells that did not do as meant.
func leftOf(p *yard.SweepPlan) (l leftovers) {
	for _, c := range p.Cells {
		if c.Same != "" || c.State.AsMeant() {
			continue
		}
		run := ""
		if c.Run != nil {
			run = c.Run.ID
		}
		l.add(c.State, c.Name, run)
	}
	return l
}

// leftEvaluations are those of cells that succeeded.
func leftEvaluations(p *yard.SweepPlan) (l leftovers) {
	for _, c := range p.Cells {
		if c.Same != "" || c.State != sweep.Succeeded {
			continue
		}
		for _, e := range c.Evaluations {
			if e.State == sweep.Succeeded {
				continue
			}
			run := ""
			if e.Run != nil {
				run = e.Run.ID
			}
			l.add(e.State, c.Name+"/"+e.Name, run)
		}
	}
	return l
}
