package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
	"trainyard/launch/preflight"
	staging "trainyard/launch/stage"
)

const launchLong = `Start a fine-tune on a finished dataset, or on that of a recipe, which is
prepared first unless it is there already. The run goes on when this command
ends: follow it again with "trainyard runs logs -f ID". A dry run plans the
dataset, shows the command and its files, and writes and starts nothing.

Where the inputs of a recipe have changed since its dataset was made, launch
refuses: --replace writes over it. A run that has ended goes on with "trainyard
runs resume ID", from its newest whole checkpoint, or "runs retry ID"; --again
begins another run although one with the same recipe, data, environment and code goes
on or has succeeded. Evaluations (eval: in the recipe) start when the run has succeeded,
and are followed too; of a run that nothing follows, by "trainyard serve" or the next
command that looks at runs. "trainyard list trainers" tells what each trainer takes.`

const launchExample = `  trainyard launch demo
  trainyard launch hybrid-gym-7b --trainer llamafactory --dry-run
  trainyard launch out/mix-3 train.lr=1e-5 --detach`

func newLaunch(t *face.Terminal, s *settings) *cobra.Command {
	var req yard.LaunchRequest
	var detach, yes bool
	var gpuHour float64
	cmd := &cobra.Command{
		Use:     "launch RECIPE|DATASET [key=value …]",
		Short:   "Start a fine-tune and follow it",
		Long:    launchLong,
		Example: launchExample,
		Args:    needs("a recipe or a dataset directory"),

		ValidArgsFunction: completeRecipe,
		RunE: func(cmd *cobra.Command, args []string) error {
			req.What, req.Overrides = args[0], args[1:]
			if cmd.Flags().Changed("gpu-hour") {
				req.GPUHour = &gpuHour
			}
			return withYard(s, func(y *yard.Yard) error {
				_, err := runLaunch(cmd.Context(), t, s, y, req, launchWords{detach: detach, yes: yes})
				return err
			})
		},
	}
	cmd.Flags().StringVar(&req.Backend, "backend", "local", "where it runs; see: trainyard list backends")
	cmd.Flags().StringVar(&req.Trainer, "trainer", "", "trainer instead of the recipe's, whose params it does not get; see: trainyard list trainers")
	cmd.Flags().IntVar(&req.GPUs, "gpus", 1, "GPUs on each machine; the batch is divided among all")
	cmd.Flags().IntVar(&req.Nodes, "nodes", 1, "machines that train together")
	cmd.Flags().DurationVar(&req.Deadline, "deadline", 0, "end an attempt that long after its trainer started, such as 12h (0 = never)")
	cmd.Flags().IntVar(&req.Attempts, "attempts", 1, "how many attempts there may be where one lost its machine (trainyard serve begins them)")
	cmd.Flags().StringVar(&req.GPU, "gpu", "", "kind of GPU, such as h100-sxm-80gb, for the price file and the memory estimate")
	cmd.Flags().Float64Var(&gpuHour, "gpu-hour", 0, "price of one GPU for an hour in dollars (default: the backend's, or that of the price file)")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "accept a worst case above the setting ask-above")
	cmd.Flags().StringArrayVar(&req.Env, "env", nil, "variable for a trainer on another machine: NAME for this environment's value, which is not stored, or NAME=value")
	cmd.Flags().BoolVarP(&detach, "detach", "d", false, "start and return")
	s.recipeFlags(cmd)
	cmd.Flags().BoolVar(&req.Replace, "replace", false, "write over the dataset that this recipe made from other inputs")
	cmd.Flags().BoolVar(&req.Again, "again", false, "launch although a run with the same recipe, data, environment and code goes on or has succeeded")
	cmd.Flags().BoolVar(&req.DryRun, "dry-run", false, "show the plan and the command, write and start nothing")
	completes(cmd, "backend", "backends")
	completes(cmd, "trainer", "trainers")
	return cmd
}

// launchWords are what the command line says about how to start.
type launchWords struct{ detach, yes bool }

