package yard

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"trainyard/launch"
	"trainyard/launch/price"
)

// Money is what a launch may cost.
type Money struct {
	// GPUHour is the price of one GPU for an hour in US dollars, and Source where it
	// comes from; nil is not known.
	GPUHour *float64 `json:"gpu_hour"`
	Source  string   `json:"source,omitempty"`
	// Worst is the most that all attempts can cost together: price x deadline (of a
	// rented box: its longest life) x attempts x machines; nil where a part of that is not known.
	Worst *float64 `json:"worst_case"`
	Words string   `json:"words"` // the calculation, or what is missing for it
}

// ErrNoDeadline refuses a launch that is paid by the hour and has no end.
var ErrNoDeadline = errors.New("it is paid by the hour and has no end: say --deadline, such as --deadline 12h")

// count finds the price, and with it the worst case. The price on the command line
// counts before that of the backend or of its place in the settings, and that before the
// price file.
// A backend that cannot tell its price, such as a provider whose key is not there, is a
// reason to refuse the launch, which a dry run tells beside all that it knows.
func (y *Yard) count(ctx context.Context, plan *Plan, req LaunchRequest) (err error) {
	plan.Money, err = y.priced(ctx, &plan.Job, req.GPU)
	if err = plan.mayBeUntold(err, req); err != nil {
		return err
	}
	return plan.mayBeUntold(y.countEvaluations(ctx, plan, req.GPU), req)
}

// mayBeUntold keeps what a dry run only tells.
func (p *Plan) mayBeUntold(err error, req LaunchRequest) error {
	if _, is := errors.AsType[untoldError](err); !is || !req.DryRun {
		return err
	}
	p.untold = errors.Join(p.untold, err)
	return nil
}

// priced is count for what one job asks for. Where the price is untold, the rest of what
// is known comes with the error.
func (y *Yard) priced(ctx context.Context, job *launch.Job, gpu string) (m Money, err error) {
	var untold error
	if m.GPUHour, m.Source, err = y.gpuHour(ctx, *job, gpu); err != nil {
		if _, is := errors.AsType[untoldError](err); !is {
			return m, err
		}
		m.GPUHour, m.Source, untold = nil, fmt.Sprintf("unknown: %v", err), err
	}
	job.GPUHour = m.GPUHour
	rate, life, source := m.GPUHour, job.Deadline, m.Source
	if renter, ok := y.renter(job.Backend); ok {
		gpuHour, longest := renter.Most(job.Deadline)
		rate, life, source = &gpuHour, longest, "the place's max_price; now "+m.Source
	}
	switch {
	case rate == nil && m.Source != "":
		m.Words = m.Source
	case rate == nil:
		m.Words = "unknown: nothing says what a GPU-hour on " + job.Backend + " costs: say --gpu-hour, or name a file with --prices"
	case *rate == 0:
		m.Worst, m.Words = new(float64), "none: "+m.Source
	case job.Deadline == 0:
		m.Words = fmt.Sprintf("$%.2f a GPU-hour (%s), without an end", *rate, source)
		return m, ErrNoDeadline
	default:
		worst := price.Plan{
			Rate: *rate * float64(job.Devices()), Boxes: job.NodeCount(), Deadline: life, Attempts: max(1, job.Attempts), Source: source,
		}
		dollars, err := worst.Worst()
		if err != nil {
			return m, err
		}
		m.Worst, m.Words = &dollars, fmt.Sprintf("$%.2f at most: %s", dollars, worst.Words())
		if life != job.Deadline {
			m.Words += ", the longest that a box may live"
		}
	}
	return m, untold
}

func (y *Yard) gpuHour(ctx context.Context, job launch.Job, gpu string) (*float64, string, error) {
	if job.GPUHour != nil {
		return job.GPUHour, "as said", nil
	}
	if dollars, said := y.GPUHours[job.Backend]; said {
		return &dollars, "the price of " + job.Backend + " in the settings", nil
	}
	if pricer, ok := y.pricer(job.Backend); ok {
		dollars, source, err := pricer.Price(ctx, job.Devices())
		if err != nil {
			err = untoldError{err}
		}
		return &dollars, source, err
	}
	if y.Prices == "" {
		return nil, "", nil
	}
	data, err := os.ReadFile(y.Prices)
	if err != nil {
		return nil, "", fmt.Errorf("read prices: %w", err)
	}
	file, err := price.ParseFile(y.Prices, data)
	if err != nil {
		return nil, "", err
	}
	if dollars, ok := file.Lookup(gpu, job.Backend, false); ok {
		return &dollars, filepath.Base(y.Prices), nil
	}
	return nil, "", nil
}

// An untoldError is what is not known here now and only a launch needs: the price of a
// backend whose key is missing, the value of a variable.
type untoldError struct{ error }

func (e untoldError) Unwrap() error { return e.error }

// SaidGPUHour is the price of a GPU-hour that was said for a launch, on the command line
// or for its place in the settings; nil: none was.
func (y *Yard) SaidGPUHour(req LaunchRequest) *float64 {
	if dollars, said := y.GPUHours[req.Backend]; said && req.GPUHour == nil {
		return &dollars
	}
	return req.GPUHour
}

func (y *Yard) renter(name string) (launch.Renter, bool) {
	b, err := y.launcher(nil).Backend(name)
	r, ok := b.(launch.Renter)
	return r, ok && err == nil
}

func (y *Yard) pricer(name string) (launch.Pricer, bool) {
	b, err := y.launcher(nil).Backend(name)
	p, ok := b.(launch.Pricer)
	return p, ok && err == nil
}
