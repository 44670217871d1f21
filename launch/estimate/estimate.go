package estimate

// An Estimate is what a training comes to at a site.
type Estimate struct {
	GPU      string `json:"gpu"`
	Count    int    `json:"count"`
	Fits     bool   `json:"fits"`
	Strategy string `json:"strategy"` // the first that fits, or the one that needs least
	Memory   Memory `json:"memory"`   // of one GPU under it

	Balance Range   `json:"balance"` // share of the time in which a GPU does not wait for a longer row
	Filled  float64 `json:"filled"`  // share of the GPUs that the batch keeps busy
	MFU     Range   `json:"mfu"`
	Speed   Range   `json:"tokens_per_second_per_gpu"`
	Price   Range   `json:"price"` // dollars for one GPU and one hour

	// Hours and what follows are nil where nothing fits.
	Hours    *Range `json:"hours,omitempty"`
	GPUHours *Range `json:"gpu_hours,omitempty"`
	Cost     *Range `json:"cost,omitempty"` // dollars

	Remedies []Remedy `json:"remedies,omitempty"` // what would fit, where this does not
}

// At estimates the training at a site.
func (t *Training) At(site Site) (*Estimate, error) {
	w, err := t.Work()
	if err != nil {
		return nil, err
	}
	if err := site.Check(); err != nil {
		return nil, err
	}
	gpu := GPUs[site.GPU]
	strategy, need, fits := t.choose(site)
	e := &Estimate{
		GPU: site.GPU, Count: site.Count, Fits: fits, Strategy: strategy.Name, Memory: need,
		Balance: t.balance(site.Count), Filled: t.filled(site.Count), MFU: strategy.mfu(site.Count), Price: gpu.Price,
	}
	if site.Price > 0 {
		e.Price = exactly(site.Price)
	}
	e.Speed = e.MFU.times(e.Balance).times(exactly(e.Filled * gpu.Peak / w.FLOPsPerToken))
	if !fits {
		e.Remedies = t.remedies(site)
		return e, nil
	}
	gpuHours := e.Speed.under(w.Padded / 3600)
	hours, cost := gpuHours.times(exactly(1/float64(site.Count))), gpuHours.times(e.Price)
	e.Hours, e.GPUHours, e.Cost = &hours, &gpuHours, &cost
	return e, nil
}

// choose finds the first strategy under which a GPU and its machine hold what they
// must, or else the one that asks least beyond what they have.
func (t *Training) choose(site Site) (best Strategy, need Memory, fits bool) {
	gpu := GPUs[site.GPU]
	for _, s := range Strategies {
		m := t.need(s, site.Count)
		if m.excess(gpu) <= 1 {
			return s, m, true
		}
		if best.Name == "" || m.excess(gpu) < need.excess(gpu) {
			best, need = s, m
		}
	}
	return best, need, false
}
