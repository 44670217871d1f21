package trainer

import (
	"errors"
	"fmt"
	"slices"

	"trainyard/launch"
)

// An adapter is a trainer that is told apart from the others by what it can do
// and by how it is written to: everything that all of them have in common lives
// in its methods.
type adapter struct {
	name    string
	summary string
	// program is looked for on the machine that runs; install is what brings it.
	program, install string
	can              ability
	native           string // examples of its own settings, and how train.params spells them
	// owned are native settings that may not be given, with the reason; dotted
	// where the trainer nests them.
	owned map[string]string
	// limits are the faults of a job that the ability does not say; may be nil.
	limits func(launch.Job) []error
	render func(request) (launch.Command, error)
}

var _ launch.Trainer = adapter{}

// A request is a job that was found in order, and how its batch is divided.
type request struct {
	launch.Job
	launch.Site
	perDevice, accumulation int
	family                  family
}

// Name implements launch.Trainer.
func (a adapter) Name() string { return a.name }

// Summary implements launch.Trainer.
func (a adapter) Summary() string { return a.summary }

// Check implements launch.Trainer.
func (a adapter) Check(job launch.Job, lookPath func(string) (string, error)) error {
	_, err := lookPath(a.program)
	if err != nil {
		err = fmt.Errorf("%s: %s is not found: activate the Python environment it lives in, make one with `%s` (trainyard env lock %s pins it), or try the run with --trainer smoke: %w",
			a.name, a.program, a.install, a.name, err)
	}
	return errors.Join(a.unfit(job), err)
}

// unfit tells what no native setting can mend.
func (a adapter) unfit(job launch.Job) error {
	var faults []error
	if job.Model == "" {
		faults = append(faults, fmt.Errorf("%s: model.base is missing: give the checkpoint to start from, such as model.base=Qwen/Qwen2.5-Coder-7B-Instruct", a.name))
	}
	if _, known := families[job.Template]; !known {
		faults = append(faults, unknownTemplate(a.name, job.Template))
	}
	return errors.Join(append(faults, a.can.faults(a.name, job)...)...)
}

// Render implements launch.Trainer.
func (a adapter) Render(job launch.Job, site launch.Site) (launch.Command, error) {
	perDevice, accumulation, errBatch := splitBatch(a.name, job, job.Rows())
	faults := []error{a.unfit(job), errBatch, a.refused(job.Params), a.can.resume(a.name, site)}
	if a.limits != nil {
		faults = append(faults, a.limits(job)...)
	}
	if err := errors.Join(faults...); err != nil {
		return launch.Command{}, err
	}
	return a.render(request{job, site, perDevice, accumulation, families[job.Template]})
}

// refused lists every native setting that may not be given.
func (a adapter) refused(params launch.Params) error {
	var faults []error
	for _, name := range nativeNames(params) {
		if why := a.owned[name]; why != "" {
			faults = append(faults, fmt.Errorf("%s: train.params.%s may not be set: %s", a.name, name, why))
		}
	}
	return errors.Join(faults...)
}

// evaluates says that the job has rows to evaluate on.
func (r request) evaluates() bool { return len(r.Dataset.Validation.Shards) > 0 }

// sharded says that several devices divide the weights among them. Weights in 4
// bits are copied: they are small, and ZeRO-3 does not divide them.
func (r request) sharded() bool { return r.World() > 1 && r.Method != "qlora" }

// plain says that the job asks for float32, which the fused kernels of GPUs do
// not take: what is rendered then runs on a machine without one too.
func (r request) plain() bool { return r.Float() == "fp32" }

// targets are the layers that get adapters, or all where none is named.
func (r request) targets(all ...any) []any {
	if len(r.LoRA.Targets) == 0 {
		return all
	}
	return anyList(r.LoRA.Targets)
}

func anyList(list []string) (all []any) {
	for _, s := range list {
		all = append(all, s)
	}
	return all
}

// layout is what the rows of the dataset hold.
func layout(d launch.Dataset) string {
	if d.HoldsMessages() {
		return "messages"
	}
	return d.Output
}

// An ability is what a trainer can do of what a job may ask.
type ability struct {
	methods    []string
	layouts    []string // of Dataset.Output, messages first
	schedules  []string
	precisions []string
	nodes      bool // more than one
	parts      bool // epochs with a fraction
	packs      bool // joins rows none of which sees another
	shares     bool // several devices for one row
	resumes    bool
	dropout    bool // of adapters
}

// faults names everything that is asked for in vain, with the trainers that can.
func (c ability) faults(name string, job launch.Job) (faults []error) {
	refuse := func(can bool, ask string, others func(ability) bool) {
		if !can {
			faults = append(faults, fmt.Errorf("%s: it cannot do %s%s", name, ask, wayOut(others)))
		}
	}
	method, schedule, rows := orFull(job.Method), orCosine(job.Schedule), layout(job.Dataset)
	if !slices.Contains(c.layouts, rows) {
		faults = append(faults, fmt.Errorf("%s reads messages; this dataset holds %s: prepare it with mix.output=messages%s",
			name, rows, wayOut(func(o ability) bool { return slices.Contains(o.layouts, rows) })))
	}
	refuse(slices.Contains(c.methods, method), "train.method "+method, func(o ability) bool { return slices.Contains(o.methods, method) })
	refuse(slices.Contains(c.schedules, schedule), "train.schedule "+schedule, func(o ability) bool { return slices.Contains(o.schedules, schedule) })
	refuse(slices.Contains(c.precisions, job.Float()), "train.precision "+job.Float(), func(o ability) bool { return slices.Contains(o.precisions, job.Float()) })
	refuse(c.nodes || job.NodeCount() == 1, fmt.Sprintf("%d nodes", job.NodeCount()), func(o ability) bool { return o.nodes })
	refuse(c.parts || job.MaxSteps > 0 || job.Epochs == float64(int(job.Epochs)), fmt.Sprintf("train.epochs %v: it takes whole ones, or train.max_steps", job.Epochs),
		func(o ability) bool { return o.parts })
	refuse(c.packs || !job.Packing, "train.packing", func(o ability) bool { return o.packs })
	refuse(c.shares || job.Share() == 1, fmt.Sprintf("train.sequence_parallel %d", job.Share()), func(o ability) bool { return o.shares })
	refuse(c.dropout || job.LoRA.Dropout == 0, fmt.Sprintf("train.lora.dropout %v", job.LoRA.Dropout), func(o ability) bool { return o.dropout })
	return faults
}

// resume is the fault of a checkpoint to go on from, where that cannot be.
func (c ability) resume(name string, site launch.Site) error {
	if c.resumes || site.Resume == "" {
		return nil
	}
	return fmt.Errorf("%s: %w in a directory of another attempt, and %s is one: start anew%s", name, launch.ErrNoResume, site.Resume, wayOut(func(o ability) bool { return o.resumes }))
}
