package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/launch"
)

const launchExample = `  trainyard launch demo
  trainyard launch hybrid-gym-7b --trainer llamafactory --dry-run
  trainyard launch out/mix-3 train.lr=1e-5 --detach`

type launchOptions struct {
	backend, trainer string
	gpus             int
	detach, dryRun   bool
	replace          bool
}

func newLaunch(t *face.Terminal, s *settings) *cobra.Command {
	var opts launchOptions
	cmd := &cobra.Command{
		Use:   "launch RECIPE|DATASET [key=value …]",
		Short: "Start a fine-tune and follow it",
		Long: `Start a fine-tune on a finished dataset, or on that of a recipe, which is
prepared first unless it is there already. The run goes on when this command
ends: follow it again with "trainyard runs logs -f ID". A dry run plans the
dataset, shows the command and its files, and writes and starts nothing.`,
		Example: launchExample,
		Args:    needs("a recipe or a dataset directory"),

		ValidArgsFunction: completeRecipe,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLaunch(cmd.Context(), t, s, args[0], args[1:], opts)
		},
	}
	cmd.Flags().StringVar(&opts.backend, "backend", "local", "where it runs; see: trainyard list backends")
	cmd.Flags().StringVar(&opts.trainer, "trainer", "", "trainer instead of the recipe's, whose params it does not get; see: trainyard list trainers")
	cmd.Flags().IntVar(&opts.gpus, "gpus", 1, "devices that the batch is divided among")
	cmd.Flags().BoolVarP(&opts.detach, "detach", "d", false, "start and return")
	s.recipeFlags(cmd)
	cmd.Flags().BoolVar(&opts.replace, "replace", false, "write over the dataset that this recipe made from other inputs")
	cmd.Flags().BoolVar(&opts.dryRun, "dry-run", false, "show the plan and the command, write and start nothing")
	completes(cmd, "backend", "backends")
	completes(cmd, "trainer", "trainers")
	return cmd
}

func runLaunch(ctx context.Context, t *face.Terminal, s *settings, what string, overrides []string, opts launchOptions) error {
	return withLauncher(s, func(l *launch.Launcher) error {
		job, err := jobFor(ctx, t, s, l, what, overrides, opts)
		if err != nil {
			return err
		}
		if opts.dryRun {
			return printRendered(t, s, l, job)
		}
		return start(ctx, t, s, l, job, opts.detach)
	})
}

// start starts the job, tells so, and follows the run unless told not to. A
// run that exists is named whatever happens.
func start(ctx context.Context, t *face.Terminal, s *settings, l *launch.Launcher, job launch.Job, detach bool) error {
	run, err := l.Start(ctx, job)
	if err != nil && run.ID != "" {
		return fmt.Errorf("%w (run %s: see %s runs show %s)", err, run.ID, invocation(s, l.Self), run.ID)
	}
	if err != nil {
		return err
	}
	return announce(ctx, t, s, l, run, detach)
}

// jobFor checks everything that can be checked before it prepares a dataset.
func jobFor(ctx context.Context, t *face.Terminal, s *settings, l *launch.Launcher, what string, overrides []string, opts launchOptions) (launch.Job, error) {
	target, err := findTarget(s, what, opts.trainer, overrides)
	if err != nil {
		return launch.Job{}, err
	}
	job := target.job(opts)
	switch err := l.Precheck(job); {
	case err != nil && !opts.dryRun:
		return job, err
	case err != nil:
		t.Say("as things stand, the launch would be refused: %v", err)
	}
	if err := target.prepare(ctx, t, s, opts); err != nil {
		return job, err
	}
	job.Dataset, err = target.dataset(opts.dryRun)
	return job, err
}

// announce tells that the run started, and follows it unless told not to.
func announce(ctx context.Context, t *face.Terminal, s *settings, l *launch.Launcher, run launch.Run, detach bool) error {
	if !s.json() {
		t.Print("\nRun %s started: %s on %s, in %s\n", run.ID, run.Job.Trainer, run.Job.Backend, l.Dir(run))
	}
	if !detach {
		var err error
		if run, err = follow(ctx, t, s, l, run); err != nil {
			return err
		}
	}
	if s.json() {
		if err := t.PrintJSON(run); err != nil {
			return err
		}
	}
	if !detach && run.State != launch.Succeeded {
		return fmt.Errorf("%w: see %s runs logs %s", errRunNotSucceeded, invocation(s, l.Self), run.ID)
	}
	return nil
}

// printRendered shows what a launch would start.
func printRendered(t *face.Terminal, s *settings, l *launch.Launcher, job launch.Job) error {
	cmd, err := l.Render(job)
	if err != nil {
		return err
	}
	if s.json() {
		return t.PrintJSON(cmd)
	}
	t.Print("\nDry run: nothing was started. On %s it would run\n\n  %s\n", job.Backend, strings.Join(cmd.Argv, " "))
	for _, f := range cmd.Files {
		if f.Link != "" {
			t.Print("\n%s -> %s\n", f.Name, f.Link)
			continue
		}
		t.Print("\n%s:\n%s\n", f.Name, f.Content)
	}
	t.Print("\nCost: %s\n", costWords(nil, job.Backend))
	return nil
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
