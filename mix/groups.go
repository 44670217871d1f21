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
	items := p.choose(func(i int) bool { return p.usable(i) })
	p.sortBy(items, func(i int32) uint64 { return uint64(joined.find(i)) }, cmp.Compare[int32])
	together := func(a, b int32) bool { return joined.find(a) == joined.find(b) }
	n := 0
	for range runs(items, together) {
		n++
	}
	groups, parts := make([]group, 0, n), make([]part, 0, n)
	for members := range runs(items, together) {
		first := len(parts)
		parts = p.parts(parts, members)
		groups = append(groups, group{
			items: members, size: parts[first:len(parts):len(parts)],
			key: sample.Key(p.cfg.ValidationSeed, "validation "+p.groupName(members)),
		})
	}
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.key, b.key), p.byKey(a.items[0], b.items[0]))
	})
	return groups
}

// usable says that the sampler could take an item.
func (p *planner) usable(item int) bool { return p.undecided(item) && p.used[p.items[item].Source] }

// choose lists the items that belong, in reading order.
func (p *planner) choose(belongs func(item int) bool) []int32 {
	n := 0
	for i := range p.items {
		if belongs(i) {
			n++
		}
	}
	chosen := make([]int32, 0, n)
	for i := range p.items {
		if belongs(i) {
			chosen = append(chosen, int32(i))
		}
	}
	return chosen
}

// parts adds to a list what each source has of a group.
func (p *planner) parts(list []part, items []int32) []part {
	first := len(list)
	for _, i := range items {
		it := &p.items[i]
		k := slices.IndexFunc(list[first:], func(s part) bool { return s.source == it.Source })
		if k < 0 {
			k = len(list) - first
			list = append(list, part{source: it.Source})
		}
		list[first+k].size += it.size(p.cfg.Unit)
	}
	return list
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
	p.joinEqual(s, func(it *Item) bool { return it.Repo == 0 }, func(it *Item) [2]uint64 { return [2]uint64{it.ID, uint64(it.Source)} })
	p.joinEqual(s, func(it *Item) bool { return it.Instance != 0 }, func(it *Item) [2]uint64 { return [2]uint64{it.Instance} })
	p.joinEqual(s, func(*Item) bool { return p.cfg.Unique != UniqueContent }, func(it *Item) [2]uint64 { return it.Digest })
	p.joinRepos(s)
	return s
}

// joinEqual joins what is equal, among the items that it concerns. A sorted
// list takes a third of the memory of a map of keys.
func (p *planner) joinEqual(s sets, concerns func(*Item) bool, key func(*Item) [2]uint64) {
	items := p.choose(func(i int) bool { return p.usable(i) && concerns(&p.items[i]) })
	p.sortBy(items, func(i int32) uint64 { return key(&p.items[i])[0] }, func(a, b int32) int {
		return cmp.Or(cmp.Compare(key(&p.items[a])[1], key(&p.items[b])[1]), cmp.Compare(a, b))
	})
	for n := 1; n < len(items); n++ {
		if key(&p.items[items[n-1]]) == key(&p.items[items[n]]) {
			s.join(items[n-1], items[n])
		}
	}
}

// joinRepos joins the items of a repository.
func (p *planner) joinRepos(s sets) {
	first := map[int32]int32{}
	for i := range p.items {
		repo := p.items[i].Repo
		if repo == 0 || !p.usable(i) {
			continue
		}
		if other, met := first[repo]; met {
			s.join(other, int32(i))
		} else {
			first[repo] = int32(i)
		}
	}
	p.joinBareNames(s, first)
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
