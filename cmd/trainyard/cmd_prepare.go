package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/mix"
)

const prepareLong = `Read the trajectories that a recipe names, judge, convert, tokenise and choose
among them, and write the shards.

A dataset is made once: the same recipe and inputs find it again, and a recipe
with another seed, share or edit gets a directory of its own. Where the inputs
have changed since, prepare refuses, because runs may have read what lies there:
--replace writes over it, --out chooses another directory. A prepare that was
interrupted leaves no dataset behind; the next one begins anew.

"trainyard list keys" lists what a recipe can say, "trainyard show RECIPE" what
it comes to and who said it.`

const prepareExample = `  trainyard prepare demo
  trainyard prepare hybrid-gym-32b --data ~/rollouts --dry-run
  trainyard prepare recipe.yaml mix.seed=3 sources.func_gen.share=0.5 --out out/mix-3`

func newPrepare(t *face.Terminal, s *settings) *cobra.Command {
	var req yard.PrepareRequest
	cmd := &cobra.Command{
		Use:     "prepare RECIPE [key=value …]",
		Short:   "Read, convert, tokenise, choose and write a dataset",
		Long:    prepareLong,
		Example: prepareExample,
		Args:    needs("a recipe: a built-in name (trainyard list recipes) or a file"),

		ValidArgsFunction: completeRecipe,
		RunE: func(cmd *cobra.Command, args []string) error {
			req.Recipe, req.Overrides = args[0], args[1:]
			return runPrepare(cmd.Context(), t, s, req)
		},
	}
	cmd.Flags().StringVar(&req.Out, "out", "", "output directory (default: HOME/datasets/NAME-FINGERPRINT-PIPELINE)")
	s.recipeFlags(cmd)
	cmd.Flags().BoolVar(&req.Replace, "replace", false, "write over the dataset that this recipe made from other inputs")
	cmd.Flags().BoolVar(&req.DryRun, "dry-run", false, "show the plan and write nothing")
	return cmd
}

func runPrepare(ctx context.Context, t *face.Terminal, s *settings, req yard.PrepareRequest) error {
	return withYard(s, func(y *yard.Yard) error {
		line := newProgress(t, s)
		done, err := y.Prepare(ctx, req, line.Update)
		line.Finish()
		return answerWith(t, s, done, nothingLeft(t, s, done, err), printPrepared)
	})
}

// newProgress is the line under a prepare.
func newProgress(t *face.Terminal, s *settings) *face.ProgressLine {
	return face.NewProgressLine(t, s.json())
}

// nothingLeft adds to the error of that name where all records went, and how
// to find what would accept or want them.
func nothingLeft(t *face.Terminal, s *settings, done *yard.Prepared, err error) error {
	if !errors.Is(err, mix.ErrNothingLeft) {
		return err
	}
	for _, hint := range emptyHints(done) {
		err = fmt.Errorf("%w\n%s", err, hint)
	}
	if s.json() {
		return err
	}
	err = errors.Join(printFunnel(t, done.Manifest), err)
	printReasons(t, done.Manifest)
	return err
}
