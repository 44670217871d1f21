package sample

// A Sampler is a pure function on lengths: it answers with one choice for each
// pool, in their order.
type Sampler struct {
	Summary string
	// NeedsShares says that shares are read, and that all of them 0 is a mistake.
	NeedsShares bool
	// TakesAll says that a budget means nothing.
	TakesAll bool
	// amount is that of a source which says none itself; nil where the sampler
	// does not go by amounts.
	amount func(*Pool, Terms) Amount
	choose func([]Pool, Terms) []Choice // where amount is nil
}

// Samplers are the strategies by name.
var Samplers = map[string]Sampler{
	"all":          {Summary: "every trajectory of every source that says no take or epochs of its own", TakesAll: true, amount: whole},
	"equal":        {Summary: "the same amount of every source that says none of its own", amount: one},
	"proportional": {Summary: "a smaller copy of the whole; smaller budgets lie inside larger ones", choose: chooseProportional},
	"shares":       {Summary: "each source its share of the budget, exact to one trajectory", NeedsShares: true, amount: shareOf},
	"temperature":  {Summary: "each source by what it has to the power of 1/mix.temperature: between proportional (1) and equal", amount: tempered},
}

// TakesAmounts says that sources may say an amount of their own.
func (s Sampler) TakesAmounts() bool { return s.amount != nil }

// Divides says that the parts of the mix are asked for, and are not what the
// sources happen to have.
func (s Sampler) Divides() bool { return s.amount != nil && !s.TakesAll }

// Choose decides. Its error is a [*ShortError] where the terms forbid that a
// source is short, or else a budget that cannot be divided.
func (s Sampler) Choose(pools []Pool, t Terms) ([]Choice, error) {
	if s.amount == nil {
		return s.choose(pools, t), nil
	}
	d, err := s.Divide(pools, t)
	if err != nil {
		return nil, err
	}
	choices := make([]Choice, len(pools))
	for k := range pools {
		choices[k] = Choice{Asked: d.Asked[k], Target: d.Target[k], Items: pools[k].Take(d.Target[k], t.repeat())}
	}
	return choices, nil
}

// amounts are what is asked of each pool, and by which terms.
func (s Sampler) amounts(pools []Pool, t Terms) ([]Amount, Terms) {
	if s.TakesAll {
		t.Budget, t.Percent = 0, 0
	}
	amounts := make([]Amount, len(pools))
	for k := range pools {
		if amounts[k] = pools[k].Amount; amounts[k].By == "" {
			amounts[k] = s.amount(&pools[k], t)
		}
	}
	return amounts, t
}
