package yard

import (
	"context"

	"trainyard/launch"
	"trainyard/launch/sweep"
)

// chooseKnown says of cells which stages have not begun, and which variants are out, as
// [Yard.LookAtSweep] does.
func (y *Yard) chooseKnown(ctx context.Context, l *launch.Launcher, k *knownSweep, stages []sweep.Stage) error {
	if len(stages) == 0 {
		return nil
	}
	p := &SweepPlan{Name: k.name}
	for _, c := range k.cells {
		cell := SweepCell{Cell: c.Cell, Hash: c.Hash, Same: c.Same, State: c.State, Run: c.Run}
		if plan, err := newPlan(c.Recipe, LaunchRequest{}); err == nil {
			cell.expect(plan)
		}
		p.Cells = append(p.Cells, cell)
	}
	p.beginStages(stages)
	if err := p.lookAtEvaluations(ctx, l); err != nil {
		return err
	}
	if err := p.choose(ctx, l.Ledger); err != nil {
		return err
	}
	for i := range k.cells {
		k.cells[i].State = p.Cells[i].State
	}
	return nil
}
