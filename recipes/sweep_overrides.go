package recipes

import (
	"fmt"
	"slices"
	"strings"
)

// someOverrides are overrides of a sweep. Its cells may have different sources, so that
// one which names a source counts for those cells that have it; it is a fault where none
// has.
type someOverrides struct {
	args  []string
	taken map[string]bool     // by a recipe that has the item
	items map[string]string   // the path of the item that an override names
	names map[string][]string // of the items that recipes have, by override
}

func newSomeOverrides(args []string) *someOverrides {
	return &someOverrides{args: args, taken: map[string]bool{}, items: map[string]string{}, names: map[string][]string{}}
}

// each lays every override; nil has none.
func (s *someOverrides) each(lay func(arg string, absent func(item string, names []string))) {
	if s == nil {
		return
	}
	for _, arg := range s.args {
		has := true
		lay(arg, func(item string, names []string) {
			has, s.items[arg] = false, item
			for _, name := range names {
				if !slices.Contains(s.names[arg], name) {
					s.names[arg] = append(s.names[arg], name)
				}
			}
		})
		s.taken[arg] = s.taken[arg] || has
	}
}

// blame adds a fault for each override that names an item which no recipe has.
func (s *someOverrides) blame(faults *Faults) {
	for _, arg := range s.args {
		if s.taken[arg] {
			continue
		}
		item := s.items[arg]
		name := item[strings.LastIndex(item, ".")+1:]
		faults.add(pos{file: "override " + seen(arg)}, item, fmt.Sprintf("no item named %s in any cell", seen(name)), choose(name, s.names[arg]))
	}
}
