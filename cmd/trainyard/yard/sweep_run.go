package yard

import (
	"cmp"
	"context"
	"math"
	"sync"
	"time"

	"trainyard/launch"
	"trainyard/launch/sweep"
)

// A SweepNews is what happened to a cell while a sweep ran.
type SweepNews struct {
	Cell string
	Run  string // id; empty: none
	What string
	Err  error
}

// preparedAtOnce is how many datasets are made side by side: each uses all processors
// in most of its stages, and waits for files in the others.
const preparedAtOnce = 2

// sweepPoll is how often a sweep looks at its runs.
const sweepPoll = 500 * time.Millisecond

// RunSweep starts the cells of a plan that have no run, and those that had failed before
// it was called, as far as there is room, looks after them, stops those that the rules
// say, and returns when nothing is left to do. Everything that it goes by is in the
// ledger: killed and called again it goes on, and beside another one no cell is started
// twice. An end of ctx leaves the runs alone.
func (y *Yard) RunSweep(ctx context.Context, p *SweepPlan, req SweepRequest, tell func(SweepNews)) error {
	l, err := y.Launcher()
	if err = cmp.Or(req.Room.Check(), err); err != nil {
		return err
	}
	if p.Rules.Dollars > 0 && (l.Caps.Sweep == 0 || p.Rules.Dollars < l.Caps.Sweep) {
		l.Caps.Sweep = p.Rules.Dollars
	}
	if l.Room = req.Room; l.Room == (launch.Room{}) {
		l.Room.Runs = maxSweepRuns
	}
	if err := l.Ledger.BeginSweep(ctx, p.Name); err != nil {
		return err
	}
	r := &sweepRun{y: y, l: l, p: p, req: req, tell: tell, data: map[string]*sweepData{}, places: make(chan struct{}, preparedAtOnce), refused: map[string]bool{}, again: map[sweep.Try]bool{}}
	ctx, cancel := context.WithCancel(ctx)
	defer func() { cancel(); r.preparing.Wait() }()
	if err := r.begin(ctx); err != nil {
		return err
	}
	for {
		done, err := r.step(ctx)
		if done && err == nil {
			p.Stopped, err = l.Ledger.SweepStopped(ctx, p.Name)
		}
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(sweepPoll):
		}
	}
}

// maxSweepRuns stands for no bound, so that a sweep which is stopped starts nothing.
const maxSweepRuns = math.MaxInt32

// A sweepRun is one call of RunSweep.
type sweepRun struct {
	y    *Yard
	l    *launch.Launcher
	p    *SweepPlan
	req  SweepRequest
	tell func(SweepNews)

	before    map[sweep.Try]bool // the newest attempts that had failed when it began
	refused   map[string]bool    // cells that cannot be started, told once
	again     map[sweep.Try]bool // failed attempts that another one may follow by itself
	stopped   bool               // by a cap, or by another process
	data      map[string]*sweepData
	places    chan struct{}
	preparing sync.WaitGroup
}

// A sweepData is a dataset that is being made.
type sweepData struct {
	done     chan struct{}
	prepared *Prepared
	err      error
}

// begin brings the ledger up to date, and remembers what had failed.
func (r *sweepRun) begin(ctx context.Context) error {
	if err := r.tend(ctx); err != nil {
		return err
	}
	if err := r.y.LookAtSweep(ctx, r.p); err != nil {
		return err
	}
	r.before = map[sweep.Try]bool{}
	for _, c := range r.p.Cells {
		if c.State.Again() {
			r.before[sweep.Try{Run: c.Run.ID, N: c.Run.N}] = true
		}
	}
	r.p.evaluations(func(_ *SweepCell, e *CellEvaluation) {
		if e.State.Again() {
			r.before[sweep.Try{Run: e.Run.ID, N: e.Run.N}] = true
		}
	})
	return nil
}

// step looks after what goes on and starts what there is room for. done says that
// nothing is left.
func (r *sweepRun) step(ctx context.Context) (done bool, err error) {
	if err := r.tend(ctx); err != nil {
		return false, err
	}
	if err := r.y.LookAtSweep(ctx, r.p); err != nil {
		return false, err
	}
	if err := r.applyRules(ctx); err != nil {
		return false, err
	}
	if err := r.evaluate(ctx); err != nil {
		return false, err
	}
	waiting := r.startable()
	if err := r.start(ctx, waiting); err != nil {
		return false, err
	}
	return len(r.startable()) == 0 && r.p.Total.By[sweep.Running] == 0 && !r.awaited(ctx) && !r.evaluating(ctx) && !r.unheard(), nil
}

// awaited reports whether a failed run is about to have its next attempt by itself: the
// class of its trouble allows one, and so does its job.
func (r *sweepRun) awaited(ctx context.Context) bool {
	for _, c := range r.p.Cells {
		if c.State == sweep.Failed && r.follows(ctx, *c.Run) {
			return true
		}
	}
	return false
}

// follows reports whether a run that failed is about to have another attempt by itself.
func (r *sweepRun) follows(ctx context.Context, run launch.Run) bool {
	if run.N >= run.Job.Attempts || !r.l.Mine(run) || time.Since(run.EndedAt) > sweep.Patience {
		return false
	}
	try := sweep.Try{Run: run.ID, N: run.N}
	again, known := r.again[try]
	if !known {
		d, err := r.l.Diagnose(ctx, run)
		again = err == nil && d.Again
		r.again[try] = again
	}
	return again
}

// tend looks after every run of the sweep's cells that may need it, side by side.
func (r *sweepRun) tend(ctx context.Context) error {
	cells := map[string]string{}
	for _, c := range r.p.Cells {
		if c.Same == "" {
			cells[c.Hash] = c.Name
		}
	}
	r.p.evaluations(func(c *SweepCell, e *CellEvaluation) {
		if e.cell != "" {
			cells[e.cell] = e.name(c)
		}
	})
	open, err := r.l.Unfinished(ctx)
	var looking sync.WaitGroup
	places := make(chan struct{}, 8)
	for _, run := range open {
		name, mine := cells[run.Job.Cell]
		if orphan := run.Job.Sweep == r.p.Name; !mine && orphan { // it has room until it is seen to have ended
			name, mine = run.Job.CellName, true
		}
		if !mine || run.Job.Cell == "" {
			continue
		}
		looking.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if run.State == launch.Succeeded { // its evaluations are the sweep's to start
				_, _ = r.l.Refresh(ctx, run) // what was not read of it is read at the next look
				return
			}
			_, deeds, err := r.l.Tend(ctx, run)
			for _, d := range deeds {
				r.tell(SweepNews{Cell: name, Run: run.ID, What: d.What, Err: d.Err})
			}
			if err != nil && ctx.Err() == nil {
				r.tell(SweepNews{Cell: name, Run: run.ID, Err: err})
			}
		})
	}
	looking.Wait()
	return err
}
