package main

import (
	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/smoke"
)

// newSmokeTrain is the program that the smoke trainer launches, as others
// launch llamafactory-cli.
func newSmokeTrain(t *face.Terminal) *cobra.Command {
	return &cobra.Command{
		Use:    "smoke-train CONFIG",
		Short:  "Check a dataset as a trainer would, and fit a tiny language model to it",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := smoke.LoadConfig(args[0])
			if err != nil {
				return err
			}
			return smoke.Train(cmd.Context(), cfg, t.Out)
		},
	}
}

// newSmokeEval is the program that an evaluation of the smoke trainer's models runs, as
// those of large models run a server, an agent and a harness.
func newSmokeEval() *cobra.Command {
	return &cobra.Command{
		Use:    "smoke-eval MODEL DATASET REPORT",
		Short:  "Write a tiny model's loss on each conversation that a dataset holds out",
		Hidden: true,
		Args:   cobra.ExactArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			verdicts, err := smoke.Judge(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			return smoke.WriteReport(args[2], verdicts)
		},
	}
}
