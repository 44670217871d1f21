package yard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"trainyard/format/durable"
	"trainyard/format/regular"
	"trainyard/mix"
	"trainyard/mix/report"
)

// Report tells what datasets hold: directories, or names below DatasetsDir.
func (y *Yard) Report(ctx context.Context, datasets ...string) (*report.Data, error) {
	dirs := make([]string, len(datasets))
	for i, name := range datasets {
		dirs[i] = y.datasetDir(name)
	}
	return report.Open(ctx, dirs...)
}

// Card writes what a dataset is published with into a directory, the dataset's
// own where it is empty, and lists the files.
func (y *Yard) Card(ctx context.Context, dataset, into string, p report.Publishing) ([]string, error) {
	data, err := y.Report(ctx, dataset)
	if err != nil {
		return nil, err
	}
	return report.WriteCard(ctx, &data.Datasets[0], p, into)
}

// datasetDir is the directory itself, or that of this name in the yard.
func (y *Yard) datasetDir(name string) string {
	kept := filepath.Join(y.DatasetsDir(), name)
	if _, err := os.Stat(filepath.Join(name, mix.ManifestFile)); err != nil && filepath.Base(name) == name {
		if _, err := os.Stat(filepath.Join(kept, mix.ManifestFile)); err == nil {
			return kept
		}
	}
	return name
}

// WriteReport writes the page at path. Another report there is written over,
// any other file is not.
func WriteReport(path string, data *report.Data) error {
	old, err := regular.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("write report: %w", err)
	case !bytes.Contains(old[:min(len(old), 1000)], []byte(report.Mark)):
		return fmt.Errorf("write report %s: a file lies there that is no report of ours (choose another with --out)", path)
	}
	var page bytes.Buffer
	if err := report.HTML(&page, data); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return durable.Write(path, "", 0o644, durable.Bytes(page.Bytes()))
}
