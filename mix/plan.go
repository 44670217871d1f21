package mix

import (
	"cmp"
	"slices"

	"trainyard/mix/sample"
)

// A plan says which items become rows, on which side, in which order.
type plan struct {
	Train      []int32 // indices into items, in shard order
	Validation []int32
	Mix        []MixLine

	trainRows, validationRows *rows // see lay
	Aside                     aside
	Renamed                   map[int32]string // items whose trajectory id was that of others too, and the id they have now
}

// A MixLine is one source's part of the mix: what was asked of it, what it
// had and what was got, on the train side.
type MixLine struct {
	Source string  `json:"source"`
	Share  float64 `json:"share,omitempty"`
	Asked  int64   `json:"asked"` // in the mix's unit
	Had    Count   `json:"had"`
	Got    Count   `json:"got"`
	// Trained is the part of Got's tokens that is inside the loss.
	Trained int64 `json:"trained_tokens"`
	// Shortest is the length of the shortest trajectory it had, in the mix's unit.
	Shortest int64 `json:"shortest,omitempty"`
	// Validation is the source's part of the other side.
	Validation Count `json:"validation"`
}

// makePlan decides the outcome of every item still undecided in entries,
// which run parallel to reading order. It is single-threaded and sees
// lengths, digests and numbers only.
//
// Every choice goes by keys made of a seed and of what an item is, never by
// where its record stands, so that a record more, or another order of records,
// changes no more than it must.
func makePlan(cfg *Config, items []Item, entries *account, repos *names) *plan {
	return newPlanner(cfg, items, entries, repos).plan()
}

func newPlanner(cfg *Config, items []Item, entries *account, repos *names) *planner {
	p := &planner{cfg: cfg, items: items, entries: entries, repos: repos, lineOf: make([]int32, len(items)), used: make([]bool, len(cfg.Sources))}
	for k, s := range cfg.Sources {
		p.used[k] = s.Share > 0 || !sample.Samplers[cfg.Sampler].NeedsShares
	}
	for n := range entries.lines {
		if i := entries.lines[n].item; i >= 0 {
			p.lineOf[i] = int32(n)
		}
	}
	return p
}

func (p *planner) plan() *plan {
	p.decontaminate()
	p.dropDuplicates()
	p.dropOverWindow()
	p.dropNear()
	p.key = p.keys()
	p.limitInstances()
	p.setAside()
	out := p.sample()
	out.Renamed = p.renameShared()
	return out
}

type planner struct {
	cfg     *Config
	items   []Item
	entries *account
	repos   *names
	lineOf  []int32  // item -> line of the account
	key     []uint64 // item -> its place when its source is chosen from
	used    []bool   // source -> the sampler may take of it

	sketches *sketches // of the items; nil where near duplicates are not looked for
	err      error     // of reading them again

	contamination *contamination // nil where there is no benchmark

	aside aside
}

func (p *planner) decide(item int, o Outcome, reason string) {
	p.entries.decide(p.lineOf[item], o, reason)
}

func (p *planner) undecided(item int) bool {
	return p.entries.lines[p.lineOf[item]].outcome == undecided
}

func (p *planner) dropOverWindow() {
	for i := range p.items {
		if it := &p.items[i]; p.undecided(i) && it.over(p.cfg.Window) {
			p.decide(i, OverWindow, "")
			p.explain(i, it.fit)
		}
	}
}

// keys places every item in its source's order. What has its ids in common
// with others is told apart by its text as well, or all of one id would be
// taken or left together.
func (p *planner) keys() []uint64 {
	order := p.choose(p.undecided)
	byID := func(a, b int32) int {
		x, y := &p.items[a], &p.items[b]
		return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.ID, y.ID))
	}
	slices.SortFunc(order, byID)
	keys := make([]uint64, len(p.items))
	for same := range runs(order, func(a, b int32) bool { return byID(a, b) == 0 }) {
		for _, i := range same {
			it := &p.items[i]
			ids := []uint64{it.ID}
			if len(same) > 1 {
				ids = append(ids, uint64(it.Text))
			}
			keys[i] = sample.Key(p.cfg.Seed, "sample "+p.cfg.Sources[it.Source].Name, ids...)
		}
	}
	return keys
}

// byKey orders items of one source as its shuffle does.
func (p *planner) byKey(a, b int32) int {
	return cmp.Or(cmp.Compare(p.key[a], p.key[b]), cmp.Compare(p.items[a].Text, p.items[b].Text), cmp.Compare(a, b))
}

// sample runs the sampler over what is left and shuffles both sides.
func (p *planner) sample() *plan {
	members := p.members(func(i int) bool { return p.undecided(i) && !p.isAside(i) })
	pools := p.pools(members)
	choices := sample.Samplers[p.cfg.Sampler].Choose(pools, p.cfg.Budget)
	out := &plan{Mix: make([]MixLine, len(pools))}
	for k, c := range choices {
		line := &out.Mix[k]
		*line = MixLine{Source: pools[k].Name, Share: pools[k].Share, Asked: c.Asked}
		for n, i := range members[k] {
			line.Had.add(p.items[i].Tokens)
			if size := pools[k].Sizes[n]; line.Shortest == 0 || size < line.Shortest {
				line.Shortest = size
			}
			p.decide(int(i), NotSampled, "")
		}
		for _, n := range c.Items {
			i := members[k][n]
			line.Got.add(p.items[i].Tokens)
			line.Trained += int64(p.items[i].Trained)
			p.decide(int(i), Kept, "")
			out.Train = append(out.Train, i)
		}
	}
	out.Validation = p.chooseAside(pools, choices)
	for _, i := range out.Validation {
		p.decide(int(i), Validation, "")
		out.Mix[p.items[i].Source].Validation.add(p.items[i].Tokens)
	}
	out.Aside = p.aside
	p.shuffle("train order", out.Train)
	p.shuffle("validation order", out.Validation)
	return out
}

// members lists the items of each source that belong, in reading order.
func (p *planner) members(belongs func(item int) bool) [][]int32 {
	members := make([][]int32, len(p.cfg.Sources))
	for i := range p.items {
		if belongs(i) {
			k := p.items[i].Source
			members[k] = append(members[k], int32(i))
		}
	}
	return members
}

// pools are the members as a sampler sees them.
func (p *planner) pools(members [][]int32) []sample.Pool {
	pools := make([]sample.Pool, len(members))
	for k, list := range members {
		pool := &pools[k]
		pool.Name, pool.Share = p.cfg.Sources[k].Name, p.cfg.Sources[k].Share
		pool.Sizes, pool.Order = make([]int64, 0, len(list)), make([]int, 0, len(list))
		for n, i := range list {
			pool.Sizes = append(pool.Sizes, p.items[i].size(p.cfg.Unit))
			pool.Order = append(pool.Order, n)
		}
		slices.SortFunc(pool.Order, func(a, b int) int { return p.byKey(list[a], list[b]) })
	}
	return pools
}

// shuffle orders rows by keys of their own.
func (p *planner) shuffle(decision string, rows []int32) {
	at := make([]uint64, len(p.items))
	for _, i := range rows {
		at[i] = sample.Key(p.cfg.Seed, decision, p.key[i])
	}
	slices.SortFunc(rows, func(a, b int32) int { return cmp.Or(cmp.Compare(at[a], at[b]), p.byKey(a, b)) })
}
