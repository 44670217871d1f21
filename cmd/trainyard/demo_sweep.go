package main

import (
	"context"
	"fmt"
	"strings"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/sweep"
)

// demoSweep is the built-in sweep that the demo runs. Its eval: has the evaluation.
const demoSweep = "mixes-demo"

// sweepDemo runs two mixes with two seeds each, has every model judged by what was held
// out, as the sweep's recipe asks, and says whether the mixes differ.
func sweepDemo(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard) error {
	req := yard.SweepRequest{File: demoSweep, Launch: yard.LaunchRequest{Backend: "local"}}
	req.Room.Runs = demoAtOnce
	p, err := planSweep(ctx, t, s, y, req)
	if err != nil {
		return err
	}
	t.Print("\nThe sweep %s: %s of %s, judged by the loss on each conversation that was held out\n", p.Name, face.Counted(len(p.Cells), "cell"), face.Counted(p.Datasets, "dataset"))
	for _, e := range p.Cells[0].Evaluations {
		t.Print("  eval %s: %s\n", e.Name, strings.Join(e.Command(), " "))
	}
	if err := y.RunSweep(ctx, p, req, func(n yard.SweepNews) { sayNews(t, n) }); err != nil {
		return err
	}
	bad, unjudged := p.Total.Cells-p.Total.By[sweep.Succeeded], p.Total.Evaluations.Count-p.Total.Evaluations.By[sweep.Succeeded]
	if bad+unjudged > 0 {
		return fmt.Errorf("%w: %s of %d and %s: see %s sweep status %s", errRunNotSucceeded, face.Counted(bad, "cell"), p.Total.Cells, face.Counted(unjudged, "evaluation"), invocation(s), demoSweep)
	}
	if err := printCellEvaluations(t, p); err != nil {
		return err
	}
	c, err := y.Compare(ctx, yard.CompareRequest{What: []string{demoSweep}})
	if err != nil {
		return err
	}
	return printJudged(t, c, false)
}

// demoAtOnce is how many cells the demo trains at once: each takes one processor.
const demoAtOnce = 2
