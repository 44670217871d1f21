package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch"
)

const reconcileLong = `Bring every run that has not ended up to date, and print what changed: what was
started by a trainyard that died is adopted, what ended is recorded with its
last figures. Evaluations of runs that succeeded are started where they are due, and
nothing else is.

With --rebuild the ledger is made anew from the directories of the runs first,
after it was damaged or lost. A damaged file is kept beside the new one; a sound
ledger gets the runs that it lacks. States, times, prices and curves come back;
the history of each run does not.`

func newReconcile(t *face.Terminal, s *settings) *cobra.Command {
	var rebuild bool
	cmd := &cobra.Command{
		Use:     "reconcile",
		Short:   "Bring every unfinished run up to date; make a lost ledger anew",
		Long:    reconcileLong,
		Example: "  trainyard reconcile\n  trainyard reconcile --rebuild",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withYard(s, func(y *yard.Yard) error { return runReconcile(cmd.Context(), t, s, y, rebuild) })
		},
	}
	cmd.Flags().BoolVar(&rebuild, "rebuild", false, "make the ledger anew from the directories of the runs first")
	return cmd
}

func runReconcile(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, rebuild bool) error {
	done, err := y.Reconcile(ctx, rebuild)
	if launch.Unrecorded(err) { // what was looked at is right all the same
		t.Say("%v", err)
		err = nil
	}
	if s.json() {
		return errors.Join(t.PrintJSON(done), err)
	}
	if done.Rebuilt != nil {
		printRebuilt(t, s, *done.Rebuilt)
	}
	printReconciled(t, done.Attempts)
	for _, e := range done.Evaluations {
		if e.Fault != "" {
			t.Print("%s  not evaluated: %s\n", e.Run, e.Fault)
		} else {
			t.Print("%s  %s\n", e.Run, e.What)
		}
	}
	return err
}

func printRebuilt(t *face.Terminal, s *settings, rebuilt yard.Rebuilt) {
	if rebuilt.Damaged != "" {
		t.Print("The damaged ledger is %s now.\n", rebuilt.Damaged)
	}
	t.Print("%s added to the ledger. See: %s runs\n", face.Counted(len(rebuilt.Added), "run"), invocation(s))
}

func printReconciled(t *face.Terminal, attempts []launch.Reconciled) {
	changed := 0
	for _, a := range attempts {
		for _, words := range a.Changes {
			t.Print("%s attempt %d  %s\n", a.ID, a.N, words)
		}
		if len(a.Changes) > 0 {
			changed++
		}
		if a.Fault != "" {
			t.Print("%s attempt %d  not looked at: %s\n", a.ID, a.N, a.Fault)
		}
	}
	t.Print("%s looked at, %d changed.\n", face.Counted(len(attempts), "unfinished attempt"), changed)
}