// acceptMoney tells the worst case, and refuses one above the limit that was not
// accepted.
func acceptMoney(t *face.Terminal, s *settings, m yard.Money, yes bool) error {
	if m.Worst == nil || *m.Worst == 0 {
		return nil
	}
	if limit := s.askAbove(); *m.Worst > limit && !yes {
		return usageError{fmt.Errorf("the worst case is %s, above the setting ask-above of %s: say --yes to accept it", m.Words, face.Dollars(limit))}
	}
	t.Say("Worst case: %s", m.Words)
	return nil
}

// runLaunch plans, tells the plan, and starts it unless the run is dry. The
// run that it returns has no id where none was started.
func runLaunch(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, req yard.LaunchRequest, w launchWords) (launch.Run, error) {
	line := newProgress(t, s)
	plan, err := y.Plan(ctx, req, line.Update)
	line.Finish()
	if plan != nil && plan.Sweep {
		t.Say("%s is a sweep, and this is one run of its recipe by itself: %s sweep plan %s shows its cells, and sweep run starts them", req.What, invocation(s), req.What)
	}
	if err == nil || plan != nil && plan.Prepared != nil {
		err = tellPlan(t, s, plan, err)
	}
	switch {
	case errors.Is(err, yard.ErrPreparedAlready):
		return launch.Run{}, usageError{err}
	case err != nil:
		return launch.Run{}, err
	case req.DryRun:
		return launch.Run{}, printRendered(t, s, plan)
	}
	if err := acceptMoney(t, s, plan.Money, w.yes); err != nil {
		return launch.Run{}, err
	}
	return start(ctx, t, s, y, plan, w.detach)
}

// tellPlan prints the dataset of the plan, or where all records went if none
// is left of it.
func tellPlan(t *face.Terminal, s *settings, plan *yard.Plan, err error) error {
	switch {
	case err != nil:
		return nothingLeft(t, s, plan.Prepared, err)
	}
	if plan.Command == nil || s.json() {
		tellFindings(t, plan)
	}
	if plan.Prepared == nil || s.json() {
		return nil
	}
	return printPrepared(t, plan.Prepared)
}

// tellFindings says what was found before the start and is not in order; in a dry run all
// of it.
func tellFindings(t *face.Terminal, plan *yard.Plan) {
	for _, f := range plan.Findings {
		if plan.Command != nil || f.Level != preflight.OK {
			t.Say("%s: %s: %s", f.Level, f.About, f.Words)
		}
	}
}

// tellRefusal ends a dry run: what speaks against the launch is what a reader has to see.
func tellRefusal(t *face.Terminal, plan *yard.Plan) {
	if plan.Refusal != "" {
		t.Say("as things stand, the launch would be refused: %s", plan.Refusal)
	}
}

// start starts the job, tells so, and follows the run unless told not to. A
// run that exists is named whatever happens.
func start(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, plan *yard.Plan, detach bool) (launch.Run, error) {
	line := face.NewBytesLine(t, s.json(), "staging")
	run, err := y.Start(staging.WithTell(ctx, stagingTold(t, line)), plan)
	line.Finish()
	if err != nil && run.ID != "" {
		return run, fmt.Errorf("%w (run %s: see %s runs show %s)", err, run.ID, invocation(s), run.ID)
	}
	if err != nil {
		return run, err
	}
	if !s.json() {
		t.Print("\nRun %s started: %s on %s, in %s\n", run.ID, run.Job.Trainer, run.Job.Backend, y.RunDir(run))
	}
	if err := tellSiblings(ctx, t, s, y, run); err != nil {
		return run, err
	}
	if detach {
		return run, printStarted(t, s, run)
	}
	if run, err = follow(ctx, t, s, y, run); err != nil {
		return run, err
	}
	if err := printStarted(t, s, run); err != nil {
		return run, err
	}
	if run.State != launch.Succeeded {
		return run, fmt.Errorf("%w: see %s runs logs %s", errRunNotSucceeded, invocation(s), run.ID)
	}
	return run, followEvaluations(ctx, t, s, y, run)
}

