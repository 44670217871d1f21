package yard

import (
	"context"
	"errors"
	"fmt"

	"trainyard/launch"
	"trainyard/launch/sweep"
)

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
	return c.State.Again() && r.l.Mine(*c.Run) && c.Run.Job.Backend == r.req.Launch.Backend && c.Run.Job.Dataset.Now() == nil
}

func (r *sweepRun) retry(ctx context.Context, c *SweepCell) error {
	how := launch.Retry{Reason: "the sweep " + r.p.Name + " is run again"}
	run, err := r.l.Retry(ctx, *c.Run, how)
	if errors.Is(err, launch.ErrNoResume) { // told to, it would be another cell
		how.Fresh = true
		run, err = r.l.Retry(ctx, *c.Run, how)
	}
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
		return launch.Job{}, fmt.Errorf("the data of %s, or a script that it names, have changed since the sweep was planned: run it again", c.Name)
	}
	plan, err := newPlan(c.Recipe, r.req.Launch)
	if err == nil {
		err = r.y.count(ctx, plan, r.req.Launch)
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
