package launch

import (
	"context"
	"fmt"
)

// Preview gives what the backend of a job would submit, as texts with names, and nothing
// where the backend submits none. Where the run's id goes there is the word RUN. It
// looks at no machine.
func (l *Launcher) Preview(ctx context.Context, job Job) ([]File, error) {
	r := l.render(job, anyRun)
	dry, ok := r.backend.(DryRunner)
	if !ok || len(r.Argv) == 0 {
		return nil, nil
	}
	texts, err := dry.Render(ctx, l.task(Run{ID: anyRun, Job: job, Attempt: Attempt{N: 1}}, r.Command))
	if err != nil {
		return nil, fmt.Errorf("what would be submitted: %w", err)
	}
	return texts, nil
}
