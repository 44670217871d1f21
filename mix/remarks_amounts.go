package mix

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/dustin/go-humanize"

	"trainyard/mix/sample"
)

// sources tells which of them gave another amount than was asked.
func (r *remarker) sources() {
	for _, l := range r.now.short(r.amounts) {
		r.short(l)
	}
	for k := range r.m.Mix {
		line := &r.m.Mix[k]
		got, off := r.in(line.Got), far*float64(line.Target)
		if line.Repeats.Records > 0 {
			r.again(line)
		}
		if r.m.Amounts.Fraction > 0 && r.m.Unit == Trajectories {
			off = max(off, 1) // parts are rounded, and then the trajectories
		}
		switch {
		case line.Share > 0 && line.Asked == 0 && line.Amount == "" && line.Reference.Records == 0 && r.in(line.Had) > 0 && r.whole.Asked > 0 && !r.m.Amounts.leavesOut(line.Source):
			r.say(Far, "%s has none of the mix: its share of the %s asked is less than one", line.Source, r.units(r.whole.Asked))
		case math.Abs(float64(got-line.Target)) > off:
			r.say(Far, "%s gives %s of the %s asked: %s", line.Source, humanize.Comma(got), r.units(line.Target), r.whyOff(k))
		}
	}
}

// whyOff says why a source gives more or less than is to be taken.
func (r *remarker) whyOff(k int) string {
	line, s := &r.m.Mix[k], &r.cfg.Sources[k]
	shortest := humanize.Comma(line.Shortest)
	switch {
	case line.Target < line.Shortest && s.Amount.By == sample.ByTake && int64(s.Amount.N) < line.Shortest && r.m.Unit != Trajectories:
		text := fmt.Sprintf("sources.%s.take counts %s here, and its shortest trajectory has %s", s.Name, r.m.Unit.words(), shortest)
		if line.Target <= line.Had.Records {
			text += " (mix.unit=trajectories counts trajectories)"
		}
		return text
	case line.Target < line.Shortest && s.Most == line.Target:
		return fmt.Sprintf("sources.%s.most allows no more, and its shortest trajectory has %s", s.Name, shortest)
	case line.Target < line.Shortest && r.m.Amounts.Fraction > 0:
		return fmt.Sprintf("mix.fraction=%v comes to less than its shortest trajectory, which has %s", r.m.Amounts.Fraction, shortest)
	case line.Target < line.Shortest && line.Amount == "" && r.sampler.NeedsShares:
		return "its share is too fine for its trajectories, the shortest of which has " + shortest
	case line.Target < line.Shortest:
		return "its shortest trajectory has " + shortest
	case r.m.Amounts.Fraction > 0:
		return fmt.Sprintf("mix.fraction=%v takes whole trajectories from the front of its order, and they come no nearer", r.m.Amounts.Fraction)
	case !r.sampler.TakesAmounts():
		return "the sampler " + r.m.Sampler + " ends at the first trajectory that does not fit into the budget"
	}
	return "none of its trajectories that are left fits into what is missing"
}

// short tells what a source lacks, what was made of that, and what would do.
func (r *remarker) short(l sample.Lack) {
	text := fmt.Sprintf("%s %s asked", r.cfg.Sources[l.Pool].Name, r.cfg.given(r.now, r.amounts, l.Pool))
	if f := r.m.Amounts.Fraction; f > 0 {
		text += fmt.Sprintf(" before mix.fraction=%v", f)
	}
	if several(r.amounts.Asked) > 1 {
		text += "; " + r.made(&r.m.Mix[l.Pool])
	}
	r.say(Short, "%s%s", text, r.cfg.waysOut(r.now, r.amounts, l.Pool))
}

// made tells what became of the mix. Its numbers are those of the table.
func (r *remarker) made(line *MixLine) string {
	got, asked := humanize.Comma(r.in(r.whole.Got)), r.units(r.whole.Asked)
	is, not := percent(r.in(line.Got), r.in(r.whole.Got)), percent(line.Asked, r.whole.Asked)
	ratio := fmt.Sprintf("it is %s of the mix, not %s", is, not)
	if is == not {
		ratio = fmt.Sprintf("it is %s of the mix", is)
	}
	should := float64(line.Asked) / float64(max(1, r.whole.Asked))
	holds := math.Abs(float64(r.in(line.Got))/float64(max(1, r.in(r.whole.Got)))-should) <= far*should
	whole := fmt.Sprintf("%s of %s in all", got, asked)
	switch short := r.m.Amounts.Short; {
	case short == sample.Shrink && holds:
		return fmt.Sprintf("all amounts are made smaller, to %s in all, and their ratio holds", r.units(r.in(r.whole.Got)))
	case short == sample.Shrink: // as near as whole trajectories come
		return fmt.Sprintf("all amounts are made smaller, to %s in all; %s", r.units(r.in(r.whole.Got)), ratio)
	case short == sample.Fill && sum64(r.amounts.Target) < sum64(r.amounts.Asked):
		whole = "the others have no more to fill in with, " + whole
	case short == sample.Fill && r.m.Amounts.Fraction > 0:
		whole = fmt.Sprintf("what is missing comes of the others before mix.fraction=%v is taken, %s", r.m.Amounts.Fraction, whole)
	case short == sample.Fill:
		whole = "what is missing comes of the others, " + whole
	}
	return ratio + "; " + whole
}

// again tells how much of a source is there for another time.
func (r *remarker) again(line *MixLine) {
	times := int64(math.Ceil(float64(line.Got.Records) / float64(max(1, line.Had.Records))))
	r.say(Again, "%s has %s, and %s of its %s are repeats: one stands up to %d times (mix.repeat.max is %d)", line.Source, r.units(r.in(line.Had)),
		humanize.Comma(line.Repeats.Records), rowCount(line.Got.Records), max(2, times), cmp.Or(r.m.Amounts.Repeat, sample.DefaultRepeat))
}

// unknown tells the features that records lack. Where all do, it is the source
// that is short.
func (r *remarker) unknown() {
	if n := r.m.Unordered; n > 0 {
		r.say(Unknown, "%s of the train side have no %s to be ordered by, and come last", rowCount(n), r.m.Order.By)
	}
	for k := range r.m.Mix {
		line := &r.m.Mix[k]
		for _, feature := range slices.Sorted(maps.Keys(line.Unknown)) {
			kind, n := Unknown, line.Unknown[feature]
			if n == line.Before {
				kind = Short
			}
			r.say(kind, "%s of the %s of %s have no %s to be selected by (trainyard inspect shows a record)", humanize.Comma(n), records(line.Before), line.Source, feature)
		}
	}
}

func rowCount(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return humanize.Comma(n) + " rows"
}
