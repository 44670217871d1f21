package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const tableLong = `Tell what became of a sweep in one table: mixes by seeds by evaluations by dollars,
with an interval at every mean, the published figures beside, and the noise floor
below. The best row is marked where it can be told from the next one, corrected for
the number of rows that it was chosen among.

Runs, results and money are as the ledger has them, and datasets as they were
prepared: nothing is planned or asked of a backend (see: trainyard sweep status).
Without --by each cell is a row; with it cells are grouped, and the interval is over
instances and seeds.`

const tableExample = `  trainyard table hybrid-gym-single-task --by arm
  trainyard table mine.yaml --by arm,train.lr --sort swe-bench_verified
  trainyard table mine.yaml --by group --format latex > table.tex`

// newTable is `trainyard table SWEEP`, and the same below sweep.
func newTable(t *face.Terminal, s *settings, use string) *cobra.Command {
	var req yard.TableRequest
	var step int64
	var as string
	cmd := &cobra.Command{
		Use: use + " [key=value …]", Short: "Tell a sweep as mixes by seeds by evaluations by dollars", Long: tableLong, Example: tableExample,
		Args:              needs("the file of a sweep, or the name of one that is built in (trainyard list sweeps) or that ran"),
		ValidArgsFunction: completeSweep,
	}
	flags := cmd.Flags()
	choosingFlags(cmd, &req.Choosing, &step)
	flags.StringVar(&req.Trainer, "trainer", "", "trainer instead of the recipe's, where the cells of a sweep were run with one")
	completes(cmd, "trainer", "trainers")
	flags.StringSliceVar(&req.By, "by", nil, "group cells by these keys: arm, mix, an axis or any key of a recipe such as train.lr, or group for all but the seed")
	flags.StringVar(&req.Sort, "sort", "", "column to sort by: cell, tokens, steps, hours, dollars, a key of the rows, or a benchmark, the best first")
	flags.BoolVar(&req.Reverse, "reverse", false, "turn the order round")
	flags.StringVar(&as, "format", "", "table, markdown, csv, latex or json (default: table on a terminal, else markdown)")
	must(cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(append(names(tableFormats), "json"), cobra.ShellCompDirectiveNoFileComp)))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		req.Sweep, req.Overrides = args[0], args[1:]
		if cmd.Flags().Changed("step") {
			req.Step = &step
		}
		if err := req.Check(); err != nil {
			return usageError{err}
		}
		return withYard(s, func(y *yard.Yard) error { return tellTable(cmd.Context(), t, s, y, req, as) })
	}
	return cmd
}

// tableFormats are the ways of writing a table besides JSON.
var tableFormats = map[string]func(t *face.Terminal, table *yard.SweepTable) error{
	"table":    printSweepTable,
	"markdown": printMarkdown,
	"csv":      printTableCSV,
	"latex":    printLaTeX,
}

func tellTable(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, req yard.TableRequest, as string) error {
	switch {
	case s.json() && as != "" && as != "json":
		return usageError{fmt.Errorf("--json and --format %s: give one of them", as)}
	case s.json():
		as = "json"
	case as == "" && t.OutTTY():
		as = "table"
	case as == "":
		as = "markdown"
	}
	print, known := tableFormats[as]
	if !known && as != "json" {
		return usageError{unknownWord("--format", as, as, append(names(tableFormats), "json"))}
	}
	table, err := y.Table(ctx, req)
	if err != nil {
		return err
	}
	if as == "json" {
		return t.PrintJSON(table)
	}
	return print(t, table)
}
