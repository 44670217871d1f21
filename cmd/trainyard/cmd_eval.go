package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
)

const evalLong = `Keep what evaluations found out beside the runs that they are about: instance by
instance, where a report has them. Reports are read as they lie on disk (trainyard
list results). A recipe's eval: has commands that run when a training has succeeded;
their reports are imported by themselves (trainyard list evaluations).`

func newEval(t *face.Terminal, s *settings) *cobra.Command {
	cmd := &cobra.Command{Use: "eval", Short: "Import, list and remove the results of evaluations", Long: evalLong, Example: "  trainyard eval import 43c1597f report.json --benchmark swe-bench_verified\n  trainyard eval list"}
	cmd.AddCommand(newEvalImport(t, s), newEvalWatch(t, s), newEvalList(t, s), newEvalRemove(t, s))
	return cmd
}

const evalImportLong = `Import reports of evaluations as results of a run. FILE is a report, or a directory
below which reports lie; several reports about one instance each are one result.

What a report does not say can be said by flags; one that says something else is an
error. The same report again changes nothing. Other verdicts of the same benchmark,
split, scaffold, seed and step are a conflict: the instances that differ are told, and
--replace takes the new ones.`

func newEvalImport(t *face.Terminal, s *settings) *cobra.Command {
	var req yard.EvalRequest
	cmd := &cobra.Command{
		Use: "import RUN FILE...", Short: "Import reports as results of a run", Long: evalImportLong,
		Example: "  trainyard eval import 43c1597f swe-bench_verified__test__mine.json --step 120\n  trainyard eval import 43c1597f logs/run_evaluation/mine --benchmark swe-bench_verified --seed 1",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return usageError{errors.New("import needs a report after the run")}
			}
			return needs("the id of a run, or a prefix of one, and a report")(cmd, args)
		},
		ValidArgsFunction: evalArguments(s),
	}
	said := saidFlags(cmd)
	cmd.Flags().BoolVar(&req.Replace, "replace", false, "put it in the place of another result of the same evaluation")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		req.Run, req.Files, req.EvalSaid = args[0], args[1:], said()
		return withYard(s, func(y *yard.Yard) error {
			done, err := y.ImportResults(cmd.Context(), req)
			if done == nil {
				return err
			}
			if s.json() {
				return errors.Join(t.PrintJSON(done), err)
			}
			printImport(t, done)
			return err
		})
	}
	return cmd
}

// evalArguments offers runs, and then files.
func evalArguments(s *settings) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return completeRun(s)(cmd, args, toComplete)
	}
}

// saidFlags are what a user can say of results. What was not given says nothing: a
// seed of 0 is one.
func saidFlags(cmd *cobra.Command) func() yard.EvalSaid {
	var said yard.EvalSaid
	var seed, step int64
	cmd.Flags().StringVar(&said.Benchmark, "benchmark", "", "what was evaluated on, such as swe-bench_verified")
	cmd.Flags().StringVar(&said.Split, "split", "", "which part of it")
	cmd.Flags().StringVar(&said.Scaffold, "scaffold", "", "the agent that the model was put into")
	cmd.Flags().Int64Var(&seed, "seed", 0, "which repetition of the evaluation")
	cmd.Flags().Int64Var(&step, "step", 0, "of the checkpoint that was evaluated")
	cmd.Flags().Int64Var(&said.Instances, "instances", 0, "how many instances were to be judged, where the report does not tell")
	return func() yard.EvalSaid {
		if cmd.Flags().Changed("seed") {
			said.Seed = &seed
		}
		if cmd.Flags().Changed("step") {
			said.Step = &step
		}
		return said
	}
}

func printImport(t *face.Terminal, done *yard.EvalImport) {
	for _, one := range done.Imported {
		t.Print("%-8s %s: %s\n", one.Outcome, launch.ResultName(one.Result), resultWords(one.StoredResult))
		for _, note := range one.Notes {
			t.Print("         %s\n", t.Paint(face.Wary, note))
		}
		if len(one.Others) > 0 {
			t.Print("         %s\n", t.Paint(face.Wary, fmt.Sprintf("the same file is a result of run %s too", one.Others[0])))
		}
		if len(one.Differs) > 0 {
			t.Print("         %s replaced\n", face.Plural(len(one.Differs), "instance was", "instances were"))
		}
	}
	if n := len(done.Left); n > 0 {
		t.Say("%s found and left, such as %s: %s", face.Plural(n, "file was", "files were"), face.OneLine(done.Left[0].File), face.OneLine(done.Left[0].Why))
	}
}

