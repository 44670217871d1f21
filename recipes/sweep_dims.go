package recipes

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// dimensions are the arms, the mixes and the axes, in this order.
func (l *cellLoader) dimensions() (dims []dimension) {
	var arms dimension
	for _, a := range l.block.arms {
		arms = append(arms, combo{word(armKey, a.name, a.at)})
	}
	if arms != nil {
		dims = append(dims, arms)
	}
	if mixes := l.mixes(); mixes != nil {
		dims = append(dims, mixes)
	}
	return append(dims, l.block.axes...)
}

func word(key, text string, at pos) assignment {
	return assignment{key: key, text: text, equal: string(quote(nil, text)), at: at}
}

// checkArms loads each arm by itself, so that what is wrong with one is told once.
func (l *cellLoader) checkArms() {
	for _, a := range l.block.arms {
		if a.recipe != "" {
			if _, msg, hint := find(a.recipe, l.base.Dir, l.base.Dir == ""); msg != "" {
				l.block.fault(a.at, "sweep.arms."+a.name+".recipe", msg, hint)
				continue
			}
		}
		l.arms[a.name] = l.recipe(Cell{Under: a.recipe, Overrides: overrides(a.set)}, a.set)
	}
}

func overrides(c combo) (all []string) {
	for _, p := range c {
		all = append(all, p.override())
	}
	return all
}

// mixes makes the series of every arm, or of the recipe where there is none. An arm
// has the mixes that the others have, or a combination would be no recipe.
func (l *cellLoader) mixes() (d dimension) {
	if len(l.block.mixes) == 0 {
		return nil
	}
	recipes := l.arms
	if len(l.block.arms) == 0 {
		recipes = map[string]*Recipe{"": l.base}
	}
	var order []string
	for i, name := range slices.Sorted(maps.Keys(recipes)) {
		made := l.makeSeries(name, recipes[name])
		if i == 0 {
			order = made
		} else if recipes[name] != nil && !slices.Equal(made, order) {
			l.block.fault(l.block.arm(name).at, "sweep.arms."+name, fmt.Sprintf("has the mixes %s, and another arm %s", strings.Join(made, ", "), strings.Join(order, ", ")), "write a sweep for each")
		}
	}
	for _, name := range order {
		d = append(d, combo{word(mixKey, name, l.block.mixes[0].at)})
	}
	return d
}

func (l *cellLoader) makeSeries(arm string, r *Recipe) (order []string) {
	l.series[arm] = map[string][]string{}
	if r == nil {
		return nil
	}
	for _, s := range l.block.mixes {
		mixes, err := AllSeries[s.by].make(r, s.opt)
		if err == nil && len(mixes) == 0 {
			err = fmt.Errorf("makes no mix: fractions names those of the series fractions")
		}
		if err != nil {
			l.block.fault(s.at, "sweep.mixes."+s.by, err.Error(), "")
		}
		for _, m := range mixes {
			switch made := l.series[arm][m.Name]; {
			case made == nil:
				order = append(order, m.Name)
			case !slices.Equal(made, m.Overrides):
				l.block.fault(s.at, "sweep.mixes."+s.by, fmt.Sprintf("makes another mix %s than the series before", seen(m.Name)), "write one series with a larger count, or a sweep for each")
			}
			l.series[arm][m.Name] = m.Overrides
		}
	}
	return order
}

// checkKeys tries every axis and every value by itself, and looks that no key is on
// two axes, and that exclude names axes.
func (l *cellLoader) checkKeys(dims []dimension) {
	first := map[string]bool{}
	for _, d := range dims {
		for _, p := range d[0] { // every choice of a dimension says these keys
			if first[p.key] {
				l.block.fault(p.at, "sweep", fmt.Sprintf("%s is on two axes", seen(p.key)), "a key is on one axis, and once in a zip group")
			}
			for other := range first {
				if under(p.key, other) || under(other, p.key) {
					l.block.fault(p.at, "sweep", fmt.Sprintf("%s and %s are on axes, and one is a part of the other", seen(p.key), seen(other)), "which of them holds depends on their order: write one axis of the longer key")
				}
			}
			first[p.key] = true
		}
		before := len(l.block.faults)
		for _, c := range d {
			l.try(c)
		}
		l.block.faults = append(l.block.faults[:before], once(l.block.faults[before:])...)
	}
	keys := slices.Sorted(maps.Keys(first))
	for i, e := range l.block.exclude {
		for _, p := range e.say {
			if !first[p.key] {
				l.block.fault(p.at, fmt.Sprintf("sweep.exclude[%d].%s", i, p.key), "is on no axis", choose(p.key, keys))
			}
		}
	}
	for i, in := range l.block.include {
		l.checkInclude(in, fmt.Sprintf("sweep.include[%d]", i), dims)
	}
}

// under reports whether the key is inside the other one.
func under(key, other string) bool { return strings.HasPrefix(key, other+".") }

// checkInclude looks for arms and mixes that there are not, and tries the rest.
func (l *cellLoader) checkInclude(in clause, path string, dims []dimension) {
	for _, p := range in.say {
		if p.key != armKey && p.key != mixKey {
			l.try(combo{p})
			continue
		}
		var known []string
		for _, d := range dims {
			for _, c := range d {
				if q, ok := c.find(p.key); ok {
					known = append(known, q.text)
				}
			}
		}
		if !slices.Contains(known, p.text) {
			l.block.fault(p.at, path+"."+p.key, fmt.Sprintf("no %s is named %s", p.key, seen(p.text)), choose(p.text, known))
		}
	}
}

// once leaves out faults that differ by their place alone: a key that is unknown is so
// with each of its values.
func once(all Faults) (kept Faults) {
	for _, f := range all {
		same := func(k Fault) bool { return k.File == f.File && k.Path == f.Path && k.Msg == f.Msg }
		if !slices.ContainsFunc(kept, same) {
			kept = append(kept, f)
		}
	}
	return kept
}

// try loads what the assignments make of the recipe, by themselves: a key that is
// unknown and a value that no key takes are told with their places. Of arms a key is
// tried on the first.
func (l *cellLoader) try(c combo) {
	if _, isArm := c.find(armKey); isArm {
		return
	}
	if _, isMix := c.find(mixKey); isMix {
		return
	}
	for _, p := range c {
		faults := l.syntax(p)
		l.blame(faults, c)
	}
}

// syntax reads one assignment by the schema. What lies between keys is for the cell.
func (l *cellLoader) syntax(p assignment) error {
	said := l.base.said
	for _, a := range l.block.arms {
		if r := l.arms[a.name]; r != nil {
			said = r.said
			break
		}
	}
	m := &merger{}
	layer := override(p.override(), said, &m.faults, nil)
	if layer == nil {
		return m.faults.err()
	}
	_, faults := decode(m.merge(said, layer, "", ""))
	faults = slices.DeleteFunc(faults, func(f Fault) bool { return f.File != "override "+seen(p.override()) })
	return append(m.faults, faults...).err()
}
