package launch

import (
	"errors"
	"fmt"
)

// Precheck reports every fault of the job that shows before its dataset is
// there: names, ranges, parameters, programs that are not found. Of the dataset
// the job may know what the recipe says, Output above all; the rest is assumed
// to be in order. Start looks again, at the dataset itself.
func (l *Launcher) Precheck(job Job) error {
	job.Dataset = job.Dataset.assumed()
	return l.render(job, anyRun).refusal()
}

// anyRun stands for the id of a run that is not started.
const anyRun = "RUN"

// assumed fills in what only prepare can tell.
func (d Dataset) assumed() Dataset {
	if d.Dir == "" {
		d.Dir = "/DATASET"
	}
	if d.Train.Rows == 0 {
		d.Train = Split{Shards: []string{"train-00000-of-00001.parquet"}, Rows: 1, Tokens: 2, TrainedTokens: 1}
	}
	return d
}

// A rendering is a job as its trainer would be started, with everything that
// speaks against it.
type rendering struct {
	Command
	backend Backend
	faults  []error // of the job itself
	unready error   // what is missing on the machine that would run it
}

// render looks at all of the job before anything of it is made: its trainer
// renders once, for the run of that id.
func (l *Launcher) render(job Job, id string) rendering {
	trainer, backend, err := l.parts(job)
	r := rendering{backend: backend, faults: append([]error{err, job.Validate()}, l.rehearsed(job)...)}
	if trainer == nil {
		return r
	}
	if n, ok := backend.(Noder); ok && job.NodeCount() > n.MaxNodes() {
		r.faults = append(r.faults, fmt.Errorf("the run wants %d machines and backend %s has %d: ask for fewer --nodes, or choose another --backend", job.NodeCount(), job.Backend, n.MaxNodes()))
	}
	if backend != nil {
		look, err := lookPath(job, backend)
		r.unready = errors.Join(err, imageFault(backend), checked(trainer, job, look))
	}
	r.Command, err = trainer.Render(job, l.site(id, backend))
	r.faults = append(r.faults, err)
	return r
}

// checked is what the trainer lacks on the machine. Of one that does not answer that alone
// is told, and not that a program is missing there; what else Check finds, Render does.
func checked(trainer Trainer, job Job, look func(string) (string, error)) error {
	var away *Unreachable
	err := trainer.Check(job, func(program string) (string, error) {
		found, err := look(program)
		errors.As(err, &away)
		return found, err
	})
	if away != nil {
		return away
	}
	return err
}

// away reports whether the machines of a backend do not answer, where a look for a
// program would not have told.
func away(job Job, backend Backend) error {
	made, ok := backend.(Environer)
	if !ok {
		return nil
	}
	if e, err := made.Environment(job.Trainer); err != nil || e.Hash == "" {
		return nil
	}
	var away *Unreachable
	if _, err := backend.LookPath("sh"); errors.As(err, &away) {
		return away
	}
	return nil
}

// refusal is why the job would not be started.
func (r rendering) refusal() error { return distinct(append([]error{r.unready}, r.faults...)) }

// distinct joins errors and tells each fault once: Check and Render of a
// trainer may both come upon the same one.
func distinct(found []error) error {
	joined := errors.Join(found...)
	if joined == nil {
		return nil
	}
	var faults []error
	told := map[string]bool{}
	for _, err := range split(joined) {
		if !told[err.Error()] {
			told[err.Error()] = true
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// split undoes errors.Join, and leaves alone what only wraps several errors.
func split(err error) []error {
	many, ok := err.(interface{ Unwrap() []error })
	if !ok || errors.Join(many.Unwrap()...).Error() != err.Error() {
		return []error{err}
	}
	var parts []error
	for _, e := range many.Unwrap() {
		parts = append(parts, split(e)...)
	}
	return parts
}

// lookPath finds programs on the machine. Those of an environment that the backend will
// make are not there yet.
func lookPath(job Job, backend Backend) (func(string) (string, error), error) {
	e, ok := backend.(Environer)
	if !ok {
		return backend.LookPath, nil
	}
	made, err := e.Environment(job.Trainer)
	if err != nil || made.Hash == "" {
		return backend.LookPath, err
	}
	return func(program string) (string, error) { return program, nil }, nil
}
