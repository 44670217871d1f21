package main

import (
	"context"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

func newRunsRebuild(t *face.Terminal, s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "rebuild",
		Short: "Make the ledger anew from the directories of the runs",
		Long: `Make the ledger of all runs anew from their directories, after it was damaged
or lost. A damaged file is kept beside the new one; a sound one gets the runs that
it lacks. States, times and curves come back; the history of each run does not.`,
		Example: "  trainyard runs rebuild",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withYard(s, func(y *yard.Yard) error { return runRebuild(cmd.Context(), t, s, y) })
		},
	}
}

func runRebuild(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard) error {
	rebuilt, err := y.Rebuild(ctx)
	switch {
	case err != nil:
		return err
	case s.json():
		return t.PrintJSON(rebuilt)
	case rebuilt.Damaged != "":
		t.Print("The damaged ledger is %s now.\n", rebuilt.Damaged)
	}
	t.Print("%s added to the ledger. See: %s runs\n", face.Counted(len(rebuilt.Added), "run"), invocation(s))
	return nil
}
