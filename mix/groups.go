package mix

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"trainyard/mix/sample"
)

// A group is what must stand on one side of the dataset: the items that share
// a repository, an instance or a text with one another, directly or through
// others.
type group struct {
	items []int32
	size  []part // by source, in the mix's unit
	key   uint64 // its place in the order in which groups are set aside
}

// A part is how much of a group one source has.
type part struct {
	source int32
	size   int64
}

// groups lists what can be set aside whole, in the order of a keyed hash of
// the groups' names. A group's place does not depend on the other groups, so
// that mixes of one seed set aside much the same ones.
func (p *planner) groups() []group {
	joined := p.join()
	members := map[int32][]int32{}
	var roots []int32
	for i := range p.items {
		if p.usable(i) {
			root := joined.find(int32(i))
			if members[root] == nil {
				roots = append(roots, root)
			}
			members[root] = append(members[root], int32(i))
		}
	}
	groups := make([]group, len(roots))
	for n, root := range roots {
		groups[n] = p.group(members[root])
	}
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.key, b.key), p.byKey(a.items[0], b.items[0]))
	})
	return groups
}

// usable says that the sampler could take an item.
func (p *planner) usable(item int) bool { return p.undecided(item) && p.used[p.items[item].Source] }

func (p *planner) group(items []int32) group {
	g := group{items: items, key: sample.Key(p.cfg.ValidationSeed, "validation "+p.groupName(items))}
	for _, i := range items {
		it := &p.items[i]
		k := slices.IndexFunc(g.size, func(s part) bool { return s.source == it.Source })
		if k < 0 {
			k = len(g.size)
			g.size = append(g.size, part{source: it.Source})
		}
		g.size[k].size += it.size(p.cfg.Unit)
	}
	return g
}

// groupName is the first of its repositories by name, or else the first of
// what its items are known by, whichever stand in it besides.
func (p *planner) groupName(items []int32) string {
	repo, id := "", p.items[items[0]].ID
	for _, i := range items {
		it := &p.items[i]
		if name := p.repos.list[it.Repo]; name != "" && (repo == "" || name < repo) {
			repo = name
		}
		id = min(id, it.ID)
	}
	return cmp.Or(repo, fmt.Sprintf("without repository %016x", id))
}

// join finds what belongs together.
func (p *planner) join() sets {
	s := newSets(len(p.items))
	repos, instances := map[int32]int32{}, map[int32]int32{}
	type id struct {
		source int32
		id     uint64
	}
	unnamed, texts := map[id]int32{}, map[digest]int32{}
	for i := range p.items {
		if !p.usable(i) {
			continue
		}
		it, at := &p.items[i], int32(i)
		if it.Repo != 0 {
			joinBy(s, repos, it.Repo, at)
		} else {
			joinBy(s, unnamed, id{it.Source, it.ID}, at)
		}
		if it.Instance != 0 {
			joinBy(s, instances, it.Instance, at)
		}
		if p.cfg.Unique != UniqueContent {
			joinBy(s, texts, it.Digest, at)
		}
	}
	p.joinBareNames(s, repos)
	return s
}

// joinBy joins an item with the first of the same key.
func joinBy[K comparable](s sets, first map[K]int32, key K, item int32) {
	if other, met := first[key]; met {
		s.join(other, item)
	} else {
		first[key] = item
	}
}

// joinBareNames takes a repository named without its owner for all of that
// name.
func (p *planner) joinBareNames(s sets, first map[int32]int32) {
	bare := map[string]int32{}
	for repo, item := range first {
		if name := p.repos.list[repo]; !strings.Contains(name, "/") {
			bare[name] = item
		}
	}
	for repo, item := range first {
		name := p.repos.list[repo]
		if other, met := bare[name[strings.LastIndexByte(name, '/')+1:]]; met {
			s.join(other, item)
		}
	}
}

// sets are disjoint sets of items; each item points towards the one that
// stands for its set.
type sets []int32

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

func (s sets) find(i int32) int32 {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

func (s sets) join(a, b int32) { s[s.find(b)] = s.find(a) }
