package mix

import (
	"fmt"
	"slices"

	"trainyard/mix/sample"
)

// selects says that the source has a selection or a cap that goes by its order.
func (s *Source) selects() bool { return len(s.Select) > 0 || s.PerRepo > 0 || s.PerTeacher > 0 }

// matchedTo is the step that matches the source to another, nil where none does.
func (s *Source) matchedTo() *sample.Args {
	for n := range s.Select {
		if s.Select[n].By == sample.Matched {
			return &s.Select[n]
		}
	}
	return nil
}

// A selecting is what the selections leave of each source on one side.
type selecting struct {
	p       *planner
	aside   bool
	all     [][]int32      // items of each source, in the order of their keys
	views   []*sample.View // of all, nil where nothing looks at the source
	rows    [][]int        // source -> indices into its view that stay, in the order of preference
	arms    map[int][]int  // source -> indices that others are matched to
	members [][]int32      // source -> items that stay, in the order of preference
}

// selectFrom runs the selections of all sources over one side, and decides what
// they leave out. Sources that are matched to others come last.
func (p *planner) selectFrom(all [][]int32, aside bool) *selecting {
	s := &selecting{p: p, aside: aside, all: all, views: make([]*sample.View, len(all)), rows: make([][]int, len(all)), arms: map[int][]int{}, members: slices.Clone(all)}
	for _, matched := range []bool{false, true} {
		for k := range p.cfg.Sources {
			if src := &p.cfg.Sources[k]; src.selects() && matched == (src.matchedTo() != nil) {
				s.run(k)
			}
		}
	}
	return s
}

func (s *selecting) run(k int) {
	src, v := &s.p.cfg.Sources[k], s.view(k)
	v.With = map[string]*sample.View{}
	for _, step := range src.Select {
		for _, name := range step.With {
			v.With[name] = s.view(s.p.source(name))
		}
		if step.By == sample.Matched {
			v.Arm = s.arm(s.p.source(step.With[0]))
		}
	}
	rows, left := sample.Choose(v, src.Select)
	for i, n := range left {
		if n > 0 {
			s.p.decide(int(s.all[k][i]), NotSampled, src.Select[n-1].By)
		}
	}
	if len(src.Select) > 0 { // else it was limited before
		rows = s.limit(k, rows, sample.PerInstance, src.PerInstance, Duplicate, "instance")
	}
	rows = s.limit(k, rows, sample.PerRepository, src.PerRepo, NotSampled, "per_repo")
	s.rows[k] = s.limit(k, rows, sample.PerTeacher, src.PerTeacher, NotSampled, "per_teacher")
	s.members[k] = make([]int32, len(s.rows[k]))
	for n, i := range s.rows[k] {
		s.members[k][n] = s.all[k][i]
	}
}

// limit keeps at most so many rows of a group, and decides the others.
func (s *selecting) limit(k int, rows []int, per sample.Per, most int, o Outcome, reason string) []int {
	if most == 0 {
		return rows
	}
	kept := s.views[k].Limit(rows, per, most)
	stays := make([]bool, len(s.all[k]))
	for _, i := range kept {
		stays[i] = true
	}
	for _, i := range rows {
		if !stays[i] {
			s.p.decide(int(s.all[k][i]), o, reason)
		}
	}
	return kept
}

// arm is what a source gives, where others are matched to it: its amount, from
// the front of its order. Of what was set aside it is all.
func (s *selecting) arm(k int) []int {
	if arm, known := s.arms[k]; known {
		return arm
	}
	rows := s.rows[k]
	if rows == nil {
		rows = make([]int, len(s.all[k]))
		for i := range rows {
			rows[i] = i
		}
	}
	if amount := s.p.cfg.Sources[k].Amount; !s.aside && amount.By != "" {
		pool := s.p.pool(k, s.members[k])
		var front []int
		for _, n := range pool.Take(amount.Of(pool.Had()), 1) {
			front = append(front, rows[n])
		}
		rows = front
	}
	s.arms[k] = slices.Sorted(slices.Values(rows))
	return s.arms[k]
}

// view is a source as selections see it.
func (s *selecting) view(k int) *sample.View {
	if s.views[k] == nil {
		s.views[k] = s.p.view(s.all[k])
	}
	return s.views[k]
}

func (p *planner) view(items []int32) *sample.View {
	v := &sample.View{Items: make([]sample.Item, len(items)), Columns: map[string][]float64{}}
	repos, teachers := map[int32]uint64{}, map[int32]uint64{}
	for n, i := range items {
		it := &p.items[i]
		v.Items[n] = sample.Item{
			Repo: p.nameKey(repos, it.Repo, p.repos.list), Teacher: p.nameKey(teachers, it.Teacher, p.known.teachers), Instance: it.Instance,
			Key: p.key[i], Tokens: it.Tokens, Trained: it.Trained, Steps: it.Steps,
		}
	}
	for name, column := range p.known.columns {
		own := make([]float64, len(items))
		for n, i := range items {
			own[n] = column[i]
		}
		v.Columns[name] = own
	}
	return v
}

// nameKey is the keyed hash of an interned name, 0 for none.
func (p *planner) nameKey(known map[int32]uint64, id int32, list []string) uint64 {
	if id == 0 {
		return 0
	}
	if _, met := known[id]; !met {
		known[id] = max(1, sample.Key(p.cfg.Seed, "name "+list[id]))
	}
	return known[id]
}

// source is the index of a source by name.
func (p *planner) source(name string) int {
	return slices.IndexFunc(p.cfg.Sources, func(s Source) bool { return s.Name == name })
}

// unsampled is the reason of a source's items that no amount takes.
func (p *planner) unsampled(k int) string {
	if p.cfg.Sources[k].Reference {
		return "reference"
	}
	return ""
}

// checkSelections refuses what no order of the sources could make sense of.
func (c *Config) checkSelections() error {
	for k := range c.Sources {
		s := &c.Sources[k]
		if s.Reference && (!c.ownAmount(s) || !sample.Samplers[c.Sampler].TakesAmounts()) {
			return fmt.Errorf("prepare: source %s is a reference: it says take, epochs or nothing, and sampler %s must go by amounts", s.Name, c.Sampler)
		}
		for _, step := range s.Select {
			if _, known := sample.Selections[step.By]; !known {
				return fmt.Errorf("prepare: source %s: no selection %q", s.Name, step.By)
			}
			if err := c.checkStep(s, step); err != nil {
				return fmt.Errorf("prepare: source %s: select %s: %w", s.Name, step.By, err)
			}
		}
	}
	return nil
}

func (c *Config) checkStep(s *Source, step sample.Args) error {
	for _, name := range step.Features() {
		if err := CheckFeature(name); err != nil {
			return err
		}
	}
	for _, name := range step.With {
		i := slices.IndexFunc(c.Sources, func(s Source) bool { return s.Name == name })
		switch {
		case i < 0:
			return fmt.Errorf("no source %q", name)
		case name == s.Name:
			return fmt.Errorf("%s is the source itself", name)
		case step.By == sample.Matched && c.Sources[i].matchedTo() != nil:
			return fmt.Errorf("%s is matched itself", name)
		case step.By == sample.Matched && !c.ownAmount(&c.Sources[i]):
			return fmt.Errorf("what %s gives depends on the other sources (say take or epochs of it)", name)
		}
	}
	return nil
}

// ownAmount says that what a source gives is known from it alone.
func (c *Config) ownAmount(s *Source) bool {
	switch s.Amount.By {
	case sample.ByTake, sample.ByEpochs:
		return true
	case "":
		return s.Reference || sample.Samplers[c.Sampler].TakesAll
	}
	return false
}
