package recipes

import (
	"fmt"
	"slices"
)

// An arm is a named recipe of the sweep.
type arm struct {
	name      string
	at        pos
	recipe    string // that is put below the sweep's own; empty: none
	set       combo
	published []Published
}

func (b *sweepBlock) arm(name string) arm {
	i := slices.IndexFunc(b.arms, func(a arm) bool { return a.name == name })
	if i < 0 {
		return arm{}
	}
	return b.arms[i]
}

// readArms reads named arms.
func (b *sweepBlock) readArms(n *node, path string) {
	first := map[string]bool{}
	b.each(n, path, func(it *node, path string) {
		a := arm{at: it.at}
		b.mapping(it, path, func(e entry, at string) bool { return b.readArm(&a, e, at) }, []string{"name", "recipe", "set", "published"})
		switch {
		case !nameForm.MatchString(a.name):
			b.fault(it.at, path, fmt.Sprintf("%s is not a name", seen(a.name)), "write name: NAME of letters, digits, - and _")
		case first[a.name]:
			b.fault(it.at, path, fmt.Sprintf("a second arm is named %q", a.name), "names are unique")
		}
		first[a.name] = true
		b.arms = append(b.arms, a)
	})
}

func (b *sweepBlock) readArm(a *arm, e entry, at string) bool {
	switch e.key {
	case "name":
		a.name = b.word(e.value, at)
	case "recipe":
		a.recipe, a.at = b.word(e.value, at), e.value.at
	case "set":
		a.set = b.settings(e.value, at)
	case "published":
		a.published = b.figures(e.value, at)
	default:
		return false
	}
	return true
}
