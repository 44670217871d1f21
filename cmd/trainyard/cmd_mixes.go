package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/mix"
	"trainyard/recipes"
)

const mixesLong = `Make a series of mixes of one recipe, for an experiment: a line for each, with its
name and the overrides that make it, as prepare, show and launch take them.
"mixes ratios" goes the other way, and tells what datasets hold.`

const mixesExample = `  trainyard mixes leave-one-out mine.yaml
  trainyard mixes dirichlet mine.yaml --count 64 --strength 20 --json
  trainyard mixes fractions mine.yaml --at 0.05,0.25,1
  trainyard mixes ratios out/* > ratios.csv`

func newMixes(t *face.Terminal, s *settings) *cobra.Command {
	cmd := &cobra.Command{Use: "mixes", Short: "Make a series of mixes of one recipe", Long: mixesLong, Example: mixesExample}
	for _, name := range names(recipes.AllSeries) {
		cmd.AddCommand(newSeries(t, s, name))
	}
	cmd.AddCommand(newRatios(t, s), newMixMetrics(t, s))
	return cmd
}

func newSeries(t *face.Terminal, s *settings, series string) *cobra.Command {
	var o recipes.SeriesOptions
	cmd := &cobra.Command{
		Use:     series + " RECIPE [key=value …]",
		Short:   recipes.AllSeries[series].Summary,
		Example: "  trainyard mixes " + series + " mine.yaml mix.budget=20_000_000",
		Args:    needs("a recipe: a built-in name (trainyard list recipes) or a file"),

		ValidArgsFunction: completeRecipe,
		RunE: func(_ *cobra.Command, args []string) error {
			return withYard(s, func(y *yard.Yard) error {
				all, err := y.Mixes(series, args[0], args[1:], o)
				switch {
				case err != nil:
					return err
				case s.json():
					return t.PrintJSON(all)
				}
				printSeries(t, all)
				return nil
			})
		},
	}
	seriesFlags(cmd, series, &o)
	return cmd
}

// seriesFlags are those of one series.
func seriesFlags(cmd *cobra.Command, series string, o *recipes.SeriesOptions) {
	f := cmd.Flags()
	switch series {
	case "dirichlet":
		f.IntVar(&o.Count, "count", 32, "how many mixes")
		f.Float64Var(&o.Strength, "strength", 10, "how near to the recipe's shares: a large number is nearer")
		f.Int64Var(&o.Seed, "seed", 17, "of the draw")
	case "resample":
		f.IntVar(&o.Count, "count", 5, "how many mixes, the first with the recipe's own seed")
	case "add-one-in":
		f.StringSliceVar(&o.Base, "base", nil, "sources that are always there")
	case "fractions":
		f.Float64SliceVar(&o.Fractions, "at", []float64{0.05, 0.25, 1}, "`parts` of the mix")
		f.Lookup("at").DefValue = "0.05,0.25,1" // pflag writes six decimals
	}
}

// printSeries prints a line for each: the name, then overrides as a shell
// takes them.
func printSeries(t *face.Terminal, all []recipes.NamedMix) {
	for _, v := range all {
		line := v.Name
		for _, override := range v.Overrides {
			line += " " + shellWord(override)
		}
		t.Print("%s\n", line)
	}
}

const ratiosLong = `Print which part of each dataset its sources are, as CSV: run_id, name, and a
column for each source. It is what olmix's fit reads as ratios.csv, beside the
metrics.csv of "mixes metrics", or of your own evaluations by run_id.`

func newRatios(t *face.Terminal, s *settings) *cobra.Command {
	var unit string
	cmd := &cobra.Command{
		Use:     "ratios DATASET…",
		Short:   "Print which part of each dataset its sources are, as CSV",
		Long:    ratiosLong,
		Example: "  trainyard mixes ratios out/mix-1 out/mix-2 --unit tokens > ratios.csv",
		Args:    needs("a dataset: a directory that prepare wrote"),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(mix.Units, mix.Unit(unit)) {
				return usageError{fmt.Errorf("no unit %q (%v)", unit, mix.Units)}
			}
			return withYard(s, func(y *yard.Yard) error {
				all, err := y.MixRatios(args, mix.Unit(unit))
				switch {
				case err != nil:
					return err
				case s.json():
					return t.PrintJSON(all)
				}
				return yard.WriteRatios(t.Out, all)
			})
		},
	}
	cmd.Flags().StringVar(&unit, "unit", string(mix.Trained), "what parts are counted in: trajectories, tokens or trained")
	return cmd
}

const mixMetricsLong = `Print what came of training on each dataset, as CSV: run_id, name and eval_loss, the
mean over the runs on it that succeeded. It is what olmix's fit reads as
metrics.csv; run_id is that of "mixes ratios".`

func newMixMetrics(t *face.Terminal, s *settings) *cobra.Command {
	return &cobra.Command{
		Use:     "metrics DATASET…",
		Short:   "Print the eval loss of the runs on each dataset, as CSV",
		Long:    mixMetricsLong,
		Example: "  trainyard mixes metrics out/mix-1 out/mix-2 > metrics.csv",
		Args:    needs("a dataset: a directory that prepare wrote"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withYard(s, func(y *yard.Yard) error {
				all, err := y.MixMetrics(cmd.Context(), args)
				switch {
				case err != nil:
					return err
				case s.json():
					return t.PrintJSON(all)
				}
				return yard.WriteMetrics(t.Out, all)
			})
		},
	}
}
