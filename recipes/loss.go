package recipes

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"trainyard/format/loss"
	"trainyard/mix/shard"
)

// A Loss says which of the assistant's turns are learned from: policies by name,
// with what each is given. In a file it is a mapping of them, or the word all,
// which is a mapping of that word alone here.
type Loss map[string]any

const allTurns = "all"

// lossHint shows the ways to write one.
const lossHint = "write loss: all, or loss: {last: 3, not: [errors]}; trainyard list loss shows the policies"

func (l Loss) all() bool { _, said := l[allTurns]; return said }

// spec is a Loss as it is asked of turns: nil where nothing is said, and empty
// where it is all.
func (l Loss) spec() loss.Spec {
	switch {
	case l == nil:
		return nil
	case l.all():
		return loss.Spec{}
	}
	return loss.Spec(l)
}

// loss decodes the word or the mapping, and finds the faults that preparing it
// would meet.
func (d *decoder) loss(n *node, into *Loss, path string) {
	if text, ok := asText(n.value()); n.kind == scalar && ok && text == allTurns {
		*into = Loss{allTurns: true}
		return
	}
	if n.kind != mapping || len(n.keys) == 0 {
		d.faults.add(n.at, path, n.mistaken(`"all", or a mapping of policies`), lossHint)
		return
	}
	before := len(d.faults)
	spec, _ := d.any(n, path).(map[string]any)
	if len(d.faults) > before {
		return
	}
	_, err := loss.New(spec)
	var faults loss.Faults
	if errors.As(err, &faults) {
		for _, f := range faults {
			d.faults.add(editPlace(n, f.Policy), path, strings.Join(strings.Fields(f.Detail), " "), "")
		}
		return
	}
	*into = oneSpelling(spec)
}

// oneSpelling writes a kind alone as a list of it, and lists sorted: they say the
// same.
func oneSpelling(l Loss) Loss {
	for name, given := range l {
		if list, ok := given.([]any); ok {
			slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
		if name == "not" {
			if kind, alone := given.(string); alone {
				l[name] = []any{kind}
			}
		}
	}
	return l
}

// canonicalLoss is the word, or the policies sorted.
func canonicalLoss(l Loss, tags []string) any {
	if l.all() {
		return allTurns
	}
	return mapTree(reflect.ValueOf(l), tags)
}

// settleLoss leaves out the word where it changes nothing, so that a recipe that
// says it is the one that does not.
func (r *Recipe) settleLoss() {
	if r.Loss.all() {
		r.Loss = nil
	}
	for i := range r.Sources {
		if s := &r.Sources[i]; s.Loss.all() && r.Loss == nil {
			s.Loss = nil
		}
	}
}

// checkLoss refuses policies that no row could hold.
func checkLoss(r *Recipe, root *node, faults *Faults) {
	if output, known := shard.Outputs[r.Mix.Output]; !known || output.Flags {
		return
	}
	var able []string
	for _, name := range names(shard.Outputs) {
		if shard.Outputs[name].Flags {
			able = append(able, "mix.output: "+name)
		}
	}
	refuse := func(l Loss, path string, at pos) {
		if len(l) > 0 && !l.all() {
			faults.add(at, path, "rows of "+r.Mix.Output+" cannot say which turns are learned from", "write "+strings.Join(able, " or "))
		}
	}
	refuse(r.Loss, "loss", place(root, "loss", root))
	sources := root.get("sources")
	for i, s := range r.Sources {
		if sources != nil && i < len(sources.items) {
			refuse(s.Loss, dotted(itemPath(sources.items[i], "sources", i), "loss"), place(sources.items[i], "loss", root))
		}
	}
}

// ParseLoss reads policies from a command line, as a recipe spells them. The
// error is [Faults].
func ParseLoss(text string) (loss.Spec, error) {
	if text == "" {
		return nil, nil
	}
	d := &decoder{}
	at := pos{file: "--loss " + seen(text)}
	n, faults := parse(at.file, []byte(text))
	if d.faults = slices.Clone(faults); n == nil {
		n = &node{}
	}
	var l Loss
	if len(faults) == 0 {
		d.loss(n.moved(at), &l, "")
	}
	return l.spec(), d.faults.err()
}
