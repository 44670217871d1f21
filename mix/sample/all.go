package sample

// chooseAll takes everything. Use it when the sources already are the mix;
// a budget is not for it, and a recipe that gives one is refused.
func chooseAll(pools []Pool, _ int64) []Choice {
	choices := make([]Choice, len(pools))
	for k, p := range pools {
		items := make([]int, len(p.Sizes))
		for i := range items {
			items[i] = i
		}
		choices[k] = Choice{Asked: p.Had(), Items: items}
	}
	return choices
}
