package yard

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"trainyard/launch"
)

// A RunLine is a run as a list shows it.
type RunLine struct {
	launch.Run
	// Short is the shortest prefix of the id that no other run of the list has.
	Short string `json:"short_id"`
	// Facts are those of the newest attempt, and Total that of all.
	Facts AttemptFacts `json:"facts"`
	Total Total        `json:"total"`
	// Differs is what tells this run from the others of its recipe in the list.
	Differs []Difference `json:"differs,omitempty"`
}

// Runs lists the newest runs first, brought up to date, at most limit of them;
// 0 is all. With an error come the runs as they were last seen.
func (y *Yard) Runs(ctx context.Context, limit int) ([]RunLine, error) {
	if !y.hasLedger() {
		return nil, nil
	}
	l, err := y.Launcher()
	if err != nil {
		return nil, err
	}
	runs, err := l.List(ctx, limit)
	err = errors.Join(err, startEvaluations(ctx, l, runs))
	short, differs := launch.ShortIDs(runs), y.differences(runs)
	lines := make([]RunLine, len(runs))
	for i, r := range runs {
		attempts, errFacts := attemptsOf(ctx, l.Ledger, r)
		err = errors.Join(err, errFacts)
		lines[i] = RunLine{Run: r, Short: short[r.ID], Differs: differs[r.ID], Total: totalOf(attempts)}
		if len(attempts) > 0 {
			lines[i].Facts = attempts[len(attempts)-1]
		}
	}
	return lines, err
}

// attemptsOf derives the facts of a run's attempts. The ledger is asked only where
// there are several.
func attemptsOf(ctx context.Context, ledger *launch.Ledger, run launch.Run) (all []AttemptFacts, err error) {
	attempts := []launch.Attempt{run.Attempt}
	if run.N > 1 {
		if attempts, err = ledger.Attempts(ctx, run.ID); err != nil {
			return nil, err
		}
		if len(attempts) >= run.N {
			attempts[run.N-1] = run.Attempt // as it was found just now
		}
	}
	return facts(ctx, ledger, run, attempts)
}

// Known lists the newest runs whose ids begin with prefix, as the ledger has
// them: nothing is asked of a backend.
func (y *Yard) Known(ctx context.Context, prefix string, limit int) ([]RunLine, error) {
	if !y.hasLedger() {
		return nil, nil
	}
	l, err := y.Launcher()
	if err != nil {
		return nil, err
	}
	runs, err := l.Ledger.Runs(ctx, limit)
	short := launch.ShortIDs(runs)
	var lines []RunLine
	for _, r := range runs {
		if strings.HasPrefix(r.ID, prefix) {
			lines = append(lines, RunLine{Run: r, Short: short[r.ID]})
		}
	}
	return lines, err
}

// A RunStory is everything about one run.
type RunStory struct {
	launch.Run
	Dir     string          `json:"dir"` // of the newest attempt
	Events  []launch.Event  `json:"events"`
	Metrics []launch.Metric `json:"metrics"` // of the newest attempt
	// LossCurve is one curve over all attempts, each step once.
	LossCurve []launch.Point `json:"loss_curve"`
	// Attempts are the facts of each, the first one first.
	Attempts []AttemptFacts `json:"attempts"`
	Total    Total          `json:"total"`
	// Figures are the newest ones by key.
	Figures map[string]launch.Figure `json:"figures"`
	// DatasetFault says that the dataset is not there any more, or is another.
	DatasetFault string `json:"dataset_fault,omitempty"`
	// Results are what evaluations found out, without instances, the newest import first.
	Results []launch.StoredResult `json:"results"`
	// Evaluations are the runs of its evaluations, the newest first.
	Evaluations []launch.Run `json:"evaluations,omitempty"`
	// Earlier are the figures of the log's earlier beginnings, oldest first.
	Earlier [][]launch.Metric `json:"earlier_segments,omitempty"`
	// Ending is what ended a run that did not succeed; nil where none did, or where
	// its log is out of sight and nothing else tells.
	Ending *launch.Diagnosis `json:"ending,omitempty"`
}

// recorded is the run that prefix names as the ledger has it.
func (y *Yard) recorded(ctx context.Context, prefix string) (*launch.Launcher, launch.Run, error) {
	l, err := y.Launcher()
	if err != nil {
		return nil, launch.Run{}, err
	}
	run, err := l.Ledger.Find(ctx, prefix)
	return l, run, err
}

