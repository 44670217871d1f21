package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/mix/report"
)

const reportLong = `Write what a dataset holds as one HTML file, which loads nothing from anywhere:
sizes beside those of published datasets, the mix, the funnel with every reason,
what the agents do beside the figures of the Hybrid-Gym paper, its four
principles, lengths and what other windows would keep, teachers and cost,
duplicates, edits, and examples to click. Several datasets stand side by side.

Everything is counted over the rows of the shards. --md prints the tables as
Markdown, --json every number; both write no file unless --out names one.`

const reportExample = `  trainyard report out/demo                      writes report.html
  trainyard report out/a out/b --out ab.html     side by side
  trainyard report out/demo --md > report.md`

type reportOptions struct {
	out string
	md  bool
}

func newReport(t *face.Terminal, s *settings) *cobra.Command {
	var opts reportOptions
	cmd := &cobra.Command{
		Use:     "report DATASET…",
		Short:   "Write what datasets hold as a page, side by side",
		Long:    reportLong,
		Example: reportExample,
		Args:    needs("a dataset: a directory that prepare wrote, or its name in HOME/datasets"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withYard(s, func(y *yard.Yard) error { return runReport(cmd.Context(), t, s, y, args, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.out, "out", "", "file for the page (default: report.html)")
	cmd.Flags().BoolVar(&opts.md, "md", false, "print Markdown")
	return cmd
}

func runReport(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, datasets []string, opts reportOptions) error {
	prints := opts.md || s.json()
	if opts.md && s.json() {
		return usageError{errors.New("--md and --json are two ways of printing: choose one")}
	}
	data, err := y.Report(ctx, datasets...)
	if err != nil {
		return err
	}
	if opts.out == "" && !prints {
		opts.out = "report.html"
	}
	if opts.out != "" {
		if err := yard.WriteReport(opts.out, data); err != nil {
			return err
		}
	}
	switch {
	case s.json():
		return t.PrintJSON(data)
	case opts.md:
		return report.Markdown(t.Out, data)
	}
	printReported(t, data, opts.out)
	return nil
}

// printReported says where the page is, and what its verdicts are.
func printReported(t *face.Terminal, data *report.Data, path string) {
	for i := range data.Datasets {
		d := &data.Datasets[i]
		t.Print("%s: %s, %s tokens\n", d.Name, face.Plural(d.Whole.Trajectories, "trajectory", "trajectories"), face.Thousands(d.Whole.Tokens.Sum))
		for _, v := range d.Whole.Principles {
			t.Print("  principle %d, %s: %s (%s)\n", v.Principle, v.Title, v.Result, v.Grounds)
		}
	}
	t.Print("the page is %s\n", path)
}
