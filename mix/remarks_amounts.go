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
func (r *remarker) sources(cfg *Config) {
	for k := range r.m.Mix {
		line := &r.m.Mix[k]
		had, got := r.in(line.Had), r.in(line.Got)
		if line.Repeats.Records > 0 {
			r.again(line)
		}
		switch {
		case had < line.Asked && line.Target < line.Asked || had < line.Asked && line.Repeats.Records == 0:
			r.short(line, cfg.wayOut(&cfg.Sources[k], line.Asked, had))
		case line.Share > 0 && line.Asked == 0 && line.Amount == "" && line.Reference.Records == 0 && had > 0 && r.whole.Asked > 0 && !r.m.Amounts.leavesOut(line.Source):
			r.say(Far, "%s has none of the mix: its share of the %s asked is less than one", line.Source, r.units(r.whole.Asked))
		case math.Abs(float64(got-line.Target)) > far*float64(line.Target):
			r.say(Far, "%s gives %s of the %s asked: its share is too fine for its trajectories, the shortest of which has %s", line.Source,
				humanize.Comma(got), r.units(line.Target), humanize.Comma(line.Shortest))
		}
	}
}

// short tells what a source lacks, what was made of that, and what would do.
func (r *remarker) short(line *MixLine, wayOut string) {
	got := r.in(line.Got)
	made := fmt.Sprintf("it is %s of the mix, not %s", percent(got, r.in(r.whole.Got)), percent(line.Asked, r.whole.Asked))
	switch r.m.Amounts.Short {
	case sample.Shrink:
		made = fmt.Sprintf("all amounts are made smaller, to %s in all, and their ratio holds", r.units(r.whole.Target))
	case sample.Fill:
		made += fmt.Sprintf("; what is missing comes of the others, %s of %s in all", humanize.Comma(r.whole.Target), r.units(r.whole.Asked))
	}
	r.say(Short, "%s has %s of the %s asked; %s (%s would do)", line.Source, humanize.Comma(r.in(line.Had)), r.units(line.Asked), made, wayOut)
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