// resultWords is a result in a few words: instances, or else the first figure.
func resultWords(r launch.StoredResult) string {
	switch n, named, alone := r.Total(), r.Named(), r.Counts[""]; {
	case alone > 0 && r.Counts["missing"] > 0 && named == alone+r.Counts["missing"]:
		return fmt.Sprintf("%s, %s missing", face.Counted(alone, "score"), face.Thousands(named-alone))
	case named > alone && alone > 0: // they have a part in the mean, and none in the share
		return fmt.Sprintf("%s of %s resolved, %s with a score alone", face.Thousands(r.Resolved()), face.Thousands(n), face.Thousands(alone))
	case named > alone:
		return fmt.Sprintf("%s of %s resolved, %s", face.Thousands(r.Resolved()), face.Thousands(n), shareWords(r))
	}
	if len(r.Aggregates) > 0 {
		return fmt.Sprintf("%s %.4g", r.Aggregates[0].Metric, r.Aggregates[0].Value)
	}
	return face.Counted(r.Named(), "score")
}

func shareWords(r launch.StoredResult) string {
	return fmt.Sprintf("%.1f %%", 100*float64(r.Resolved())/float64(max(1, r.Total())))
}

// printResults has a line for each result of a run, the newest first.
func printResults(t *face.Terminal, all []launch.StoredResult) {
	for _, r := range all {
		t.Print("Result   %s: %s\n", launch.ResultName(r.Result), resultWords(r))
	}
}

const evalWatchLong = `Import reports below a directory as they appear, until it is told to end. Which run a
report is of is told by the id of a run in the name of its model or in its path, such
as that of the checkpoint, or by the name of a recipe that one run alone has. What
is not known is told and left.`

func newEvalWatch(t *face.Terminal, s *settings) *cobra.Command {
	var every, quiet time.Duration
	var once bool
	cmd := &cobra.Command{
		Use: "watch DIR", Short: "Import reports as they appear", Long: evalWatchLong, Args: exactly("a directory"),
		Example: "  trainyard eval watch logs/run_evaluation --benchmark swe-bench_verified\n  trainyard eval watch results --once",
	}
	said := saidFlags(cmd)
	cmd.Flags().DurationVar(&every, "every", 10*time.Second, "how often it looks")
	cmd.Flags().DurationVar(&quiet, "quiet", 2*time.Second, "how long a file must not have been written to")
	cmd.Flags().BoolVar(&once, "once", false, "look once and return, with a wait of --quiet for files that were just written")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if every < time.Second || quiet < 0 {
			return usageError{fmt.Errorf("--every %v --quiet %v: give at least 1s, and 0s", every, quiet)}
		}
		w := &yard.ReportWatch{Dir: args[0], Said: said(), Quiet: quiet, Told: evalTeller(t, s)}
		return withYard(s, func(y *yard.Yard) error {
			if once {
				return y.LookOnceAtResults(cmd.Context(), w)
			}
			return y.WatchResults(cmd.Context(), w, every)
		})
	}
	return cmd
}

func evalTeller(t *face.Terminal, s *settings) func(yard.EvalNews) {
	return func(n yard.EvalNews) {
		switch {
		case s.json():
			_ = t.PrintJSON(n)
		case n.Outcome == yard.ReportWaits:
			t.Say("waits    %s: %s", face.OneLine(n.File), n.Why)
		case n.Outcome == "":
			t.Say("left     %s: %s", face.OneLine(n.File), face.OneLine(n.Why))
		default:
			t.Print("%-8s %s: %.8s %s, %d of %d resolved\n", n.Outcome, face.OneLine(n.File), n.Run, n.Evaluation, n.Resolved, n.Instances)
		}
	}
}

func newEvalList(t *face.Terminal, s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use: "list [RUN]", Short: "List results, newest import first", ValidArgsFunction: completeRun(s),
		Long:    "List the results of all runs, or of one, the newest import first. Of one run, --json\nhas the verdict on every instance.",
		Example: "  trainyard eval list\n  trainyard eval list 43c1597f --json",
	}
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usageError{fmt.Errorf("list takes one run, and %d were given", len(args))}
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withYard(s, func(y *yard.Yard) error { return evalList(cmd.Context(), t, s, y, append(args, "")[0]) })
	}
	return cmd
}

func evalList(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, prefix string) error {
	all, err := y.Results(ctx, prefix)
	switch {
	case err != nil:
		return err
	case s.json():
		return t.PrintJSON(append([]launch.StoredResult{}, all...))
	case len(all) == 0:
		t.Print("No results yet. Import some: trainyard eval import RUN FILE\n")
		return nil
	}
	tab := face.NewTable("run", "benchmark", "split", "scaffold", "seed", "step", "result", "imported").Numbers(4, 5)
	for _, r := range all {
		tab.Row(fmt.Sprintf("%.8s", r.Run), r.Benchmark, orDash(r.Split), orDash(r.Scaffold), orDash(numberWord(r.Seed)), orDash(numberWord(r.Step)),
			resultWords(r), cmp.Or(r.ImportedAt.Local().Format(time.DateOnly), "-"))
	}
	return tab.Write(t.Out)
}

func numberWord(n *int64) string {
	if n == nil {
		return ""
	}
	return face.Thousands(*n)
}
