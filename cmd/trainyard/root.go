package main

import (
	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/launch/backend"
)

const rootLong = `Trainyard turns accepted trajectories of coding agents into Parquet shards with
exact token counts, launches fine-tunes on them from YAML recipes, and tracks
the runs.

Exit codes:
  0    done
  1    failed: the message says what and where
  2    wrong usage, or a recipe with faults
  3    the output directory holds something else
  4    the run ended, but not succeeded
  130  interrupted (Ctrl-C); a run that was started goes on
  143  terminated (SIGTERM)`

func newRoot(t *face.Terminal, sig *signals) *cobra.Command {
	s := newSettings()
	root := &cobra.Command{
		Use:           "trainyard",
		Short:         "accepted trajectories in, a tracked fine-tune out",
		Long:          rootLong,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.load(cmd); err != nil {
				return err
			}
			t.UseColor(s.color())
			backend.Tell(func(words string) { t.Say("%s", words) })
			sig.patient.Store(cmd.Hidden) // programs that others start, and wait for
			return nil
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	s.flags(root)
	root.AddCommand(
		newDemo(t, s), newPlan(t, s), newPrepare(t, s), newInspect(t, s), newConvert(t, s), newAccept(t, s), newTools(t),
		newShow(t, s), newMixes(t, s), newDiff(t, s), newCompare(t, s), newTable(t, s, "table SWEEP"), newReport(t, s), newCard(t, s), newLaunch(t, s), newSweep(t, s), newRuns(t, s), newEval(t, s), newServe(t, s), newGPUs(t, s), newOrphans(t, s), newBill(t, s), newExport(t, s), newCache(t, s), newEnv(t, s), newReconcile(t, s),
		newList(t, s), newTokens(t, s), newTokenizer(t, s),
		newSupervise(), newSlurm(), newSmokeTrain(t), newSmokeEval(),
	)
	root.InitDefaultCompletionCmd()
	verbs(root)
	root.InitDefaultHelpCmd()
	helpOfCommands(root)
	return root
}