// stagingTold shows the bytes on one line, and says each other step.
func stagingTold(t *face.Terminal, line *face.BytesLine) func(staging.Progress) {
	return func(p staging.Progress) {
		if p.Doing != "" {
			t.Say("%s: %s", p.Machine, p.Doing)
			return
		}
		line.Update(p.Done, p.Total)
	}
}

// printStarted is the answer of a launch in JSON; people have read it already.
func printStarted(t *face.Terminal, s *settings, run launch.Run) error {
	if !s.json() {
		return nil
	}
	return t.PrintJSON(run)
}

// tellSiblings names the runs of the same recipe that go on beside this one: two
// are seldom meant.
func tellSiblings(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, run launch.Run) error {
	ids, err := y.Siblings(ctx, run)
	if err != nil || len(ids) == 0 {
		return err
	}
	t.Say("Of the same recipe, %s not ended: %s. End one: %s runs stop %s",
		face.Plural(len(ids), "other run has", "other runs have"), strings.Join(ids, ", "), invocation(s), ids[0])
	return nil
}

// printFindings is tellFindings as a part of the answer.
func printFindings(t *face.Terminal, plan *yard.Plan) {
	if len(plan.Findings) > 0 {
		t.Print("\nPreflight\n")
	}
	for _, f := range plan.Findings {
		t.Print("  %s: %s: %s\n", f.Level, f.About, f.Words)
	}
}

// printRendered shows what a launch would start: what was looked at before, the command,
// and at the end what speaks against it.
func printRendered(t *face.Terminal, s *settings, plan *yard.Plan) error {
	defer tellRefusal(t, plan)
	cmd := plan.Command
	if s.json() {
		return t.PrintJSON(struct {
			*launch.Command
			Submission  []launch.File         `json:"submission,omitempty"`
			Environment *yard.EnvironmentPlan `json:"environment,omitempty"`
		}{cmd, plan.Submission, plan.Environment})
	}
	printFindings(t, plan)
	t.Print("\nDry run: nothing was started. On %s it would run\n\n  %s\n", plan.Job.Backend, strings.Join(cmd.Argv, " "))
	printTexts(t, cmd.Files)
	if len(plan.Submission) > 0 {
		t.Print("\nFor that it would submit\n")
		printTexts(t, plan.Submission)
	}
	if e := plan.Environment; e != nil {
		t.Print("\nEnvironment: %s\n", environmentWords(e))
	}
	for _, e := range plan.Job.Evals {
		t.Print("\nEvaluation %s, once it has succeeded: %s\n", e.Name, strings.Join(e.Command, " "))
	}
	t.Print("\nWorst case: %s\n", moneyWords(plan))
	return nil
}

func printTexts(t *face.Terminal, files []launch.File) {
	for _, f := range files {
		if f.Link != "" {
			t.Print("\n%s -> %s\n", f.Name, f.Link)
			continue
		}
		t.Print("\n%s:\n%s\n", f.Name, f.Content)
	}
}

// environmentWords tell what the trainer would run in.
func environmentWords(e *yard.EnvironmentPlan) string {
	if e.Hash == "" {
		return "not brought: " + e.Why
	}
	words := fmt.Sprintf("%s, %s", e.Hash, e.Why)
	if len(e.There) > 0 {
		words += "; there on " + strings.Join(e.There, ", ")
	}
	if len(e.Missing) > 0 {
		words += "; would be built on " + strings.Join(e.Missing, ", ")
	}
	return words
}

// moneyWords tells the worst case. On this machine there is none beyond it.
func moneyWords(plan *yard.Plan) string {
	if plan.Money.GPUHour == nil && plan.Money.Worst == nil && plan.Job.Backend == "local" {
		return "none beyond this machine"
	}
	return plan.Money.Words
}

// costWords tells the money spent. On machines of one's own it is not known
// here, and nothing is made up.
func costWords(cost *float64, backend string) string {
	switch {
	case cost != nil:
		return face.Dollars(*cost)
	case backend == "local":
		return "none beyond this machine"
	}
	return "unknown"
}
