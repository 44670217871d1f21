package yard

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
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
	if err != nil {
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
		if c.State == sweep.Failed {
			r.before[sweep.Try{Run: c.Run.ID, N: c.Run.N}] = true
		}
	}
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
	waiting := r.startable()
	if err := r.start(ctx, waiting); err != nil {
		return false, err
	}
	return len(r.startable()) == 0 && r.p.Total.By[sweep.Running] == 0 && !r.awaited(ctx), nil
}

// awaited reports whether a failed run is about to have its next attempt by itself: the
// class of its trouble allows one, and so does its job.
func (r *sweepRun) awaited(ctx context.Context) bool {
	for _, c := range r.p.Cells {
		if c.State != sweep.Failed || c.Run.N >= c.Run.Job.Attempts || !r.l.Mine(*c.Run) || time.Since(c.Run.EndedAt) > sweep.Patience {
			continue
		}
		try := sweep.Try{Run: c.Run.ID, N: c.Run.N}
		again, known := r.again[try]
		if !known {
			d, err := r.l.Diagnose(ctx, *c.Run)
			again = err == nil && d.Again
			r.again[try] = again
		}
		if again {
			return true
		}
	}
	return false
}

// tend looks after every run of the sweep's cells that may need it, side by side.
func (r *sweepRun) tend(ctx context.Context) error {
	cells := map[string]string{}
	for _, c := range r.p.Cells {
		cells[c.Hash] = c.Name
	}
	open, err := r.l.Unfinished(ctx)
	var looking sync.WaitGroup
	places := make(chan struct{}, 8)
	for _, run := range open {
		name, mine := cells[run.Job.Cell]
		if !mine || run.Job.Cell == "" {
			continue
		}
		looking.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
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

// startable are the indices of the cells that are to be started, in their order.
func (r *sweepRun) startable() (all []int) {
	if r.stopped {
		return nil
	}
	weights := make([]sweep.Weight, len(r.p.Cells))
	for i, c := range r.p.Cells {
		weights[i] = sweep.Weight{Tokens: int64(float64(c.Tokens) * c.Recipe.Train.Epochs), Dataset: c.data}
	}
	for _, i := range sweep.Ordered(r.req.Order, weights) {
		c := r.p.Cells[i]
		if c.Same == "" && c.Fault == "" && !r.refused[c.Hash] && sweep.May(c.State, c.Run, r.before) {
			all = append(all, i)
		}
	}
	return all
}

// start starts the cells whose datasets are ready, as many as there is room for.
func (r *sweepRun) start(ctx context.Context, cells []int) error {
	var jobs []launch.Job
	var names []string
	for _, i := range cells {
		c := &r.p.Cells[i]
		if r.full(len(jobs)) {
			break
		}
		if r.goesOn(c) {
			if err := r.retry(ctx, c); err != nil {
				return err
			}
			continue
		}
		ready, job, err := r.ready(ctx, c)
		if err != nil {
			r.refuse(c, err)
		} else if ready {
			jobs, names = append(jobs, job), append(names, c.Name)
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	runs, faults := r.l.StartMany(ctx, jobs)
	for i, err := range faults {
		if err == nil {
			r.p.Total.By[sweep.Running]++
			r.tell(SweepNews{Cell: names[i], Run: runs[i].ID, What: "started"})
		} else if err := r.sort(names[i], jobs[i].Cell, runs[i], err); err != nil {
			return err
		}
	}
	return nil
}

// full looks at the number alone, to spare the ledger what it would refuse.
func (r *sweepRun) full(more int) bool {
	return r.l.Room.Runs > 0 && r.p.Total.By[sweep.Running]+more >= r.l.Room.Runs
}

// goesOn reports whether a failed run can have another attempt, rather than its cell
// another run.
func (r *sweepRun) goesOn(c *SweepCell) bool {
	return c.State == sweep.Failed && r.l.Mine(*c.Run) && c.Run.Job.Backend == r.req.Launch.Backend && c.Run.Job.Dataset.Now() == nil
}

func (r *sweepRun) retry(ctx context.Context, c *SweepCell) error {
	run, err := r.l.Retry(ctx, *c.Run, launch.Retry{Reason: "the sweep " + r.p.Name + " is run again"})
	var overtaken *launch.FenceError
	if errors.As(err, &overtaken) {
		return nil // another process was first
	}
	if err != nil {
		return r.sort(c.Name, c.Hash, launch.Run{}, err)
	}
	r.p.Total.By[sweep.Running]++
	r.tell(SweepNews{Cell: c.Name, Run: run.ID, What: fmt.Sprintf("attempt %d started", run.N)})
	return nil
}

// sort says what a refusal means: another process has the cell, there is no room now,
// no money, or the cell is at fault. An error that is returned ends the sweep.
func (r *sweepRun) sort(name, hash string, run launch.Run, err error) error {
	switch {
	case errors.Is(err, launch.ErrCell), errors.Is(err, launch.ErrRoom):
		return nil // seen, or tried, at the next look
	case errors.Is(err, launch.ErrStopped), errors.Is(err, launch.ErrCap):
		if !r.stopped {
			r.tell(SweepNews{Cell: name, Err: err})
		}
		r.stopped = true
		return nil
	case errors.Is(err, context.Canceled):
		return err
	}
	r.refused[hash] = true
	r.tell(SweepNews{Cell: name, Run: run.ID, Err: err})
	return nil
}

func (r *sweepRun) refuse(c *SweepCell, err error) {
	r.refused[c.Hash] = true
	r.tell(SweepNews{Cell: c.Name, Err: err})
}

// ready gives the job of a cell once its dataset is there. The first that asks for a
// dataset has it made.
func (r *sweepRun) ready(ctx context.Context, c *SweepCell) (ready bool, job launch.Job, err error) {
	d := r.data[c.data]
	if d == nil {
		d = &sweepData{done: make(chan struct{})}
		r.data[c.data] = d
		recipe := c.Recipe
		r.preparing.Go(func() {
			defer close(d.done)
			r.places <- struct{}{}
			defer func() { <-r.places }()
			d.prepared, d.err = r.y.prepare(ctx, recipe, PrepareRequest{Replace: r.req.Launch.Replace}, nil)
		})
	}
	select {
	case <-d.done:
	default:
		return false, job, nil
	}
	if d.err != nil {
		return false, job, d.err
	}
	r.p.nowPrepared(c.data)
	job, err = r.job(ctx, c, d.prepared)
	return err == nil, job, err
}

// job is what the cell's run is launched with.
func (r *sweepRun) job(ctx context.Context, c *SweepCell, d *Prepared) (launch.Job, error) {
	if now := cellOf(c.Recipe, d.Manifest, c.Repeat); now != c.Hash {
		return launch.Job{}, fmt.Errorf("the data of %s have changed since the sweep was planned: run it again", c.Name)
	}
	plan, err := newPlan(c.Recipe, r.req.Launch)
	if err == nil {
		err = r.y.count(ctx, plan, r.req.Launch.GPU)
	}
	if err != nil {
		return plan.Job, err
	}
	plan.Prepared = d
	plan.Job.Sweep, plan.Job.Cell, plan.Job.CellName = r.p.Name, c.Hash, c.Name
	if plan.Job.Dataset, err = launch.ReadDataset(d.Out); err != nil {
		return plan.Job, err
	}
	return plan.Job, r.y.preflight(ctx, plan)
}

// applyRules stops the runs that the rules say. Why is in the ledger before a run is
// asked to end, so that a process which comes later does not start its cell again.
func (r *sweepRun) applyRules(ctx context.Context) error {
	finished, err := r.finished(ctx)
	if err != nil {
		return err
	}
	for _, c := range r.p.Cells {
		if c.Same != "" || c.State != sweep.Running || c.Run.State != launch.Running || !r.l.Mine(*c.Run) {
			continue
		}
		said, err := toldByRule(ctx, r.l.Ledger, *c.Run)
		if err != nil {
			return err
		}
		verdict := said
		if verdict == "" {
			course, err := courseOf(ctx, r.l.Ledger, *c.Run)
			if err != nil {
				return err
			}
			verdict = r.p.Rules.Verdict(course, finished)
		}
		if verdict == "" {
			continue
		}
		if said == "" {
			if err := r.l.Ledger.Note(ctx, c.Run.ID, c.Run.N, sweep.Told+verdict); err != nil {
				return err
			}
		}
		_, err = r.l.Stop(ctx, *c.Run)
		r.tell(SweepNews{Cell: c.Name, Run: c.Run.ID, What: sweep.Told + verdict, Err: err})
	}
	return nil
}

func (r *sweepRun) finished(ctx context.Context) (all []sweep.Course, err error) {
	if r.p.Rules.Worse == 0 {
		return nil, nil
	}
	for _, c := range r.p.Cells {
		if c.Same != "" || c.State != sweep.Succeeded {
			continue
		}
		course, err := courseOf(ctx, r.l.Ledger, *c.Run)
		if err != nil {
			return nil, err
		}
		all = append(all, course)
	}
	return all, nil
}

// courseOf is what a run has told, step by step, over all its attempts.
func courseOf(ctx context.Context, ledger *launch.Ledger, run launch.Run) (sweep.Course, error) {
	c := sweep.Course{Total: run.TotalSteps, Diverged: run.Diverged}
	at := map[int64]int{}
	for _, key := range []struct {
		names []string
		set   func(p *sweep.Point, v float64)
	}{
		{[]string{"loss"}, func(p *sweep.Point, v float64) { p.Loss = v }},
		{[]string{"eval_loss"}, func(p *sweep.Point, v float64) { p.EvalLoss = v }},
		{[]string{"total_tokens", "num_input_tokens_seen"}, func(p *sweep.Point, v float64) { p.Tokens = int64(v) }},
	} {
		for _, name := range key.names {
			curve, err := ledger.Curve(ctx, run.ID, name)
			if err != nil {
				return c, err
			}
			for _, told := range curve {
				i, known := at[told.Step]
				if !known {
					i = len(c.Points)
					at[told.Step] = i
					c.Points = append(c.Points, sweep.Point{Step: told.Step, Loss: math.NaN(), EvalLoss: math.NaN()})
				}
				key.set(&c.Points[i], float64(told.Value))
			}
		}
	}
	c.Settle()
	return c, nil
}

// toldByRule is the verdict that ended, or is about to end, a run's newest attempt;
// empty where none does.
func toldByRule(ctx context.Context, ledger *launch.Ledger, run launch.Run) (string, error) {
	events, err := ledger.Events(ctx, run.ID)
	for _, e := range events {
		if verdict, told := strings.CutPrefix(e.Text, sweep.Told); told && e.Attempt == run.N {
			return verdict, err
		}
	}
	return "", err
}

// StopSweep keeps cells from being started and ends the runs that the sweep has asked
// for. Runs of its cells that others asked for go on.
func (y *Yard) StopSweep(ctx context.Context, name string, tell func(SweepNews)) (ended int, err error) {
	l, err := y.Launcher()
	if err != nil {
		return 0, err
	}
	if err := l.Ledger.StopSweep(ctx, name); err != nil {
		return 0, err
	}
	runs, err := l.Ledger.SweepRuns(ctx, name)
	faults := []error{err}
	for _, run := range runs {
		if run.State.Ended() {
			continue
		}
		_, err := l.Stop(ctx, run)
		tell(SweepNews{Cell: run.Job.CellName, Run: run.ID, What: "stopped", Err: err})
		faults = append(faults, err)
		ended++
	}
	return ended, errors.Join(faults...)
}
