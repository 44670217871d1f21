package yard

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"trainyard/launch"
	"trainyard/launch/bucket"
	"trainyard/launch/estimate"
	"trainyard/launch/preflight"
	"trainyard/launch/provider"
	"trainyard/launch/trainer"
	"trainyard/tokenize/chat"
)

// preflight looks at the job once its dataset is known, and refuses what would fail
// on a machine that is paid for by then. Trainers that are no adapter, smoke and
// command, judge for themselves.
func (y *Yard) preflight(ctx context.Context, plan *Plan) error {
	if len(trainer.Silent(plan.Job.Trainer)) == 0 {
		return nil
	}
	facts, err := y.facts(ctx, plan.Job)
	if err != nil {
		return err
	}
	if plan.GPU != "" {
		facts.GPU = knownGPU(plan.GPU)
	}
	plan.Findings = preflight.Check(plan.Job, facts)
	var refusals []error
	for _, f := range preflight.Refused(plan.Findings) {
		refusals = append(refusals, fmt.Errorf("%s: %s", f.About, f.Words))
	}
	return errors.Join(refusals...)
}

// facts are those of the machines that the run is to be on, as far as they say.
func (y *Yard) facts(ctx context.Context, job launch.Job) (facts preflight.Facts, err error) {
	if facts.Model, err = preflight.ModelOf(job.Model); err != nil {
		return facts, err
	}
	facts.Template = chat.ForCheckpoint(job.Model)
	// A trainer on this machine inherits this process's environment; any other sees
	// what the job names.
	facts.Has = func(name string) bool { return job.Backend == "local" && os.Getenv(name) != "" }
	facts.Looked, facts.Dataset = preflight.Look(job)
	if job.Backend == "local" {
		facts.Free = preflight.Free(y.Home)
		return facts, nil
	}
	y.survey(ctx, job, &facts)
	y.tryBucket(ctx, job, &facts)
	return facts, nil
}

// survey fills in what machines say of themselves. Of one that does not answer now it is
// unknown: the start will tell.
func (y *Yard) survey(ctx context.Context, job launch.Job, facts *preflight.Facts) {
	b, err := y.launcher(nil).Backend(job.Backend)
	s, can := b.(launch.Surveyor)
	if err != nil || !can {
		return
	}
	v, err := s.Survey(ctx)
	if err != nil {
		return
	}
	facts.Free = v.Free
	if v.GPU != "" {
		facts.GPU = knownGPU(provider.GPUName(v.GPU, float64(v.Memory)/(1<<30)))
	}
}

// tryBucket writes to the bucket that files are brought by.
func (y *Yard) tryBucket(ctx context.Context, job launch.Job, facts *preflight.Facts) {
	b, err := y.launcher(nil).Backend(job.Backend)
	s, can := b.(launch.Stager)
	if err != nil || !can || s.Bucket() == "" {
		return
	}
	facts.Bucket = s.Bucket()
	place, err := bucket.Open(facts.Bucket)
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		err = place.CheckWrite(ctx)
	}
	facts.BucketFault = err
}

// knownGPU is the GPU of the estimates that a provider's name for one means; empty where
// there is none.
func knownGPU(name string) (known string) {
	for key := range estimate.GPUs {
		if strings.HasPrefix(strings.ToLower(name), strings.ToLower(key)) && len(key) > len(known) {
			known = key
		}
	}
	return known
}
