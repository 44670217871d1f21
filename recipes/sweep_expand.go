package recipes

import (
	"slices"
	"strings"
)

// The keys of a combination that are not a recipe's.
const (
	armKey  = "arm"
	mixKey  = "mix"
	seedKey = "train.seed" // what seeds vary: cells of several seeds share their dataset
)

// An assignment is one key of a combination, its value and the place of that.
type assignment struct {
	key   string
	text  string // as an override spells it
	equal string // alike for two spellings of one value
	at    pos
}

func (p assignment) override() string { return p.key + "=" + p.text }

// A combo is one combination: every key once.
type combo []assignment

func (c combo) find(key string) (assignment, bool) {
	i := slices.IndexFunc(c, func(p assignment) bool { return p.key == key })
	if i < 0 {
		return assignment{}, false
	}
	return c[i], true
}

// with sets a key to another value, or adds it at the end.
func (c combo) with(p assignment) combo {
	out := slices.Clone(c)
	if i := slices.IndexFunc(out, func(q assignment) bool { return q.key == p.key }); i >= 0 {
		out[i] = p
		return out
	}
	return append(out, p)
}

// without leaves a key out.
func (c combo) without(key string) combo {
	return slices.DeleteFunc(slices.Clone(c), func(p assignment) bool { return p.key == key })
}

// A dimension is a list of choices. That of a matrix says one key in each, that of a
// zip group several.
type dimension []combo

// A clause is one item of include or exclude.
type clause struct {
	at  pos
	say combo
}

// expand multiplies the dimensions, the first one slowest, takes out what an exclude
// matches in all of its keys, and then works in each include, as GitHub Actions does
// with a matrix: it is added to every combination of the product in which it changes
// no value of a dimension, and where there is none it is a combination of its own. What
// an include added a later one may change. idle are the excludes that match nothing.
func expand(dims []dimension, exclude, include []clause) (combos []combo, idle []int) {
	product := []combo{}
	if len(dims) > 0 || len(include) == 0 {
		product = append(product, combo{})
	}
	for _, d := range dims {
		product = times(product, d)
	}
	for i, e := range exclude {
		before := len(product)
		product = slices.DeleteFunc(product, func(c combo) bool { return c.has(e.say) })
		if len(product) == before && !matchesAny(dims, exclude[:i], e.say) {
			idle = append(idle, i)
		}
	}
	original := keysOfAll(dims)
	combos, product = product, slices.Clone(product)
	for _, in := range include {
		added := false
		for i, c := range product {
			if c.agrees(in.say, original) {
				added = true
				for _, p := range in.say {
					if !original[p.key] {
						combos[i] = combos[i].with(p)
					}
				}
			}
		}
		if !added {
			combos = append(combos, in.say)
		}
	}
	return combos, idle
}

// matchesAny reports whether an exclude that took nothing matches what an earlier one
// has taken: then it is no mistake.
func matchesAny(dims []dimension, earlier []clause, say combo) bool {
	return slices.ContainsFunc(earlier, func(e clause) bool {
		for _, p := range say {
			if q, both := e.say.find(p.key); both && q.equal != p.equal {
				return false
			}
		}
		return sayable(dims, say)
	})
}

// sayable reports whether the dimensions have every value.
func sayable(dims []dimension, say combo) bool {
	for _, p := range say {
		if !slices.ContainsFunc(dims, func(d dimension) bool { return slices.ContainsFunc(d, func(c combo) bool { return c.has(combo{p}) }) }) {
			return false
		}
	}
	return true
}

func times(product []combo, d dimension) (out []combo) {
	for _, c := range product {
		for _, choice := range d {
			out = append(out, append(slices.Clone(c), choice...))
		}
	}
	return out
}

// has reports whether the combination says all of the other one.
func (c combo) has(say combo) bool {
	for _, p := range say {
		if q, ok := c.find(p.key); !ok || q.equal != p.equal {
			return false
		}
	}
	return true
}

// agrees reports whether an include changes no value of a dimension.
func (c combo) agrees(say combo, original map[string]bool) bool {
	for _, p := range say {
		if q, ok := c.find(p.key); original[p.key] && (!ok || q.equal != p.equal) {
			return false
		}
	}
	return true
}

func keysOfAll(dims []dimension) map[string]bool {
	keys := map[string]bool{}
	for _, d := range dims {
		for _, c := range d {
			for _, p := range c {
				keys[p.key] = true
			}
		}
	}
	return keys
}

// namer says how cells are named: by the arm and the mix as they are called, and by
// the axes as KEY=VALUE, with as much of the key as tells it from the others.
func namer(dims []dimension) func(combo) string {
	last := map[string]int{}
	for key := range keysOfAll(dims) {
		last[lastKey(key)]++
	}
	return func(c combo) string {
		var parts []string
		for _, p := range c {
			key := lastKey(p.key)
			if last[key] > 1 {
				key = p.key
			}
			if p.key == armKey || p.key == mixKey {
				parts = append(parts, p.text)
			} else {
				parts = append(parts, key+"="+shorten(p.text, 40))
			}
		}
		return strings.Join(parts, ",")
	}
}
