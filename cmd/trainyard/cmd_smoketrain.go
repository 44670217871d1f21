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

// newSmokeJudge is the evaluation of the smoke trainer's models: a real one, of the loss
// on each conversation that was held out.
func newSmokeJudge(t *face.Terminal) *cobra.Command {
	out := ""
	cmd := &cobra.Command{
		Use:    "smoke-judge MODEL DATASET",
		Short:  "Judge a model of the smoke trainer by its loss on each validation row of a dataset",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := smoke.Judge(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			if out == "" {
				return smoke.WriteVerdicts(t.Out, all)
			}
			return smoke.WriteReport(out, all)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "write the report to this file, whole or not at all")
	return cmd
}
