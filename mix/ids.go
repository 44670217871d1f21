package mix

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
)

// renameShared gives the items that share a trajectory id one of their own: a
// checksum of the text follows it, for all of them, so that the name lasts
// whatever else is read and in whichever order. Repeats of a text are in no
// shard and keep theirs.
func (p *planner) renameShared() map[int32]string {
	texts := p.choose(func(i int) bool { return !p.entries.repeats(p.lineOf[i]) }) // but the repeats of another's text
	hash := make([]uint64, len(p.items))                                           // numbers are sorted in a fraction of the time of texts
	for _, i := range texts {
		hash[i] = maphash.String(instanceSeed, p.id(i))
	}
	p.sortBy(texts, func(i int32) uint64 { return hash[i] }, func(a, b int32) int { return cmp.Or(cmp.Compare(p.id(a), p.id(b)), cmp.Compare(a, b)) })
	var shared []int32
	for same := range runs(texts, func(a, b int32) bool { return p.id(a) == p.id(b) }) {
		if len(same) > 1 {
			shared = append(shared, same...)
		}
	}
	renamed, taken := map[int32]string{}, map[string]bool{}
	met := func(name string) bool {
		h := maphash.String(instanceSeed, name)
		_, met := slices.BinarySearchFunc(texts, name, func(i int32, name string) int { return cmp.Or(cmp.Compare(hash[i], h), cmp.Compare(p.id(i), name)) })
		return met || taken[name]
	}
	for _, i := range texts { // the rows of what was split have ids too
		if rows := p.items[i].rows(); rows > 1 && slices.ContainsFunc(rowIDs(p.id(i), rows), met) {
			shared = append(shared, i)
		}
	}
	slices.Sort(shared)
	for _, i := range slices.Compact(shared) {
		name, rows := fmt.Sprintf("%s-%08x", p.id(i), p.items[i].Text), p.items[i].rows()
		for n := 2; met(name) || slices.ContainsFunc(rowIDs(name, rows), met); n++ { // the text too is that of another
			name = fmt.Sprintf("%s-%08x-%d", p.id(i), p.items[i].Text, n)
		}
		taken[name], renamed[i] = true, name
		for _, id := range rowIDs(name, rows) {
			taken[id] = true
		}
	}
	for i, name := range renamed {
		p.entries.lines[p.lineOf[i]].id = name
	}
	return renamed
}

// id is the trajectory id of an item.
func (p *planner) id(item int32) string { return p.entries.lines[p.lineOf[item]].id }
