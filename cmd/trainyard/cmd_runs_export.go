package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const runsExportLong = `Write the curve of a run, one over all its attempts, where another tracker reads it:
an MLflow server (mlflow, a URL; its token comes from MLFLOW_TRACKING_TOKEN),
TensorBoard's event files (tensorboard), an offline run of Weights & Biases (wandb),
trackio's project (trackio), or JSON lines and CSV (jsonl, csv). The same run
exported again adds nothing but what is new.`

func newRunsExport(t *face.Terminal, s *settings) *cobra.Command {
	var to, place, project string
	cmd := &cobra.Command{
		Use: "export ID", Short: "Write a run's curve for MLflow, TensorBoard, W&B, trackio, JSON or CSV", Long: runsExportLong,
		Example: "  trainyard runs export 43c1597f --to tensorboard --place tb\n  trainyard runs export 43c1597f --to mlflow --place http://localhost:5000",
	}
	cmd.Flags().StringVar(&to, "to", "", "the tracker; see: trainyard list trackers")
	cmd.Flags().StringVar(&place, "place", "", "a directory, or a server's URL")
	cmd.Flags().StringVar(&project, "project", "trainyard", "what the run is filed under")
	completes(cmd, "to", "trackers")
	return oneRun(s, cmd, func(ctx context.Context, y *yard.Yard, prefix string) error {
		if to == "" || place == "" {
			return usageError{fmt.Errorf("say --to and --place, such as --to tensorboard --place tb")}
		}
		done, err := y.ExportRun(ctx, prefix, to, place, project)
		switch {
		case err != nil:
			return err
		case s.json():
			return t.PrintJSON(done)
		}
		t.Print("Run %s: %s in %s for %s\n", done.Run, face.Plural(done.Points, "point", "points"), done.Place, done.To)
		if done.Next != "" {
			t.Print("See: %s\n", done.Next)
		}
		return nil
	})
}
