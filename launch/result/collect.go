package result

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"trainyard/format/verdict"
)

// A collection holds instances while a file is read. What the file says of one
// instance at two places must go together.
type collection struct {
	path string
	by   map[string]Instance
	err  error // the first fault
}

func collect(d *document) *collection {
	return &collection{path: d.path, by: map[string]Instance{}}
}

// add takes what a file says of one instance.
func (c *collection) add(id string, g verdict.Grade, score *float64) {
	next := Instance{ID: id, Verdict: verdictOf(g), Score: finite(score)}
	before, again := c.by[id]
	switch {
	case c.err != nil:
	case !goodID(id):
		c.err = fmt.Errorf("%s: %q cannot be the id of an instance", c.path, clip(id))
	case next.Score != nil && !Plausible(*next.Score):
		c.err = fmt.Errorf("%s: the score of %s is %v, and a figure is %.0e at the most", c.path, id, *next.Score, MaxFigure)
	case !again:
		c.by[id] = next
	default:
		c.by[id], c.err = c.together(before, next)
	}
}

// together is what two statements about one instance come to. Lists of a summary
// overlap: what is not solved may be an error or empty, which says more, and what was
// missing may have been tried again.
func (c *collection) together(a, b Instance) (Instance, error) {
	if a.Verdict != b.Verdict && (a.Verdict == Missing || a.Verdict == Unresolved && (b.Verdict == Error || b.Verdict == Empty) || a.Verdict == Error && b.Verdict == Empty) {
		a, b = b, a // b is weaker now
	}
	weaker := a.Verdict == b.Verdict || b.Verdict == Missing ||
		b.Verdict == Unresolved && (a.Verdict == Error || a.Verdict == Empty) || b.Verdict == Error && a.Verdict == Empty
	if !weaker || a.Score != nil && b.Score != nil && *a.Score != *b.Score {
		return a, fmt.Errorf("%s: %s is told twice, as %s and as %s", c.path, a.ID, instanceWords(a), instanceWords(b))
	}
	if a.Score == nil {
		a.Score = b.Score
	}
	return a, nil
}

// scoresAlone takes verdicts out that are the scores of 0 and of 1 over again, where others
// have a score and no verdict: a mean of 3 of 10 judged by 1 to 5 points is no rate, and
// 1 is not success.
func (c *collection) scoresAlone() {
	alone := false
	for _, i := range c.by {
		switch {
		case i.Verdict == Missing:
		case i.Score == nil, i.Verdict != "" && *i.Score != i.worth():
			return
		}
		alone = alone || i.Verdict == "" && i.Score != nil
	}
	if !alone {
		return
	}
	for id, i := range c.by {
		if i.Score != nil {
			i.Verdict = ""
			c.by[id] = i
		}
	}
}

func instanceWords(i Instance) string {
	words := cmp.Or(string(i.Verdict), "neither solved nor not")
	if i.Score != nil {
		words += fmt.Sprintf(" (%v)", *i.Score)
	}
	return words
}

// goodID refuses what no benchmark would call an instance.
func goodID(id string) bool {
	return strings.TrimSpace(id) == id && id != "" && len(id) <= 256 && utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

// instances are all, in order of their ids.
func (c *collection) instances() ([]Instance, error) {
	all := make([]Instance, 0, len(c.by))
	for _, id := range slices.Sorted(maps.Keys(c.by)) {
		all = append(all, c.by[id])
	}
	return all, c.err
}

// into puts the instances into a result.
func (c *collection) into(r Result) ([]Result, error) {
	var err error
	r.Instances, err = c.instances()
	return []Result{r}, err
}

// finite leaves out what is no number: JSON has none for it.
func finite(f *float64) *float64 {
	if f == nil || *f != *f || *f-*f != 0 {
		return nil
	}
	return f
}

// tries are instances by their ids, each of which may have been tried several times.
type tries map[string][]Instance

// one is what the attempts at an instance come to: their mean score, and the verdict
// that all of them share, if they do.
func one(all []Instance) Instance {
	if len(all) == 1 {
		return all[0]
	}
	same, sum := all[0], 0.0
	for _, i := range all {
		if i.Verdict != same.Verdict {
			same.Verdict = ""
		}
		sum += i.points()
	}
	mean := sum / float64(len(all))
	same.Score = &mean
	return same
}

// points is the score of an attempt, or what its verdict is worth.
func (i Instance) points() float64 {
	if i.Score != nil {
		return *i.Score
	}
	return i.worth()
}

// worth is 1 of what is resolved.
func (i Instance) worth() float64 {
	if i.Verdict == Resolved {
		return 1
	}
	return 0
}

func (t tries) instances() []Instance {
	all := make([]Instance, 0, len(t))
	for _, id := range slices.Sorted(maps.Keys(t)) {
		all = append(all, one(t[id]))
	}
	return all
}
