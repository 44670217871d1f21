package recipes

import (
	"fmt"
	"slices"
	"strings"

	"trainyard/launch/sweep"
)

// A stageBlock is one stage as the file says it.
type stageBlock struct {
	sweep.Stage
	at  pos
	set combo // over every cell of the stage
}

// stageKeys are those of a stage.
var stageKeys = []string{"name", "set", "top", "better", "by", "metric", "best"}

// readStages reads the stages: the first runs every combination, each other one those
// variants that did best in the one before.
func (b *sweepBlock) readStages(n *node, path string) {
	first := map[string]bool{}
	b.each(n, path, func(it *node, path string) {
		s := stageBlock{at: it.at}
		best := ""
		b.mapping(it, path, func(e entry, at string) bool { return b.readStage(&s, &best, e, at) }, stageKeys)
		if it.kind != mapping {
			return
		}
		switch {
		case !nameForm.MatchString(s.Name):
			b.fault(it.at, path, fmt.Sprintf("%s is not a name", seen(s.Name)), "write name: NAME of letters, digits, - and _")
		case first[s.Name]:
			b.fault(it.at, path, fmt.Sprintf("a second stage is named %q", s.Name), "names are unique")
		}
		first[s.Name] = true
		if s.Highest = best == "highest" || best == "" && s.Evaluation() != ""; len(b.stages) == 0 {
			b.checkFirst(s, best, path)
		} else {
			b.checkLater(s, path)
		}
		b.stages = append(b.stages, s)
	})
	if n.kind == list && len(n.items) == 1 {
		b.fault(n.at, path, "one stage is no choice", "write a second one, or leave stages out")
	}
}

func (b *sweepBlock) readStage(s *stageBlock, best *string, e entry, at string) bool {
	switch e.key {
	case "name":
		s.Name = b.word(e.value, at)
	case "set":
		s.set = b.settings(e.value, at)
	case "top":
		s.Top = b.whole(e.value, at, 1, maxCells)
	case "better":
		v := b.number(e.value, at, -maxNumber, maxNumber)
		s.Better = &v
	case "by":
		s.By = b.word(e.value, at)
	case "metric":
		s.Metric = b.word(e.value, at)
	case "best":
		if *best = b.word(e.value, at); *best != "highest" && *best != "lowest" && *best != "" {
			b.fault(e.value.at, at, fmt.Sprintf("%s is unknown", seen(*best)), choose(*best, []string{"highest", "lowest"}))
		}
	default:
		return false
	}
	return true
}

func (b *sweepBlock) checkFirst(s stageBlock, best, path string) {
	if s.Top > 0 || s.Better != nil || s.By != "" || s.Metric != "" || best != "" {
		b.fault(s.at, path, "the first stage runs every variant", "top, better, by, metric and best are for the stages after it")
	}
}

func (b *sweepBlock) checkLater(s stageBlock, path string) {
	switch {
	case s.By == "":
		b.fault(s.at, path, "does not say by what variants are chosen", "write by: loss, by: eval_loss, or by: eval:NAME")
	case s.Top == 0 && s.Better == nil:
		b.fault(s.at, path, "does not say which variants go on", "write top: 3, or better: 0.4, or both")
	case s.Metric != "" && s.Evaluation() == "":
		b.fault(s.at, dotted(path, "metric"), "is for evaluations alone", "write by: eval:NAME")
	}
}

// checkStages looks at what stages name, and tries what they set.
func (l *cellLoader) checkStages(dims []dimension) {
	axes := keysOfAll(dims)
	for i, s := range l.block.stages {
		path := dotted("sweep.stages", s.Name)
		l.try(s.set)
		for _, p := range s.set {
			if axes[p.key] {
				l.block.fault(p.at, dotted(path, p.key), "is on an axis too", "a key is on an axis, or said by stages")
			}
		}
		if i > 0 && s.By != "" {
			l.checkBy(s, path)
		}
		if len(s.set) == 0 && i > 0 {
			l.block.fault(s.at, path, "changes nothing: its cells are those of the stage before", "write set: {model.base: A LARGER ONE}")
		}
	}
}

func (l *cellLoader) checkBy(s stageBlock, path string) {
	known := slices.Clone(sweep.Figures)
	for _, e := range l.base.Eval {
		known = append(known, sweep.EvalPrefix+e.Name)
	}
	if !slices.Contains(known, s.By) {
		hint := choose(s.By, known)
		if len(l.base.Eval) == 0 && strings.HasPrefix(s.By, sweep.EvalPrefix) {
			hint = "the recipe has no eval: to go by"
		}
		l.block.fault(s.at, dotted(path, "by"), fmt.Sprintf("%s is unknown", seen(s.By)), hint)
	}
}

// staged gives every combination to every stage.
func (l *cellLoader) staged(combos []combo) (all []stagedCombo) {
	if len(l.block.stages) == 0 {
		for _, c := range combos {
			all = append(all, stagedCombo{combo: c})
		}
		return all
	}
	for i, s := range l.block.stages {
		for _, c := range combos {
			all = append(all, stagedCombo{c, i, s.set, s.Name})
		}
	}
	return all
}

// A stagedCombo is a combination in a stage.
type stagedCombo struct {
	combo
	index int
	set   combo
	stage string // name; empty: the sweep has none
}

// stagesOf are those of the block as the sweep has them.
func (b *sweepBlock) stagesOf() (all []sweep.Stage) {
	for _, s := range b.stages {
		all = append(all, s.Stage)
	}
	return all
}
