package mix

import (
	"slices"
	"sort"

	"trainyard/mix/sample"
)

// A tryout is what the amounts of a recipe come to, so that another recipe can be
// tried before it is advised.
type tryout struct {
	sampler sample.Sampler
	pools   []sample.Pool // of one item each: amounts do not go by what a source is made of
	terms   sample.Terms
}

// tryout is the recipe as it is, of sources that have so much.
func (c *Config) tryout(had []int64) tryout {
	t := tryout{sampler: sample.Samplers[c.Sampler], terms: c.terms()}
	for k := range c.Sources {
		s := &c.Sources[k]
		pool := sample.Pool{Name: s.Name, Share: s.Share, Amount: s.Amount, Most: s.Most, Sizes: []int64{had[k]}, Order: []int{0}}
		if s.Reference { // none of it is in the mix
			pool.Amount = sample.Amount{By: sample.ByTake}
		}
		t.pools = append(t.pools, pool)
	}
	if t.terms.Short == sample.Fail { // what is short is told here
		t.terms.Short = sample.Tell
	}
	return t
}

func (t tryout) divide() (sample.Division, error) { return t.sampler.Divide(t.pools, t.terms) }

// with is the tryout with one source changed.
func (t tryout) with(k int, change func(*sample.Pool)) tryout {
	t.pools = slices.Clone(t.pools)
	change(&t.pools[k])
	return t
}

func (t tryout) take(k int, n int64) tryout {
	return t.with(k, func(p *sample.Pool) { p.Amount.N = float64(n) })
}

func (t tryout) most(k int, n int64) tryout {
	return t.with(k, func(p *sample.Pool) { p.Most = n })
}

func (t tryout) share(k int, share float64) tryout {
	return t.with(k, func(p *sample.Pool) { p.Share = share })
}

func (t tryout) drop(k int) tryout {
	scale := slices.Clone(t.terms.Scale)
	if scale == nil {
		scale = slices.Repeat([]float64{1}, len(t.pools))
	}
	scale[k] = 0
	t.terms.Scale = scale
	return t
}

func (t tryout) budget(n int64) tryout {
	t.terms.Budget, t.terms.Percent = n, 0
	return t
}

func (t tryout) policy(s sample.Short) tryout {
	t.terms.Short = s
	return t
}

func (t tryout) repeat(times int) tryout {
	t.terms.Short, t.terms.Repeat = sample.Repeat, times
	return t
}

// short are the sources that have less than is asked. One that gives all that
// the recipe lets it give, where the others fill in as the recipe wants, is not.
func (t tryout) short(d sample.Division) []sample.Lack {
	full := t.terms.Short == sample.Fill && sum64(d.Target) == sum64(d.Asked)
	return slices.DeleteFunc(d.Lacks(), func(l sample.Lack) bool {
		most := t.pools[l.Pool].Most
		return full && most > 0 && l.Limit == most
	})
}

// cures says that after a change source k, if one is named, has what is asked of
// it, that none is short that was not, and that none but out loses its part.
func (t tryout) cures(k int, now tryout, before sample.Division, out int) bool {
	after, err := t.divide()
	if err != nil || sum64(after.Target) == 0 {
		return false
	}
	was := now.short(before)
	for _, l := range t.short(after) {
		if l.Pool == k || !slices.ContainsFunc(was, func(w sample.Lack) bool { return w.Pool == l.Pool }) {
			return false
		}
	}
	return t.keepsAll(before, after, out)
}

func (t tryout) keepsAll(before, after sample.Division, out int) bool {
	for k := range after.Asked {
		if k != out && before.Asked[k] > 0 && after.Asked[k] == 0 {
			return false
		}
	}
	return true
}

// fit is the largest budget of which every source has its part, 0 where there
// is none.
func (t tryout) fit(out int) int64 {
	before, err := t.divide()
	if err != nil || t.sampler.TakesAll || t.terms.Budget == 0 && t.terms.Percent == 0 {
		return 0
	}
	most := int(sum64(before.Asked))
	n := sort.Search(most, func(n int) bool { // a budget below what is taken by number is an error, and lacks nothing
		d, err := t.budget(int64(n + 1)).divide()
		return err == nil && len(d.Lacks()) > 0
	})
	for low := n - len(t.pools); n > 0 && n >= low; n-- { // whole parts go up and down by one on the way
		d, err := t.budget(int64(n)).divide()
		if err == nil && len(d.Lacks()) == 0 && t.keepsAll(before, d, out) {
			return int64(n)
		}
	}
	return 0
}

func sum64(xs []int64) (total int64) {
	for _, x := range xs {
		total += x
	}
	return total
}
