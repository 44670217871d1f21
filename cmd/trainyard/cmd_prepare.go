package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/mix"
)

const prepareExample = `  trainyard prepare demo
  trainyard prepare hybrid-gym-32b --data ~/rollouts --dry-run
  trainyard prepare recipe.yaml mix.seed=3 sources.func_gen.share=0.5 --out out/mix-3`

type prepareOptions struct {
	out    string
	dryRun bool

	replace bool
}

func newPrepare(t *face.Terminal, s *settings) *cobra.Command {
	var opts prepareOptions
	cmd := &cobra.Command{
		Use:     "prepare RECIPE [key=value …]",
		Short:   "Read, convert, tokenise, choose and write a dataset",
		Example: prepareExample,
		Args:    needs("a recipe: a built-in name (trainyard list recipes) or a file"),

		ValidArgsFunction: completeRecipe,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runPrepare(cmd.Context(), t, s, args[0], args[1:], opts)
		},
	}
	cmd.Flags().StringVar(&opts.out, "out", "", "output directory (default: HOME/datasets/NAME-FINGERPRINT)")
	s.recipeFlags(cmd)
	cmd.Flags().BoolVar(&opts.replace, "replace", false, "write over the dataset that this recipe made from other inputs")
	cmd.Flags().BoolVar(&opts.dryRun, "dry-run", false, "show the plan and write nothing")
	return cmd
}

func runPrepare(ctx context.Context, t *face.Terminal, s *settings, recipe string, overrides []string, opts prepareOptions) error {
	cfg, err := prepareConfig(s, recipe, overrides, opts)
	if err != nil {
		return err
	}
	res, err := prepareDataset(ctx, t, s, cfg)
	if err != nil {
		return err
	}
	if s.json() {
		return t.PrintJSON(preparedJSON(cfg, res))
	}
	return printPrepared(t, cfg, res)
}

func prepareConfig(s *settings, recipe string, overrides []string, opts prepareOptions) (mix.Config, error) {
	r, err := loadRecipe(s, recipe, overrides)
	if err != nil {
		return mix.Config{}, err
	}
	cfg := mixConfig(s, r)
	cfg.DryRun, cfg.Replace = opts.dryRun, opts.replace
	if opts.out != "" {
		cfg.Out = opts.out
	}
	return cfg, nil
}

// prepareDataset runs the prepare under a progress line.
func prepareDataset(ctx context.Context, t *face.Terminal, s *settings, cfg mix.Config) (*mix.Result, error) {
	line := face.NewProgressLine(t, s.json())
	defer line.Finish()
	cfg.Progress = line.Update
	res, err := mix.Prepare(ctx, cfg)
	line.Finish()
	if errors.Is(err, mix.ErrNothingLeft) && !s.json() {
		err = errors.Join(printFunnel(t, res.Manifest), err)
		printReasons(t, res.Manifest)
	}
	return res, err
}

// preparedJSON is what --json prints: the manifest, and where it lies.
func preparedJSON(cfg mix.Config, res *mix.Result) any {
	out := struct {
		Out      string        `json:"out,omitempty"`
		Reused   bool          `json:"reused"`
		Manifest *mix.Manifest `json:"manifest"`
	}{cfg.Out, res.Reused, res.Manifest}
	if cfg.DryRun {
		out.Out = ""
	}
	return out
}
