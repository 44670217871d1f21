package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/smoke"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/sweep"
)

// demoSweep is the built-in sweep that the demo runs, and demoBenchmark what its cells
// are judged on: the loss on each conversation that was held out.
const (
	demoSweep     = "mixes-demo"
	demoBenchmark = "held-out"
)

// sweepDemo runs two mixes with two seeds each, judges every model by what was held out,
// and says whether the mixes differ.
func sweepDemo(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard) error {
	req := yard.SweepRequest{File: demoSweep, Launch: yard.LaunchRequest{Backend: "local"}}
	req.Room.Runs = demoAtOnce
	p, err := planSweep(ctx, t, s, y, req)
	if err != nil {
		return err
	}
	t.Print("\nThe sweep %s: %s of %s, judged by the loss on each conversation that was held out\n", p.Name, face.Counted(len(p.Cells), "cell"), face.Counted(p.Datasets, "dataset"))
	if err := y.RunSweep(ctx, p, req, func(n yard.SweepNews) { sayNews(t, n) }); err != nil {
		return err
	}
	if bad := p.Total.Cells - p.Total.By[sweep.Succeeded]; bad > 0 {
		return fmt.Errorf("%w: %s of %d: see %s sweep status %s", errRunNotSucceeded, face.Counted(bad, "cell"), p.Total.Cells, invocation(s), demoSweep)
	}
	if err := judgeCells(ctx, t, y, p); err != nil {
		return err
	}
	c, err := y.Compare(ctx, yard.CompareRequest{What: []string{demoSweep}, Choosing: yard.Choosing{Benchmark: demoBenchmark}})
	if err != nil {
		return err
	}
	return printJudged(t, c, false)
}

// demoAtOnce is how many cells the demo trains at once: each takes one processor.
const demoAtOnce = 2

// judgeCells judges each cell by the rows that the last arm, which has all of the data,
// holds out, and imports what comes of it.
func judgeCells(ctx context.Context, t *face.Terminal, y *yard.Yard, p *yard.SweepPlan) error {
	heldOut := p.Cells[len(p.Cells)-1].Dataset
	reports := filepath.Join(y.Home, "evaluations", demoSweep)
	if err := os.MkdirAll(reports, 0o755); err != nil {
		return fmt.Errorf("make room for reports: %w", err)
	}
	for _, c := range p.Cells {
		verdicts, err := smoke.Judge(ctx, filepath.Join(y.RunDir(*c.Run), c.Run.Output), heldOut)
		if err != nil {
			return fmt.Errorf("judge %s: %w", c.Name, err)
		}
		file := filepath.Join(reports, c.Run.ID+".jsonl")
		if err := smoke.WriteReport(file, verdicts); err != nil {
			return err
		}
		done, err := y.ImportResults(ctx, yard.EvalRequest{Run: c.Run.ID, Files: []string{file}, EvalSaid: yard.EvalSaid{Benchmark: demoBenchmark}})
		if err != nil {
			return err
		}
		t.Print("%-15s ", c.Name)
		printImport(t, done)
	}
	return nil
}
