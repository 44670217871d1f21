package yard

import (
	"context"
	"errors"
	"time"

	"trainyard/launch"
	"trainyard/launch/sweep"
)

// findSame names, for each cell whose content another one before it has, that one.
func (p *SweepPlan) findSame() {
	first := map[string]string{}
	for i := range p.Cells {
		c := &p.Cells[i]
		if c.Hash == "" {
			continue
		}
		if name, known := first[c.Hash]; known {
			c.Same = name
		} else {
			first[c.Hash] = c.Name
		}
	}
}

// LookAtSweep finds what has become of every cell, as the ledger has it.
func (y *Yard) LookAtSweep(ctx context.Context, p *SweepPlan) error {
	p.Orphans = nil
	if !y.hasLedger() {
		for i := range p.Cells {
			p.Cells[i].State, _ = sweep.Standing(nil, p.Cells[i].prepared, time.Time{})
		}
		err := p.choose(ctx, nil)
		p.count()
		return err
	}
	l, err := y.Launcher()
	if err != nil {
		return err
	}
	runs, err := l.Ledger.Cells(ctx, p.hashes())
	if err != nil {
		return err
	}
	for i := range p.Cells {
		c := &p.Cells[i]
		c.State, c.Run = sweep.Standing(runs[c.Hash], c.prepared, time.Now())
		c.Dollars = nil
		if c.Run != nil {
			attempts, errFacts := attemptsOf(ctx, l.Ledger, *c.Run)
			c.Dollars, err = totalOf(attempts).Dollars, errors.Join(err, errFacts)
		}
	}
	err = errors.Join(err, p.lookAtEvaluations(ctx, l))
	err = errors.Join(err, p.choose(ctx, l.Ledger))
	p.count()
	return errors.Join(err, p.findOrphans(ctx, l))
}

func (p *SweepPlan) hashes() (all []string) {
	for _, c := range p.Cells {
		if c.Hash != "" && c.Same == "" {
			all = append(all, c.Hash)
		}
	}
	return all
}

func (p *SweepPlan) findOrphans(ctx context.Context, l *launch.Launcher) error {
	mine := map[string]bool{}
	for _, c := range p.Cells {
		mine[c.Hash] = true
	}
	runs, err := l.Ledger.SweepRuns(ctx, p.Name)
	for _, r := range runs {
		if !mine[r.Job.Cell] {
			p.Orphans = append(p.Orphans, r)
		}
	}
	return err
}

// count sums the cells by state, each content once.
func (p *SweepPlan) count() {
	p.Total.By, p.Total.Cells, p.Total.Spent = map[sweep.State]int{}, 0, 0
	for _, c := range p.Cells {
		if c.Same != "" {
			continue
		}
		p.Total.Cells++
		p.Total.By[c.State]++
		if c.Dollars != nil {
			p.Total.Spent += *c.Dollars
		}
	}
	p.countEvaluations()
}
