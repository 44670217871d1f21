package launch

import "errors"

// Precheck reports every fault of the job that shows before its dataset is
// there: names, ranges, parameters, programs that are not found. Of the dataset
// the job may know what the recipe says, Output above all; the rest is assumed
// to be in order. Start looks again, at the dataset itself.
func (l *Launcher) Precheck(job Job) error {
	job.Dataset = job.Dataset.assumed()
	return l.faults(job)
}

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

// faults looks at all of the job before anything of it is made.
func (l *Launcher) faults(job Job) error {
	trainer, backend, err := l.parts(job)
	found := []error{err, job.Validate()}
	if trainer != nil && backend != nil {
		found = append(found, trainer.Check(job, backend.LookPath))
	}
	if trainer != nil {
		_, err := trainer.Render(job, l.site("RUN"))
		found = append(found, err)
	}
	return distinct(found)
}

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
