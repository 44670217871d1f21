package main

import (
	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/mix/report"
)

const cardLong = `Write what a dataset is published with: README.md, the card with the YAML that
the Hugging Face Hub reads; croissant.json, its metadata as Croissant 1.1; and
audit/outcomes.parquet, what became of every record, as a table.

They stand beside the shards, or in --out. The dataset stays as it is. A file
that was written or changed by hand is never written over. What a dataset does
not know of itself, such as its licence, is left out unless a flag says it.`

const cardExample = `  trainyard card out/demo --license apache-2.0 --creator "Our lab" --date 2026-11-28
  trainyard card out/demo --license other --license-name ours --license-link LICENSE`

func newCard(t *face.Terminal, s *settings) *cobra.Command {
	var p report.Publishing
	var out string
	cmd := &cobra.Command{
		Use:     "card DATASET",
		Short:   "Write the card, Croissant metadata and outcomes to publish a dataset with",
		Long:    cardLong,
		Example: cardExample,
		Args:    exactly("a dataset: a directory that prepare wrote, or its name in HOME/datasets"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withYard(s, func(y *yard.Yard) error {
				if err := p.Check(); err != nil {
					return usageError{err}
				}
				files, err := y.Card(cmd.Context(), args[0], out, p)
				switch {
				case err != nil:
					return err
				case s.json():
					return t.PrintJSON(map[string]any{"files": files})
				}
				for _, f := range files {
					t.Print("%s\n", f)
				}
				return nil
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&out, "out", "", "directory (default: the dataset's own)")
	flags.StringVar(&p.License, "license", "", "licence as the Hub spells it, such as apache-2.0, or other")
	flags.StringVar(&p.LicenseName, "license-name", "", "name of another licence")
	flags.StringVar(&p.LicenseLink, "license-link", "", "file or address of another licence")
	flags.StringVar(&p.Language, "language", "", "language of the conversations as the Hub spells it, such as en")
	flags.StringVar(&p.Creator, "creator", "", "who made the dataset")
	flags.StringVar(&p.URL, "url", "", "where it is published")
	flags.StringVar(&p.Date, "date", "", "date of publication, YYYY-MM-DD")
	return cmd
}
