package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const planLong = `Show the mix of a recipe as a tree, and what it would cost to train on: steps,
tokens, hours and dollars on some GPUs, and whether the model fits them. Nothing
is written. That of a dataset's directory is read from its manifest.

Hours and dollars are ranges: what lies between a slow and a fast run that others
measured, and between a dear and a cheap seller. The lines at the end say what
they rest on. What one sweep costs beside another they tell well; the bill they
do not.`

const planExample = `  trainyard plan hybrid-gym-32b --data ~/rollouts
  trainyard plan mine.yaml train.method=lora --gpu h100 --count 2 --price 2.19
  trainyard plan out/mix-3 --json`

func newPlan(t *face.Terminal, s *settings) *cobra.Command {
	var req yard.EstimateRequest
	cmd := &cobra.Command{
		Use:     "plan RECIPE|DATASET [key=value …]",
		Short:   "Show a mix and what it would cost to train on",
		Long:    planLong,
		Example: planExample,
		Args:    needs("a recipe or a dataset directory"),

		ValidArgsFunction: completeRecipe,
		RunE: func(cmd *cobra.Command, args []string) error {
			req.What, req.Overrides = args[0], args[1:]
			return runPlan(cmd.Context(), t, s, req)
		},
	}
	cmd.Flags().StringVar(&req.GPU, "gpu", "", "kind of GPU; see: trainyard list gpus (default: several)")
	cmd.Flags().IntVar(&req.Count, "count", 0, "number of GPUs: 1 to 8, or whole machines of 8 (default: several, or 8 of each kind)")
	cmd.Flags().Float64Var(&req.Price, "price", 0, "dollars for one GPU and one hour, in place of the list prices")
	s.recipeFlags(cmd)
	completes(cmd, "gpu", "gpus")
	return cmd
}

func runPlan(ctx context.Context, t *face.Terminal, s *settings, req yard.EstimateRequest) error {
	return withYard(s, func(y *yard.Yard) error {
		line := newProgress(t, s)
		e, err := y.Estimate(ctx, req, line.Update)
		line.Finish()
		switch {
		case errors.Is(err, yard.ErrSite), errors.Is(err, yard.ErrPreparedAlready):
			return usageError{err}
		case err != nil && e != nil:
			return nothingLeft(t, s, e.Prepared, err)
		}
		return answerWith(t, s, e, err, printPlan)
	})
}
