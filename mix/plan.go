package mix

import (
	"cmp"

	"trainyard/mix/sample"
)

// A plan says which items become rows, on which side, in which order.
type plan struct {
	Items      []Item  // those read, and one more for each time that a row is repeated
	Train      []int32 // indices into Items, in shard order
	Validation []int32
	Mix        []MixLine
	Unordered  int64 // train rows of which the feature that orders them is not known

	trainRows, validationRows *rows // see lay
	Aside                     aside
	Renamed                   map[int32]string // items whose trajectory id was that of others too, and the id they have now
}

func newPlanner(cfg *Config, items []Item, entries *account, repos *names, known features) *planner {
	p := &planner{cfg: cfg, items: items, entries: entries, repos: repos, known: known, lineOf: make([]int32, len(items)), used: make([]bool, len(cfg.Sources))}
	for k, s := range cfg.Sources {
		p.used[k] = cfg.uses(&s)
	}
	for n := range entries.lines {
		if i := entries.lines[n].item; i >= 0 {
			p.lineOf[i] = int32(n)
		}
	}
	return p
}

// plan decides the outcome of every item still undecided in the account, which
// runs parallel to reading order. It is single-threaded and sees lengths, digests
// and numbers only; near duplicates alone have their words compared.
//
// Every choice goes by keys made of a seed and of what an item is, never by
// where its record stands, so that a record more, or another order of records,
// changes no more than it must.
func (p *planner) plan() (*plan, error) {
	p.decontaminate()
	p.dropDuplicates()
	p.dropOverWindow()
	if err := p.dropNear(); err != nil {
		return nil, err
	}
	p.key = p.keys()
	p.limitInstances()
	p.setAside()
	p.scratch = nil // of all items; what is sorted from here on is a part of them
	out, err := p.sample()
	if err != nil {
		return nil, err
	}
	out.Renamed = p.renameShared()
	p.repeat(out)
	p.shuffle("train order", out.Train)
	out.Unordered = p.arrange(out.Train)
	p.shuffle("validation order", out.Validation)
	return out, nil
}

type planner struct {
	cfg     *Config
	items   []Item
	entries *account
	repos   *names
	lineOf  []int32  // item -> line of the account
	key     []uint64 // item -> its place when its source is chosen from
	used    []bool   // source -> the sampler may take of it
	scratch []keyed  // of sortBy
	known   features // what selections and the order go by

	sketches      *sketches      // of the items; nil where near duplicates are not looked for
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
			p.explain(i, it.fit())
		}
	}
}

// keys places every item in its source's order. What has its ids in common
// with others is told apart by its text as well, or all of one id would be
// taken or left together.
func (p *planner) keys() []uint64 {
	order := p.choose(p.undecided)
	p.sortBy(order, func(i int32) uint64 { return p.items[i].ID }, func(a, b int32) int { return cmp.Compare(p.items[a].Source, p.items[b].Source) })
	same := func(a, b int32) bool { return p.items[a].Source == p.items[b].Source && p.items[a].ID == p.items[b].ID }
	keys := make([]uint64, len(p.items))
	for same := range runs(order, same) {
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

// sample runs the sampler over what is left.
func (p *planner) sample() (*plan, error) {
	selected := p.selectFrom(p.members(func(i int) bool { return p.undecided(i) && !p.isAside(i) }), false)
	members := selected.members
	pools := p.pools(members)
	choices, err := sample.Samplers[p.cfg.Sampler].Choose(pools, p.terms())
	if err != nil {
		return nil, p.tellShort(err, members)
	}
	out := &plan{Mix: make([]MixLine, len(pools))}
	aside := choices // the whole mix, whatever fraction of it is taken
	if f := p.cfg.Amounts.Fraction; f > 0 {
		choices = sample.Fraction(pools, choices, f)
	}
	for k, c := range choices {
		out.Mix[k] = MixLine{Source: pools[k].Name, Share: pools[k].Share, Asked: c.Asked, Amount: p.said(k), Target: c.Target}
		p.take(out, k, members[k], pools[k].Sizes, c.Items)
		selected.tell(&out.Mix[k], k, c.Items)
	}
	out.Validation = p.chooseAside(pools, aside)
	for _, i := range out.Validation {
		p.decide(int(i), Validation, "")
		out.Mix[p.items[i].Source].Validation.add(&p.items[i])
	}
	out.Aside = p.aside
	return out, nil
}

// take puts what was chosen of a source into the train side, and counts it beside
// what there was.
func (p *planner) take(out *plan, k int, members []int32, sizes []int64, chosen []int) {
	line := &out.Mix[k]
	for n, i := range members {
		line.Had.add(&p.items[i])
		if line.Shortest == 0 || sizes[n] < line.Shortest {
			line.Shortest = sizes[n]
		}
		p.decide(int(i), NotSampled, p.unsampled(k))
	}
	for n, item := range chosen {
		i := members[item]
		line.Got.add(&p.items[i])
		if n > 0 && chosen[n-1] == item {
			line.Repeats.add(&p.items[i])
		}
		p.decide(int(i), Kept, "")
		out.Train = append(out.Train, i)
	}
}

// members lists the items of each source that belong, in the source's order.
func (p *planner) members(belongs func(item int) bool) [][]int32 {
	counts := make([]int, len(p.cfg.Sources))
	for i := range p.items {
		if belongs(i) {
			counts[p.items[i].Source]++
		}
	}
	members := make([][]int32, len(p.cfg.Sources))
	for k, n := range counts {
		members[k] = make([]int32, 0, n)
	}
	for i := range p.items {
		if belongs(i) {
			k := p.items[i].Source
			members[k] = append(members[k], int32(i))
		}
	}
	for k := range members {
		p.sortBy(members[k], func(i int32) uint64 { return p.key[i] }, p.byKey)
	}
	return members
}

// pools are the members as a sampler sees them.
func (p *planner) pools(members [][]int32) []sample.Pool {
	pools := make([]sample.Pool, len(members))
	for k, list := range members {
		pools[k] = p.pool(k, list)
		if p.cfg.Sources[k].Reference { // none of it is in the mix
			pools[k].Amount = sample.Amount{By: sample.ByTake}
		}
	}
	return pools
}

func (p *planner) pool(k int, list []int32) sample.Pool {
	s := &p.cfg.Sources[k]
	pool := sample.Pool{Name: s.Name, Share: s.Share, Amount: s.Amount, Most: s.Most, Sizes: make([]int64, len(list)), Order: make([]int, len(list))}
	for n, i := range list {
		pool.Sizes[n], pool.Order[n] = p.items[i].size(p.cfg.Unit), n
	}
	return pool
}

// shuffle orders rows by keys of their own.
func (p *planner) shuffle(decision string, rows []int32) {
	p.sortBy(rows, func(i int32) uint64 { return sample.Key(p.cfg.Seed, decision, p.key[i]) }, p.byKey)
}
