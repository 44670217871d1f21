package mix

import (
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"

	"trainyard/mix/sample"
)

// whyNone says, of the selections that may leave nothing, what that means.
var whyNone = map[string]func(a *sample.Args) string{
	"split":    func(a *sample.Args) string { return "of no two that are alike otherwise, one has more " + a.Of },
	"common":   whyNoneCommon,
	"quantile": func(a *sample.Args) string { return fmt.Sprintf("no rank by %s lies in [%v, %v)", a.Of, a.From, a.To) },
	sample.PassRate: func(a *sample.Args) string {
		return fmt.Sprintf("no instance has a pass rate in [%v, %v]", a.From, a.To)
	},
	sample.Matched: func(a *sample.Args) string { return a.With[0] + ", which it is matched to, gives nothing" },
}

func whyNoneCommon(a *sample.Args) string {
	if len(a.With) > 0 {
		return "no instance is in " + strings.Join(a.With, ", ") + " too"
	}
	return "no instance is one that every teacher has"
}

// selections tells those that leave nothing of a source.
func (r *remarker) selections() {
	for k := range r.m.Mix {
		line := &r.m.Mix[k]
		if line.Before == 0 || line.Had.Records > 0 || line.lacksAll() { // which unknown tells
			continue
		}
		if steps := r.emptied(k); len(steps) > 0 {
			r.say(Short, "%s has none of its %s left: select %s", line.Source, records(line.Before), strings.Join(steps, ", then "))
		}
	}
}

// lacksAll says that no record has a feature that is selected by.
func (line *MixLine) lacksAll() bool {
	for _, n := range line.Unknown {
		if n == line.Before {
			return true
		}
	}
	return false
}

// emptied are the selections that left something out, and why the last may have
// left nothing.
func (r *remarker) emptied(k int) (steps []string) {
	var last *sample.Args
	for n := range r.cfg.Sources[k].Select {
		step := &r.cfg.Sources[k].Select[n]
		if left := r.m.Sources[k].Reasons[reasonKey(&Entry{Outcome: NotSampled, Reason: step.By})]; left > 0 {
			steps = append(steps, fmt.Sprintf("%s leaves out %s", step.By, humanize.Comma(left)))
			last = step
		}
	}
	if last != nil && whyNone[last.By] != nil {
		steps[len(steps)-1] += ": " + whyNone[last.By](last)
	}
	return steps
}
