package mix

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"

	"trainyard/mix/sample"
)

// A plan says which items become rows, on which side, in which order.
type plan struct {
	Train      []int32 // indices into items, in shard order
	Validation []int32
	Mix        []MixLine
}

// A MixLine is one source's part of the mix: what was asked of it, what it
// had and what was got, on the train side.
type MixLine struct {
	Source string  `json:"source"`
	Share  float64 `json:"share,omitempty"`
	Asked  int64   `json:"asked"` // in the mix's unit
	Had    Count   `json:"had"`
	Got    Count   `json:"got"`
}

// makePlan decides the outcome of every item still undecided in entries,
// which run parallel to reading order. It is single-threaded and sees
// lengths, digests and numbers only.
func makePlan(cfg *Config, items []Item, entries []Entry, repos *names) (*plan, error) {
	p := planner{cfg: cfg, items: items, entries: entries, entryOf: make([]int, len(items))}
	for e := range entries {
		if i := entries[e].item; i >= 0 {
			p.entryOf[i] = e
		}
	}
	p.dropDuplicates()
	p.dropOverWindow()
	p.limitInstances()
	if err := p.setAside(repos); err != nil {
		return nil, err
	}
	return p.sample(), nil
}

type planner struct {
	cfg     *Config
	items   []Item
	entries []Entry
	entryOf []int // item -> entry

	validation []int32
}

func (p *planner) decide(item int, o Outcome, reason string) {
	e := &p.entries[p.entryOf[item]]
	e.Outcome, e.Reason = o, reason
}

func (p *planner) undecided(item int) bool { return p.entries[p.entryOf[item]].Outcome == "" }

// dropDuplicates keeps the first of every text, across all sources.
func (p *planner) dropDuplicates() {
	if p.cfg.Unique != UniqueContent {
		return
	}
	seen := make(map[digest]bool, len(p.items))
	for i := range p.items {
		d := p.items[i].Digest
		if seen[d] {
			p.decide(i, Duplicate, UniqueContent)
		}
		seen[d] = true
	}
}

func (p *planner) dropOverWindow() {
	for i := range p.items {
		if p.undecided(i) && int(p.items[i].Tokens) > p.cfg.Window {
			p.decide(i, OverWindow, "")
		}
	}
}

// limitInstances keeps the first N of an instance in each source, counting
// only those within the window. Records without an instance id are unlimited.
func (p *planner) limitInstances() {
	type key struct{ source, instance int32 }
	kept := map[key]int{}
	for i := range p.items {
		it := &p.items[i]
		limit := p.cfg.Sources[it.Source].PerInstance
		if limit == 0 || it.Instance == 0 || !p.undecided(i) {
			continue
		}
		k := key{it.Source, it.Instance}
		if kept[k]++; kept[k] > limit {
			p.decide(i, Duplicate, "instance")
		}
	}
}

// setAside moves whole repositories to the validation side, in the order of
// a keyed hash of their names, until it holds the asked fraction of what is
// left. The order does not depend on the other repositories, so that mixes of
// one seed hold out much the same ones. Items of no known repository stay in
// train: nothing could show that they are apart.
func (p *planner) setAside(repos *names) error {
	if p.cfg.Validation == 0 {
		return nil
	}
	size, total := p.repoSizes(len(repos.list))
	if total == 0 {
		return nil // there is nothing to divide
	}
	order := p.repoOrder(repos, size)
	if len(order) < 2 {
		return fmt.Errorf("validation %v of the mix cannot be set aside by repository: the accepted records name %d repositories, and 2 are needed (set mix.validation=0, or give the records a repo)", p.cfg.Validation, len(order))
	}
	held := make([]bool, len(repos.list))
	want := p.cfg.Validation * float64(total)
	for _, r := range order[:len(order)-1] {
		if want <= 0 {
			break
		}
		held[r] = true
		want -= float64(size[r])
	}
	p.hold(held)
	return nil
}

func (p *planner) repoSizes(n int) (size []int64, total int64) {
	size = make([]int64, n)
	for i := range p.items {
		if p.undecided(i) {
			n := p.items[i].size(p.cfg.Unit)
			size[p.items[i].Repo] += n
			total += n
		}
	}
	return size, total
}

// repoOrder lists the known repositories that have items, by keyed hash.
func (p *planner) repoOrder(repos *names, size []int64) []int32 {
	key := func(r int32) []byte {
		sum := sha256.Sum256(fmt.Appendf(nil, "validation %d %s", p.cfg.Seed, repos.list[r]))
		return sum[:]
	}
	var order []int32
	for r := 1; r < len(size); r++ {
		if size[r] > 0 {
			order = append(order, int32(r))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return bytes.Compare(key(a), key(b)) })
	return order
}

func (p *planner) hold(held []bool) {
	for i := range p.items {
		if p.undecided(i) && held[p.items[i].Repo] {
			p.decide(i, Validation, "")
			p.validation = append(p.validation, int32(i))
		}
	}
}

// sample runs the sampler over what is left and shuffles both sides.
func (p *planner) sample() *plan {
	pools, members := p.pools()
	choices := sample.Samplers[p.cfg.Sampler].Choose(pools, p.cfg.Budget)
	out := &plan{Validation: p.validation}
	for k, c := range choices {
		line := MixLine{Source: pools[k].Name, Share: pools[k].Share, Asked: c.Asked}
		for _, i := range members[k] {
			line.Had.add(p.items[i].Tokens)
			p.decide(int(i), NotSampled, "")
		}
		for _, n := range c.Items {
			i := members[k][n]
			line.Got.add(p.items[i].Tokens)
			p.decide(int(i), Kept, "")
			out.Train = append(out.Train, i)
		}
		out.Mix = append(out.Mix, line)
	}
	shuffle(p.cfg.Seed, "train order", out.Train)
	shuffle(p.cfg.Seed, "validation order", out.Validation)
	return out
}

// pools groups the undecided items by source; members maps a pool's index
// back to the item.
func (p *planner) pools() (pools []sample.Pool, members [][]int32) {
	pools = make([]sample.Pool, len(p.cfg.Sources))
	members = make([][]int32, len(pools))
	for i := range p.items {
		if p.undecided(i) {
			k := p.items[i].Source
			pools[k].Sizes = append(pools[k].Sizes, p.items[i].size(p.cfg.Unit))
			members[k] = append(members[k], int32(i))
		}
	}
	for k := range pools {
		src := &p.cfg.Sources[k]
		pools[k].Name, pools[k].Share = src.Name, src.Share
		pools[k].Order = sample.Rng(p.cfg.Seed, "sample "+src.Name).Perm(len(pools[k].Sizes))
	}
	return pools, members
}

func shuffle(seed int64, name string, items []int32) {
	sample.Rng(seed, name).Shuffle(len(items), func(a, b int) { items[a], items[b] = items[b], items[a] })
}
