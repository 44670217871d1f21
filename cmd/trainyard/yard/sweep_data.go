package yard

import (
	"context"

	"trainyard/mix"
)

// planData plans each dataset once. What is wrong with one is told beside its cells.
func (y *Yard) planData(ctx context.Context, p *SweepPlan, progress func(mix.Progress)) error {
	type planned struct {
		prepared *Prepared
		fault    error
	}
	known := map[string]planned{}
	for i := range p.Cells {
		c := &p.Cells[i]
		c.data = c.Recipe.DataFingerprint()
		d, done := known[c.data]
		if !done {
			d.prepared, d.fault = y.prepare(ctx, c.Recipe, PrepareRequest{DryRun: true}, progress)
			known[c.data] = d
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		c.learnData(d.prepared, d.fault)
	}
	p.Datasets = len(known)
	for i := range p.Cells {
		for _, o := range p.Cells {
			if o.data == p.Cells[i].data {
				p.Cells[i].Shared++
			}
		}
	}
	return nil
}

func (c *SweepCell) learnData(d *Prepared, fault error) {
	if fault != nil {
		c.Fault = fault.Error()
	}
	if d == nil || d.Manifest == nil {
		return
	}
	side := d.Manifest.Totals.Train
	c.Unit = d.Manifest.Unit
	c.Dataset, c.Mix, c.Rows, c.Tokens, c.Trained = d.Out, d.Manifest.Mix, side.Rows, side.Tokens, side.TrainedTokens
	c.Hash = cellOf(c.Recipe, d.Manifest, c.Repeat)
	c.prepared = isPrepared(d)
	c.manifest = d.Manifest
	c.Remarks = remarksOf(d.Manifest)
}

// nowPrepared says of a dataset that it is there.
func (p *SweepPlan) nowPrepared(data string) {
	for i := range p.Cells {
		if p.Cells[i].data == data {
			p.Cells[i].prepared = true
		}
	}
}

// isPrepared reports whether the dataset that was planned is there, made of what is
// there now.
func isPrepared(d *Prepared) bool {
	there, err := mix.OpenDataset(d.Out)
	if err != nil {
		return false
	}
	return there.Manifest.Recipe.Data == d.Manifest.Recipe.Data && sameInputs(there.Manifest, d.Manifest)
}

func sameInputs(a, b *mix.Manifest) bool {
	if len(a.Sources) != len(b.Sources) {
		return false
	}
	for i := range a.Sources {
		x, y := a.Sources[i].Inputs, b.Sources[i].Inputs
		if len(x) != len(y) {
			return false
		}
		for k := range x {
			if x[k].SHA256 != y[k].SHA256 {
				return false
			}
		}
	}
	return true
}
