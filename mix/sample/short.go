package sample

import "fmt"

// A Short says what happens where a pool has less than is asked of it.
type Short string

const (
	Tell   Short = "tell"   // it gives all it has, and a remark says so; the mix is smaller and its ratio another
	Shrink Short = "shrink" // all amounts are made smaller alike, until none is short: the ratio holds
	Fill   Short = "fill"   // the other shares, and the rest, take over what is missing: the total holds
	Repeat Short = "repeat" // it gives its rows again, each as often as Terms.Repeat at most
	Fail   Short = "fail"   // an error says by how much it is short
)

// Shorts say in a line what each does.
var Shorts = map[Short]string{
	Tell:   "a source gives all it has, and a remark says so",
	Shrink: "all amounts are made smaller alike: the ratio holds",
	Fill:   "other shares, and the rest, take over what is missing: the total holds",
	Repeat: "a source gives its rows again, as often as mix.repeat.max at most",
	Fail:   "an error says by how much, and what would do",
}

// A Lack is a pool that is short.
type Lack struct {
	Pool         int
	Asked, Limit int64 // in units; Limit is all that it may give
}

// A ShortError lists the pools that have less than is asked, where that is
// forbidden.
type ShortError struct{ Lacks []Lack }

func (e *ShortError) Error() string {
	return fmt.Sprintf("%d sources have less than is asked of them", len(e.Lacks))
}

// limits are what each pool may give at most: what it has, or several times
// that where rows may be repeated.
func limits(pools []Pool, amounts []Amount, t Terms) []int64 {
	out := make([]int64, len(pools))
	for k := range pools {
		times := 1
		if t.Short == Repeat || amounts[k].By == ByEpochs && amounts[k].N > 1 {
			times = t.repeat()
		}
		out[k] = pools[k].limit(times)
	}
	return out
}

// settle turns what is asked into what is to be taken.
func settle(asked, limit []int64, amounts []Amount, short Short) ([]int64, error) {
	lacks := lacking(asked, limit)
	switch {
	case len(lacks) == 0:
	case short == Fail:
		return nil, &ShortError{lacks}
	case short == Shrink:
		return shrink(asked, lacks), nil
	case short == Fill:
		return refill(asked, limit, amounts), nil
	}
	return clip(asked, limit), nil
}

func lacking(asked, limit []int64) (lacks []Lack) {
	for k := range asked {
		if asked[k] > limit[k] {
			lacks = append(lacks, Lack{k, asked[k], limit[k]})
		}
	}
	return lacks
}

func clip(asked, limit []int64) []int64 {
	out := make([]int64, len(asked))
	for k := range asked {
		out[k] = min(asked[k], limit[k])
	}
	return out
}

// shrink divides the largest total at which no pool is short, in the ratio of
// what was asked.
func shrink(asked []int64, lacks []Lack) []int64 {
	weights, least := floats(asked), 1.0
	for _, l := range lacks {
		least = min(least, float64(l.Limit)/float64(l.Asked))
	}
	return split(weights, int64(least*sumOf(weights)))
}

// refill gives what some pools lack to the shares that have more, in the ratio
// of what is asked of those, until nothing lacks or no share has more. What a
// recipe takes by number stays that number.
func refill(asked, limit []int64, amounts []Amount) []int64 {
	got := clip(asked, limit)
	missing := sumOf(asked) - sumOf(got)
	for missing > 0 {
		weights := make([]float64, len(asked))
		for k := range asked {
			if !amounts[k].fixed() && got[k] < limit[k] {
				weights[k] = float64(asked[k])
			}
		}
		if sumOf(weights) == 0 {
			break
		}
		for k, more := range split(weights, missing) {
			more = min(more, limit[k]-got[k])
			got[k] += more
			missing -= more
		}
	}
	return got
}
