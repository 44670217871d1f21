package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
)

const orphansLong = `List the rented boxes that bear our mark, in every account whose key is in the
environment (RUNPOD_API_KEY, LAMBDA_API_KEY, VAST_API_KEY), with what they cost an
hour, their age, and the run that they were rented for.

A box whose attempt goes on is in use. One whose attempt has ended is an orphan: it
costs money for nothing. One of which this ledger cannot tell is unknown: another
machine or another person may have rented it, or its attempt is lost and may be
running. Boxes without our mark are counted and never touched.

--yes destroys the orphans, and ends when two listings show them no more. The unknown
ones are destroyed with --unknown beside it.`

const orphansExample = `  trainyard orphans
  trainyard orphans --yes
  trainyard orphans --provider runpod --json`

func newOrphans(t *face.Terminal, s *settings) *cobra.Command {
	var yes, unknown bool
	var only string
	cmd := &cobra.Command{
		Use:     "orphans",
		Short:   "List rented boxes that no run needs, and destroy them",
		Long:    orphansLong,
		Example: orphansExample,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if unknown && !yes {
				return usageError{errors.New("--unknown says what --yes destroys: give both")}
			}
			if err := checkProvider(only); err != nil {
				return usageError{err}
			}
			return withYard(s, func(y *yard.Yard) error { return runOrphans(cmd.Context(), t, s, y, only, yes, unknown) })
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "destroy the orphans")
	cmd.Flags().BoolVar(&unknown, "unknown", false, "with --yes: destroy the unknown ones too")
	cmd.Flags().StringVar(&only, "provider", "", "one provider (default: all whose keys are set)")
	return cmd
}

func runOrphans(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, only string, yes, unknown bool) error {
	found, err := y.Orphans(ctx, only)
	if err != nil {
		return err
	}
	if yes {
		err = y.EndOrphans(ctx, found, unknown)
	}
	err = errors.Join(err, faultsOf(found.Failed, "what is rented there is not known"))
	if s.json() {
		return errors.Join(t.PrintJSON(found), err)
	}
	return errors.Join(printOrphans(t, found, yes), err)
}

func printOrphans(t *face.Terminal, found *yard.Orphans, yes bool) error {
	if len(found.Boxes) == 0 {
		t.Print("No box bears our mark.\n")
	} else if err := orphanTable(found.Boxes).Write(t.Out); err != nil {
		return err
	}
	for _, u := range found.Unmarked {
		t.Say("%s: %s without our mark, at %s an hour, left alone", u.Provider, face.Plural(u.Boxes, "box", "boxes"), face.Dollars(u.PricePerHour))
	}
	sayUnset(t, found.Unset)
	tellCost(t, found, yes)
	return nil
}

func tellCost(t *face.Terminal, found *yard.Orphans, yes bool) {
	for _, of := range []struct {
		standing yard.Standing
		flags    string
	}{{yard.BoxOrphan, "--yes"}, {yard.BoxUnknown, "--yes --unknown"}} {
		boxes, dollars := found.PerHour(of.standing)
		if boxes > 0 && !yes {
			t.Say("%s: %d, %s an hour; to destroy: trainyard orphans %s", of.standing, boxes, face.Dollars(dollars), of.flags)
		}
	}
}

func orphanTable(boxes []yard.Marked) *face.Table {
	tab := face.NewTable("provider", "box", "gpu", "state", "$/hour", "age", "run", "standing", "why").
		Numbers(4, 5).Tints(7, standingTint).Wraps(8).Gives(2).Leaves(2)
	for _, m := range boxes {
		standing := string(m.Standing)
		if m.Ended {
			standing = "destroyed"
		}
		run := "-"
		if m.Run != "" {
			run = fmt.Sprintf("%.8s, attempt %d", m.Run, m.Attempt)
		}
		age := "-"
		if m.Age > 0 {
			age = ageWords(m.Since())
		}
		tab.Row(m.Provider, m.ID, gpuWords(m), string(m.State), face.Dollars(m.PricePerHour), age, run, standing, m.Why+"; "+m.BillingWhy)
	}
	return tab
}

func gpuWords(m yard.Marked) string {
	if m.GPU == "" {
		return "-"
	}
	return fmt.Sprintf("%d x %s", max(1, m.Count), m.GPU)
}

func standingTint(cell string) face.Tint {
	switch cell {
	case string(yard.BoxOrphan):
		return face.Bad
	case string(yard.BoxUnknown):
		return face.Wary
	case "destroyed":
		return face.Dim
	}
	return face.Plain
}
