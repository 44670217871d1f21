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
	ids := &idTable{p: p, texts: texts, hash: hash, taken: map[string]bool{}}
	for _, i := range texts {
		if p.items[i].rows() > 1 && ids.partsMet(i, p.id(i)) {
			shared = append(shared, i)
		}
	}
	slices.Sort(shared)
	renamed := map[int32]string{}
	for _, i := range slices.Compact(shared) {
		name := fmt.Sprintf("%s-%08x", p.id(i), p.items[i].Text)
		for n := 2; ids.met(name) || ids.partsMet(i, name); n++ { // the text too is that of another
			name = fmt.Sprintf("%s-%08x-%d", p.id(i), p.items[i].Text, n)
		}
		ids.take(i, name)
		renamed[i] = name
	}
	for i, name := range renamed {
		p.entries.lines[p.lineOf[i]].id = p.entries.ids.keep(name)
	}
	return renamed
}

// An idTable knows which ids there are: those of items, and those given since.
type idTable struct {
	p     *planner
	texts []int32  // items, by the hashes of their ids
	hash  []uint64 // of items
	taken map[string]bool
}

func (t *idTable) met(id string) bool {
	h := maphash.String(instanceSeed, id)
	_, met := slices.BinarySearchFunc(t.texts, id, func(i int32, id string) int { return cmp.Or(cmp.Compare(t.hash[i], h), cmp.Compare(t.p.id(i), id)) })
	return met || t.taken[id]
}

// partsMet says that a row of an item that was split would have an id that is met.
func (t *idTable) partsMet(item int32, id string) bool {
	rows := t.p.items[item].rows()
	return rows > 1 && slices.ContainsFunc(rowIDs(id, rows), t.met)
}

func (t *idTable) take(item int32, id string) {
	t.taken[id] = true
	if rows := t.p.items[item].rows(); rows > 1 {
		for _, row := range rowIDs(id, rows) {
			t.taken[row] = true
		}
	}
}

// id is the trajectory id of an item.
func (p *planner) id(item int32) string {
	return p.entries.ids.text(p.entries.lines[p.lineOf[item]].id)
}
