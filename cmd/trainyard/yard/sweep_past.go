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
	runs   map[string]launch.Run
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
	past := &pastRuns{mine: map[string]bool{}, like: map[string]string{}, runs: map[string]launch.Run{}}
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
		past.runs[r.ID], past.like[r.ID] = r, alikeButSeed(r.Job)
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
	var mine []stats.Run
	for _, r := range all {
		if past.mine[r.Name] {
			mine = append(mine, r)
		}
	}
	for _, runs := range [][]stats.Run{mine, all} {
		if len(runs) == 0 {
			continue
		}
		own := len(mine) > 0 && len(runs) == len(mine)
		if found.runs == 0 {
			found.own, found.runs, found.mean = own, len(runs), meanRate(runs)
		}
		if noise, err := stats.NoiseOver(past.cells(runs), 0.95); err == nil && found.noise == nil {
			found.noise, found.ownNoise = &noise, own
		}
	}
	return found, nil
}

func meanRate(runs []stats.Run) (mean float64) {
	for _, r := range runs {
		mean += r.Mean() / float64(len(runs))
	}
	return mean
}

// read has what each run came to on the benchmark, as a comparison has it: of its last
// checkpoint, with the mean over seeds. Of several splits or scaffolds the one counts that
// the newest result is of.
func (past *pastRuns) read(ctx context.Context, b recipes.Benchmark) (judged []stats.Run, err error) {
	var runs []string
	newest := map[string]ResultKey{}
	for _, r := range past.lines {
		if _, there := newest[r.Run]; !there && fitsBenchmark(r, b) {
			runs, newest[r.Run] = append(runs, r.Run), keyOfGraded(r)
		}
	}
	if len(runs) == 0 {
		return nil, nil
	}
	byRun, err := resultsOf(ctx, past.ledger, runs)
	if err != nil {
		return nil, err
	}
	for _, id := range runs {
		fit := slices.DeleteFunc(byRun[id], func(r launch.StoredResult) bool { return !fitsBenchmark(r, b) })
		if found := (Choosing{}).judgedBy(past.runs[id], fit)[newest[id]]; found != nil {
			judged = append(judged, stats.Run{Name: id, Scores: found.scores})
		}
	}
	return judged, nil
}

// fitsBenchmark reports whether a result has a verdict on each instance of the benchmark.
func fitsBenchmark(r launch.StoredResult, b recipes.Benchmark) bool {
	sameNumber := b.Instances == 0 || r.Named() == b.Instances
	return r.Named() > 0 && r.Total() == r.Named() && r.Counts[""] == 0 && sameNumber && result.Fits(r.Benchmark, b.Name)
}

// cells puts runs together that differ by the seed alone.
func (past *pastRuns) cells(runs []stats.Run) (cells []stats.Cell) {
	at := map[string]int{}
	for _, r := range runs {
		like := past.like[r.Name]
		i, known := at[like]
		if !known {
			i, at[like] = len(cells), len(cells)
			cells = append(cells, stats.Cell{Name: r.Name})
		}
		cells[i].Runs = append(cells[i].Runs, r)
	}
	return cells
}
