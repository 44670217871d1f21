package yard

import (
	"context"
	"fmt"
	"path/filepath"

	"trainyard/mix"
	"trainyard/mix/export"
)

// An ExportRequest says whose rows to write, for whom and where.
type ExportRequest struct {
	Dataset string   // a dataset's directory
	Target  string   // a key of export.Targets
	Out     string   // the directory to make; empty: DATASET-TARGET in the working directory
	Splits  []string // empty: all
}

// Export writes the rows of a dataset as another program takes them. progress may
// be nil.
func (y *Yard) Export(ctx context.Context, req ExportRequest, progress func(mix.Progress)) (*export.Summary, error) {
	d, err := mix.OpenDataset(y.datasetDir(req.Dataset))
	if err != nil {
		return nil, err
	}
	if err := d.Verify(ctx); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	if req.Out == "" {
		name, err := nameOf(d)
		if err != nil {
			return nil, err
		}
		req.Out = name + "-" + req.Target
	}
	return export.Run(ctx, export.Config{Dataset: d, Target: req.Target, Out: filepath.Clean(req.Out), Splits: req.Splits, Progress: progress})
}

func listTargets() []Listed {
	all := summaries(export.Targets, func(t export.Target) string { return t.Summary })
	for i := range all {
		all[i].Limits, all[i].Note = export.Targets[all[i].Name].Limits, "read from "+export.Targets[all[i].Name].Read
	}
	return all
}
