package yard

import (
	"context"
	"encoding/json"
	"slices"

	"trainyard/launch"
	"trainyard/launch/result"
	"trainyard/launch/stats"
	"trainyard/recipes"
)

// A pastRuns is what the ledger knows of runs that were judged.
type pastRuns struct {
	ledger *launch.Ledger
	mine   map[string]bool // runs that are cells of the sweep, by id
	like   map[string]string
	lines  []launch.StoredResult // without instances, the newest first
}

// A pastResults are what judged runs on one benchmark show.
type pastResults struct {
	own      bool    // the rate is that of the sweep's own cells
	runs     int     // that the rate is of
	mean     float64 // rate over the runs
	noise    *stats.NoiseFloor
	ownNoise bool // the noise floor is that of the sweep's own cells
}

// pastJudged finds the runs of the ledger that have results.
func (y *Yard) pastJudged(ctx context.Context, p *SweepPlan) (*pastRuns, error) {
	past := &pastRuns{mine: map[string]bool{}, like: map[string]string{}}
	if !y.hasLedger() {
		return past, nil
	}
	l, err := y.Launcher()
	if err != nil {
		return nil, err
	}
	past.ledger = l.Ledger
	if past.lines, err = l.Ledger.ResultLines(ctx); err != nil || len(past.lines) == 0 {
		return past, err
	}
	for _, c := range p.Cells {
		if c.Run != nil {
			past.mine[c.Run.ID] = true
		}
	}
	runs, err := l.Ledger.Runs(ctx, 0)
	for _, r := range runs {
		past.like[r.ID] = alikeButSeed(r.Job)
	}
	return past, err
}

// alikeButSeed is one text for jobs that differ by the seed, or by where and for whom
// they ran.
func alikeButSeed(j launch.Job) string {
	alike := struct {
		Recipe, Data, Model, Trainer, Method, Schedule string
		Window, Batch                                  int
		Epochs, LR, Warmup                             float64
		Tuning                                         launch.Tuning
		Params                                         launch.Params
	}{j.Recipe, j.Dataset.Dir, j.Model, j.Trainer, j.Method, j.Schedule, j.Window, j.Batch, j.Epochs, j.LR, j.Warmup, j.Tuning, j.Params}
	text, err := json.Marshal(alike)
	if err != nil {
		panic("yard: " + err.Error()) // strings, numbers, and what was JSON
	}
	return string(text)
}

// on gathers what was judged on the benchmark, with a verdict on each of as many
// instances as are to be judged: the sweep's own cells where they tell, else all runs.
func (past *pastRuns) on(ctx context.Context, b recipes.Benchmark) (found pastResults, err error) {
	all, err := past.read(ctx, b)
	if err != nil {
		return found, err
	}
	var mine []launch.StoredResult
	for _, r := range all {
		if past.mine[r.Run] {
			mine = append(mine, r)
		}
	}
	for _, results := range [][]launch.StoredResult{mine, all} {
		if len(results) == 0 {
			continue
		}
		own := len(mine) > 0 && len(results) == len(mine)
		if found.runs == 0 {
			found.own, found.runs, found.mean = own, len(results), meanRate(results)
		}
		if noise, err := stats.NoiseOver(past.cells(results), 0.95); err == nil && found.noise == nil {
			found.noise, found.ownNoise = &noise, own
		}
	}
	return found, nil
}

func meanRate(results []launch.StoredResult) (mean float64) {
	for _, r := range results {
		mean += float64(r.Resolved()) / float64(r.Total()) / float64(len(results))
	}
	return mean
}

// read has the newest result of each run on the benchmark, with its instances.
func (past *pastRuns) read(ctx context.Context, b recipes.Benchmark) (chosen []launch.StoredResult, err error) {
	var runs []string
	taken := map[string]bool{}
	for _, r := range past.lines {
		if fitsBenchmark(r, b) && !taken[r.Run] {
			runs, taken[r.Run] = append(runs, r.Run), true
		}
	}
	for some := range slices.Chunk(runs, runsAtOnce) {
		results, err := past.ledger.Results(ctx, some...)
		if err != nil {
			return nil, err
		}
		for _, r := range results {
			if fitsBenchmark(r, b) && taken[r.Run] {
				chosen, taken[r.Run] = append(chosen, r), false
			}
		}
	}
	return chosen, nil
}

// fitsBenchmark reports whether a result has a verdict on each instance of the benchmark.
func fitsBenchmark(r launch.StoredResult, b recipes.Benchmark) bool {
	sameNumber := b.Instances == 0 || r.Total() == b.Instances
	return r.Total() > 0 && r.Counts[""] == 0 && sameNumber && result.Fits(r.Benchmark, b.Name)
}

// cells puts runs together that differ by the seed alone.
func (past *pastRuns) cells(results []launch.StoredResult) (cells []stats.Cell) {
	at := map[string]int{}
	for _, r := range results {
		run := stats.Run{Name: r.Run, Scores: map[string]float64{}}
		for _, i := range r.Instances {
			run.Scores[i.ID] = 0
			if i.Verdict == result.Resolved {
				run.Scores[i.ID] = 1
			}
		}
		like := past.like[r.Run]
		i, known := at[like]
		if !known {
			i, at[like] = len(cells), len(cells)
			cells = append(cells, stats.Cell{Name: r.Run})
		}
		cells[i].Runs = append(cells[i].Runs, run)
	}
	return cells
}
