package main

import (
	"strings"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const showRecipeLong = `Show what a recipe comes to: its parents merged, overrides laid over it, every
default filled in, and beside each value who said it: a file with its line, a
built-in recipe, an override, or default. What is printed is a recipe itself.
With --json every key is there, those that say nothing too.`

const showRecipeExample = `  trainyard show hybrid-gym-32b
  trainyard show mine.yaml mix.seed=3
  trainyard show mine.yaml --trainer smoke --json`

func newShow(t *face.Terminal, s *settings) *cobra.Command {
	var trainer string
	cmd := &cobra.Command{
		Use:     "show RECIPE|DATASET [key=value …]",
		Short:   "Show a recipe resolved, with the origin of each value",
		Long:    showRecipeLong,
		Example: showRecipeExample,
		Args:    needs("a recipe: a built-in name (trainyard list recipes) or a file"),

		ValidArgsFunction: completeRecipe,
		RunE: func(_ *cobra.Command, args []string) error {
			return withYard(s, func(y *yard.Yard) error {
				shown, err := y.Show(args[0], trainer, args[1:])
				switch {
				case err != nil:
					return err
				case s.json():
					return t.PrintJSON(shown)
				}
				printShown(t, shown)
				return nil
			})
		},
	}
	s.recipeFlags(cmd)
	cmd.Flags().StringVar(&trainer, "trainer", "", "trainer instead of the recipe's, as launch takes it")
	completes(cmd, "trainer", "trainers")
	return cmd
}

func printShown(t *face.Terminal, shown *yard.Shown) {
	t.Print("# %s, from %s\n", shown.Name, strings.Join(shown.Files, ", "))
	t.Print("# dataset %s\n", shown.Dataset)
	for line := range strings.Lines(shown.YAML) {
		at := strings.LastIndex(line, "  # ")
		if at < 0 {
			t.Print("%s", line)
			continue
		}
		t.Print("%s%s\n", line[:at], t.Paint(face.Dim, strings.TrimSuffix(line[at:], "\n")))
	}
}
