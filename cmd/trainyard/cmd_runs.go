package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
)

const runsExample = `  trainyard runs
  trainyard runs show 43c1597f
  trainyard runs logs -f 43c1597f
  trainyard runs stop 43c1597f`

const showLong = `Show one run: its state and why, its newest figures, what each attempt cost and lost,
where its files lie, and its history. The curves are "runs metrics", the trainer's own
words "runs logs". A state that cannot be seen is the last known one, and Trouble says
why.`

const logsLong = `Print what the trainer of the newest attempt wrote, wherever it ran. Secrets are masked:
those that the box knew, in the log itself, and those that this environment has.
A variable that a launch names (--env NAME) is one; of NAME=value the value is not.`

const stopLong = `Ask the trainer to save and end. One that does not end within the grace is killed. The
run is cancelled when it is known to have ended; a rented box is given back first.`

const runsLong = `List runs, newest first. An ID may be shortened to any prefix that fits one run.
Where several runs of one recipe are listed, the column "differs" names the keys
in which they differ, as overrides spell them, but for what most of them say.

A run that ended goes on with "runs resume" or "runs retry".`

func newRuns(t *face.Terminal, s *settings) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:     "runs",
		Short:   "List runs, newest first; show, follow or stop one",
		Long:    runsLong,
		Example: runsExample,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 0 {
				return usageError{fmt.Errorf("--limit %d: give 0 for all, or a number", limit)}
			}
			return runRuns(cmd.Context(), t, s, limit)
		},
	}
	cmd.Flags().IntVarP(&limit, "limit", "n", listedRuns, "how many to list (0 = all)")
	cmd.AddCommand(newRunsShow(t, s), newRunsLogs(t, s), newRunsStop(t, s), newRunsRetry(t, s), newRunsResume(t, s), newRunsCheckpoints(t, s), newRunsFetch(t, s), newRunsExport(t, s), newRunsMetrics(t, s))
	return cmd
}

// listedRuns is how many are listed where no number is said.
const listedRuns = 20

func runRuns(ctx context.Context, t *face.Terminal, s *settings, limit int) error {
	return withYard(s, func(y *yard.Yard) error {
		// Runs that could not be looked at are in the list as they were last seen.
		runs, err := y.Runs(ctx, limit)
		if launch.Unrecorded(err) { // the list is right all the same
			t.Say("%v", err)
			err = nil
		}
		if err != nil && len(runs) == 0 { // none were found is not none are there
			return err
		}
		err = errors.Join(printRuns(t, s, runs), err)
		if len(runs) == limit && limit == listedRuns && !s.json() {
			t.Say("these are the newest %d: -n 0 lists all", limit)
		}
		return err
	})
}

func printRuns(t *face.Terminal, s *settings, runs []yard.RunLine) error {
	switch {
	case s.json():
		return t.PrintJSON(append([]yard.RunLine{}, runs...))
	case len(runs) == 0:
		t.Print("No runs yet. Start one: trainyard demo\n")
		return nil
	}
	return runTable(runs).Write(t.Out)
}

func runTable(runs []yard.RunLine) *face.Table {
	names := []string{"id", "recipe", "trainer", "backend", "state", "progress", "loss", "validation", "time", "cost", "differs"}
	team := ofSeveral(runs)
	if team {
		names = append(names, "user")
	}
	tab := face.NewTable(names...).Numbers(5, 6, 7, 8, 9).Tints(4, stateTint).Wraps(10).Gives(1, 2).Leaves(9, 3, 7, 5, 8)
	for _, r := range runs {
		cells := []string{r.Short, recipeWords(r.Run), r.Job.Trainer, r.Job.Backend, stateWords(r.Run),
			progressWords(r.Run), lossWords(r.Loss), lossWords(r.EvalLoss), face.Span(r.Duration(time.Now())), knownOr(r.Total.Dollars, "-", face.Dollars), differWords(r.Differs)}
		if team {
			cells = append(cells, r.CreatedBy)
		}
		tab.Row(cells...)
	}
	return tab
}