// Run finds the run that prefix names and brings it up to date.
func (y *Yard) Run(ctx context.Context, prefix string) (*launch.Launcher, launch.Run, error) {
	l, run, err := y.recorded(ctx, prefix)
	if err != nil {
		return nil, run, err
	}
	run, err = l.Refresh(ctx, run)
	if launch.Unrecorded(err) { // it is right all the same
		run.Trouble, err = err.Error(), nil
	}
	return l, run, err
}

// RunStory is [Yard.Run] with the run's history and its figures.
func (y *Yard) RunStory(ctx context.Context, prefix string) (*RunStory, error) {
	l, run, err := y.Run(ctx, prefix)
	if err != nil {
		return nil, err
	}
	looked := []launch.Run{run}
	if err := startEvaluations(ctx, l, looked); err != nil {
		return nil, err
	}
	run = looked[0]
	story := &RunStory{Run: run, Dir: l.Dir(run), Ending: ending(ctx, l, run)}
	if err := run.Job.Dataset.Now(); err != nil {
		story.DatasetFault = err.Error()
	}
	if story.Events, err = l.Ledger.Events(ctx, run.ID); err != nil {
		return nil, err
	}
	if story.Metrics, err = l.Ledger.Metrics(ctx, run.ID, run.N); err != nil {
		return nil, err
	}
	if story.LossCurve, err = lossCurve(ctx, l.Ledger, run.ID); err != nil {
		return nil, err
	}
	if story.Attempts, err = attemptsOf(ctx, l.Ledger, run); err != nil {
		return nil, err
	}
	story.Total = totalOf(story.Attempts)
	results, err := l.Ledger.ResultLines(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	story.Results = append([]launch.StoredResult{}, results...)
	if story.Evaluations, err = l.Ledger.Evaluations(ctx, run.ID); err != nil {
		return nil, err
	}
	series, err := l.Ledger.Series(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	story.Figures = map[string]launch.Figure{}
	for _, s := range series { // the newest attempt comes last
		story.Figures[s.Key] = s.Last
	}
	story.Earlier, err = l.Ledger.EarlierMetrics(ctx, run.ID, run.N, run.Segment)
	return story, err
}

// lossCurve is that of the first of the keys for it that the trainer told.
func lossCurve(ctx context.Context, l *launch.Ledger, run string) ([]launch.Point, error) {
	for _, key := range curveKeys["loss"] {
		if curve, err := l.Curve(ctx, run, key); err != nil || len(curve) > 0 {
			return curve, err
		}
	}
	return []launch.Point{}, nil
}

// maxLook is how long the end of a log that may be far away is waited for.
const maxLook = 15 * time.Second

// ending looks at what is left of a run. A place that does not answer takes nothing
// from the rest of its story.
func ending(ctx context.Context, l *launch.Launcher, run launch.Run) *launch.Diagnosis {
	ctx, cancel := context.WithTimeout(ctx, maxLook)
	defer cancel()
	found, err := l.Diagnose(ctx, run)
	if found.Class == "" || err != nil && len(found.Lines) == 0 {
		return nil
	}
	return &found
}

// Stopped is a run that was asked to stop.
type Stopped struct {
	launch.Run
	Before bool `json:"ended_before"` // it had ended before it was asked
}

// Stop asks the trainer to save and end, and ends it if it does not.
func (y *Yard) Stop(ctx context.Context, prefix string) (*Stopped, error) {
	l, run, err := y.Run(ctx, prefix)
	if err != nil {
		return nil, err
	}
	before := run.State.Ended()
	run, err = l.Stop(ctx, run)
	return &Stopped{run, before}, err
}

// Logs copies what the trainer wrote; following, until the run has ended.
func (y *Yard) Logs(ctx context.Context, prefix string, w io.Writer, following bool) error {
	l, run, err := y.Run(ctx, prefix)
	if err != nil {
		return err
	}
	return l.Logs(ctx, run, w, 0, following)
}

// Follow tells the news of a run until it has ended. An end of ctx leaves the
// run alone.
func (y *Yard) Follow(ctx context.Context, run launch.Run, emit func(launch.Update) error) (launch.Run, error) {
	l, err := y.Launcher()
	if err != nil {
		return run, err
	}
	return l.Watch(ctx, run, emit)
}

// RunDir is where the newest attempt of a run keeps its files.
func (y *Yard) RunDir(run launch.Run) string { return y.launcher(nil).Dir(run) }
