package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/mix/export"
)

const exportDatasetLong = `Write the rows of a dataset as another trainer, service or viewer takes them: JSON
lines in train.jsonl and validation.jsonl, or, for the trace viewer of the Hugging
Face Hub (sts), a file for each row.

A line teaches what its row teaches. Rows of messages train every assistant turn.
Of rows of tokens it is read which turns are trained, and written in the target's
own words; a row that the target cannot say is an error that names it, and nothing
is left behind. What is there already is never written over.

"trainyard list targets" says what each target's lines hold, what its reader must be
told, and where its format was read.`

const exportDatasetExample = `  trainyard export DATASET --for openai
  trainyard export DATASET --for axolotl --out ./axolotl-rows
  trainyard export DATASET --for sts --split validation --json`

func newExport(t *face.Terminal, s *settings) *cobra.Command {
	var req yard.ExportRequest
	cmd := &cobra.Command{
		Use:     "export DATASET",
		Short:   "Write a dataset's rows for another trainer, service or viewer",
		Long:    exportDatasetLong,
		Example: exportDatasetExample,
		Args:    exactly("a dataset: the directory that prepare named"),
		RunE: func(cmd *cobra.Command, args []string) error {
			req.Dataset = args[0]
			return runExportDataset(cmd.Context(), t, s, req)
		},
	}
	cmd.Flags().StringVar(&req.Target, "for", "", "who takes them (trainyard list targets)")
	cmd.Flags().StringVar(&req.Out, "out", "", "directory to make (default: DATASET-TARGET in the working directory)")
	cmd.Flags().StringSliceVar(&req.Splits, "split", nil, "train or validation alone (default: both)")
	completes(cmd, "for", "targets")
	return cmd
}

func runExportDataset(ctx context.Context, t *face.Terminal, s *settings, req yard.ExportRequest) error {
	if _, known := export.Targets[req.Target]; !known {
		return usageError{unknownTarget(req.Target)}
	}
	return withYard(s, func(y *yard.Yard) error {
		line := newProgress(t, s)
		done, err := y.Export(ctx, req, line.Update)
		line.Finish()
		return answerWith(t, s, done, err, printExported)
	})
}

func unknownTarget(name string) error {
	if name == "" {
		return errors.New("export for whom? give --for (trainyard list targets)")
	}
	return unknownWord("target", name, "targets", names(export.Targets))
}

func printExported(t *face.Terminal, done *export.Summary) error {
	tab := face.NewTable("split", "rows", "assistant turns", "trained", "files", "bytes").Numbers(1, 2, 3, 4, 5)
	for _, side := range done.Splits {
		turns, trained := face.Thousands(side.Turns), face.Thousands(side.Trained)
		if side.Turns == 0 {
			turns, trained = "-", fmt.Sprintf("%s tokens", face.Thousands(side.TrainedTokens))
		}
		tab.Row(side.Split, face.Thousands(side.Rows), turns, trained, face.Thousands(side.Files), face.Thousands(side.Bytes))
	}
	t.Print("For %s, in %s:\n", done.Target, done.Out)
	if err := tab.Write(t.Out); err != nil {
		return err
	}
	if limits := export.Targets[done.Target].Limits; limits != "" {
		t.Say("note: %s", limits)
	}
	return nil
}
