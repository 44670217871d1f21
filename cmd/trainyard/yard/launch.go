package yard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"trainyard/launch"
	"trainyard/launch/preflight"
	"trainyard/mix"
	"trainyard/recipes"
)

// A LaunchRequest says what to train, with what, and where.
type LaunchRequest struct {
	What      string   `json:"what"` // a recipe, or the directory of a finished dataset
	Overrides []string `json:"overrides,omitempty"`
	Trainer   string   `json:"trainer,omitempty"` // in place of the recipe's, see [recipes.Options]
	Backend   string   `json:"backend"`
	GPUs      int      `json:"gpus,omitempty"`  // devices on each machine
	Nodes     int      `json:"nodes,omitempty"` // machines that train together
	// Deadline ends an attempt that long after its trainer started; 0 is never.
	Deadline time.Duration `json:"deadline_ns,omitempty"`
	Attempts int           `json:"attempts,omitempty"` // see [launch.Job]
	GPU      string        `json:"gpu,omitempty"`      // kind of GPU, such as h100-sxm-80gb, for prices and memory
	// GPUHour is the price of one GPU for an hour in US dollars; nil: as the backend or
	// the price file says.
	GPUHour *float64 `json:"gpu_hour,omitempty"`
	// Env are variables for the trainer: NAME for this process's value, or NAME=value.
	Env     []string `json:"env,omitempty"`
	Replace bool     `json:"replace,omitempty"`
	Again   bool     `json:"again,omitempty"`   // also where the cell runs or has succeeded
	DryRun  bool     `json:"dry_run,omitempty"` // plan the dataset and the command, write nothing
}

// A Plan is what a launch comes to, before anything is started.
type Plan struct {
	Job launch.Job `json:"job"`
	// Prepared is the dataset of the recipe that was asked for; nil where a
	// finished one was.
	Prepared *Prepared `json:"prepared,omitempty"`
	// Command is what a dry run would start, with RUN for the run's id.
	Command *launch.Command `json:"command,omitempty"`
	// Submission is what a dry run's backend would submit, such as a batch script and the
	// command that submits it; empty where the backend starts the command itself.
	Submission []launch.File `json:"submission,omitempty"`
	// Findings are what was looked at before a GPU is paid for; nil for trainers
	// that judge for themselves.
	Findings []preflight.Finding `json:"findings,omitempty"`
	// Money is what the run and its evaluations may cost, and Evaluations each of those.
	Money       Money             `json:"money"`
	Evaluations []EvaluationMoney `json:"evaluations,omitempty"`
	// Environment is what the trainer would run in; nil where the backend makes none.
	Environment *EnvironmentPlan `json:"environment,omitempty"`
	GPU         string           `json:"gpu,omitempty"` // kind, as it was asked for
	// Refusal is why the launch of a dry run would be refused as things stand.
	Refusal string `json:"refusal,omitempty"`

	// Sweep says that the recipe has a sweep block, of which this is none of the cells but
	// the recipe itself.
	Sweep bool `json:"sweep,omitempty"`

	untold error // what a launch needs and a dry run does without: a price, a variable's value
}

// ErrPreparedAlready says that overrides would change a finished dataset.
var ErrPreparedAlready = errors.New("prepared already")

// Plan checks everything that can be checked, and then makes the dataset, or
// finds it, or in a dry run plans it. progress may be nil.
func (y *Yard) Plan(ctx context.Context, req LaunchRequest, progress func(mix.Progress)) (*Plan, error) {
	if _, err := os.Stat(filepath.Join(req.What, mix.ManifestFile)); err == nil {
		return y.planDataset(ctx, req)
	}
	if err := refuseUnfinished(req.What); err != nil {
		return nil, err
	}
	r, err := y.Recipe(req.What, req.Trainer, req.Overrides)
	if err != nil {
		return nil, err
	}
	return y.planRecipe(ctx, r, req, progress)
}

// Start starts what was planned. An error with a run that has an id means that
// the run exists.
func (y *Yard) Start(ctx context.Context, plan *Plan) (launch.Run, error) {
	l, err := y.Launcher()
	if err != nil {
		return launch.Run{}, err
	}
	run, err := l.Start(ctx, plan.Job)
	return run, y.anew(ctx, l, err)
}

func newPlan(r *recipes.Recipe, req LaunchRequest) (*Plan, error) {
	plan := &Plan{Job: r.Job(), GPU: req.GPU}
	job := &plan.Job
	job.Anew = req.Again
	job.Backend, job.GPUs, job.Nodes = req.Backend, req.GPUs, req.Nodes
	job.Deadline, job.Attempts, job.GPUHour = req.Deadline, req.Attempts, req.GPUHour
	var unset, err error
	job.Env, unset, err = environment(req.Env)
	for i, e := range r.Eval {
		env, missing, errEnv := environment(e.Env)
		job.Evals[i].Env = env
		unset, err = errors.Join(unset, inEval(e.Name, missing)), errors.Join(err, inEval(e.Name, errEnv))
	}
	return plan, errors.Join(err, plan.mayBeUntold(unset, req))
}