// ofSeveral reports whether several users launched the runs: a column for one
// would tell nothing.
func ofSeveral(runs []yard.RunLine) bool {
	return slices.ContainsFunc(runs, func(r yard.RunLine) bool { return r.CreatedBy != runs[0].CreatedBy })
}

// stateWords is the state, with what must not be overlooked beside it.
func stateWords(r launch.Run) string {
	words := string(r.State)
	if r.Stalled != "" {
		words += ", stalled"
	}
	if r.Diverged {
		words += ", diverged"
	}
	return words
}

// stateTint paints the words that begin with the state of a run.
func stateTint(words string) face.Tint {
	state, beside, _ := strings.Cut(words, ",")
	if beside != "" {
		return face.Wary
	}
	switch launch.State(state) {
	case launch.Failed, launch.Lost:
		return face.Bad
	case launch.Succeeded:
		return face.Good
	case launch.Cancelled:
		return face.Dim
	}
	return face.Plain
}

func differWords(differs []yard.Difference) string {
	var parts []string
	for _, d := range differs {
		if !d.Usual {
			parts = append(parts, d.Key+"="+orDash(d.Value))
		}
	}
	return strings.Join(parts, " ")
}

func progressWords(r launch.Run) string {
	if r.TotalSteps == 0 {
		return "-"
	}
	return fmt.Sprintf("%s/%s", face.Thousands(r.Step), face.Thousands(r.TotalSteps))
}

func lossWords(loss *float64) string {
	if loss == nil {
		return "-"
	}
	return fmt.Sprintf("%.4f", *loss)
}

// oneRun makes a command about the run that its argument names.
func oneRun(s *settings, cmd *cobra.Command, do func(ctx context.Context, y *yard.Yard, prefix string) error) *cobra.Command {
	cmd.Args = exactly("the id of a run, or a prefix of one (trainyard runs)")
	cmd.ValidArgsFunction = completeRun(s)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withYard(s, func(y *yard.Yard) error { return do(cmd.Context(), y, args[0]) })
	}
	return cmd
}

func newRunsShow(t *face.Terminal, s *settings) *cobra.Command {
	cmd := &cobra.Command{Use: "show ID", Short: "Show one run: its job, its history, its files", Long: showLong, Example: "  trainyard runs show 43c1597f\n  trainyard runs show 43c1597f --json"}
	return oneRun(s, cmd, func(ctx context.Context, y *yard.Yard, prefix string) error {
		return runShow(ctx, t, s, y, prefix)
	})
}

func newRunsLogs(t *face.Terminal, s *settings) *cobra.Command {
	var following bool
	cmd := &cobra.Command{Use: "logs ID", Short: "Print what the trainer wrote", Long: logsLong, Example: "  trainyard runs logs -f 43c1597f"}
	cmd.Flags().BoolVarP(&following, "follow", "f", false, "go on until the run has ended")
	return oneRun(s, cmd, func(ctx context.Context, y *yard.Yard, prefix string) error {
		return y.Logs(ctx, prefix, t.Out, following)
	})
}

func newRunsStop(t *face.Terminal, s *settings) *cobra.Command {
	cmd := &cobra.Command{Use: "stop ID", Short: "Ask the trainer to save and end, and end it if it does not", Long: stopLong, Example: "  trainyard runs stop 43c1597f"}
	return oneRun(s, cmd, func(ctx context.Context, y *yard.Yard, prefix string) error {
		return runStop(ctx, t, s, y, prefix)
	})
}

func runStop(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, prefix string) error {
	stopped, err := y.Stop(ctx, prefix)
	switch {
	case err != nil:
		return err
	case s.json():
		return t.PrintJSON(stopped)
	case stopped.Before:
		t.Print("Run %s had ended already: %s\n", stopped.ID, endWords(stopped.Run))
	default:
		t.Print("Run %s: %s\n", stopped.ID, endWords(stopped.Run))
	}
	return nil
}