func inEval(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("eval.%s.env: %w", name, err)
}

// planDataset takes a finished dataset, if it is whole. What made it cannot be
// changed any more; how to train on it can.
func (y *Yard) planDataset(ctx context.Context, req LaunchRequest) (*Plan, error) {
	d, err := mix.OpenDataset(req.What)
	if err == nil {
		err = d.Verify(ctx)
	}
	if err != nil {
		return nil, err
	}
	r, err := datasetRecipe(d, recipes.Options{Overrides: req.Overrides, Trainer: req.Trainer})
	if err != nil {
		return nil, err
	}
	plan, err := newPlan(r, req)
	if err == nil {
		err = y.count(ctx, plan, req)
	}
	if err != nil {
		return plan, err
	}
	if plan.Job.Dataset, err = launch.ReadDataset(req.What); err != nil {
		return nil, err
	}
	plan.Job.Cell = cellOf(r, d.Manifest, 0)
	return plan, y.rehearse(ctx, plan, req)
}

// datasetRecipe is the recipe that lies beside a finished dataset, with what may
// still be said otherwise.
func datasetRecipe(d *mix.Dataset, o recipes.Options) (*recipes.Recipe, error) {
	r, err := recipes.LoadWith(filepath.Join(d.Dir, mix.RecipeFile), o)
	if err != nil {
		return nil, err
	}
	if r.DataFingerprint() != d.Manifest.Recipe.Data {
		return nil, fmt.Errorf("%s is %w: overrides of sources, tools, mix or model.template come too late (launch the recipe with them, or change train.… only)", d.Dir, ErrPreparedAlready)
	}
	return r, nil
}

// planRecipe prepares the recipe's dataset, once nothing speaks against the
// launch that can be known without it.
func (y *Yard) planRecipe(ctx context.Context, r *recipes.Recipe, req LaunchRequest, progress func(mix.Progress)) (plan *Plan, err error) {
	plan, err = newPlan(r, req)
	if plan.Sweep = r.HasSweep(); err == nil {
		err = y.count(ctx, plan, req)
	}
	if err != nil {
		return plan, err
	}
	if !req.DryRun {
		if err := y.launcher(nil).Precheck(plan.Job); err != nil {
			return plan, err
		}
	}
	asked := PrepareRequest{Replace: req.Replace, DryRun: req.DryRun}
	if plan.Prepared, err = y.prepare(ctx, r, asked, progress); err != nil {
		return plan, err
	}
	if req.DryRun {
		plan.Job.Dataset = planned(plan.Prepared)
		return plan, y.rehearse(ctx, plan, req)
	}
	if plan.Job.Dataset, err = launch.ReadDataset(plan.Prepared.Out); err != nil {
		return plan, err
	}
	plan.Job.Cell = cellOf(r, plan.Prepared.Manifest, 0)
	return plan, y.preflight(ctx, plan)
}

// rehearse fills in what only a dry run tells.
func (y *Yard) rehearse(ctx context.Context, plan *Plan, req LaunchRequest) error {
	refused := errors.Join(plan.untold, y.preflight(ctx, plan))
	if !req.DryRun {
		return refused
	}
	if err := y.planEnvironment(ctx, plan); err != nil {
		refused = errors.Join(refused, err)
	}
	l := y.launcher(nil)
	cmd, refusal, err := l.Rehearse(plan.Job)
	if refusal = errors.Join(refusal, refused); refusal != nil {
		plan.Refusal = refusal.Error()
	}
	plan.Command = &cmd
	if err == nil {
		plan.Submission, err = l.Preview(ctx, plan.Job)
	}
	return err
}

// planned is what the launch package must know of a dataset that is not there.
func planned(p *Prepared) launch.Dataset {
	m := p.Manifest
	d := launch.Dataset{Dir: p.Out, Recipe: m.Recipe.Name, Fingerprint: m.Recipe.Fingerprint, Template: m.Template, Window: m.Window, Output: m.Output}
	for _, s := range m.Shards {
		side := &d.Train
		if s.Split != "train" {
			side = &d.Validation
		}
		side.Shards = append(side.Shards, s.File)
		side.Rows += s.Rows
		side.Tokens += s.Tokens
		side.TrainedTokens += s.TrainedTokens
	}
	return d
}

// refuseUnfinished names the mistake of launching a directory that a prepare
// never finished, which would otherwise be looked up as a recipe.
func refuseUnfinished(what string) error {
	info, err := os.Stat(what)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && !info.IsDir()) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s is a directory without %s: no finished dataset (prepare it again)", what, mix.ManifestFile)
}
