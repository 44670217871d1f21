package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/provider"
)

const billLong = `Put what providers charged beside what was counted here, box by box: price by time, from
the moment a box was asked for until the provider listed it no more. Charges come late,
so a box may not be charged to its end yet. A bill that is complete takes the place of
our count in "runs show" and in the sums that caps go by.

Lambda's API tells no charges. Charges for boxes that this state directory did not rent
are summed in one line.`

func newBill(t *face.Terminal, s *settings) *cobra.Command {
	var since time.Duration
	var only string
	cmd := &cobra.Command{
		Use: "bill", Short: "Compare what providers charged with what was counted here", Long: billLong, Args: cobra.NoArgs,
		Example: "  trainyard bill\n  trainyard bill --since 720h --provider runpod --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if since <= 0 {
				return usageError{fmt.Errorf("--since %v: give a length of time, such as 720h", since)}
			}
			if err := checkProvider(only); err != nil {
				return usageError{err}
			}
			return withYard(s, func(y *yard.Yard) error { return runBill(cmd.Context(), t, s, y, since, only) })
		},
	}
	cmd.Flags().DurationVar(&since, "since", 30*24*time.Hour, "how far back")
	cmd.Flags().StringVar(&only, "provider", "", "one of "+strings.Join(provider.Names(), ", ")+" (default: all whose keys are set)")
	return cmd
}

func runBill(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, since time.Duration, only string) error {
	bill, err := y.Bill(ctx, time.Now().Add(-since), only)
	if bill == nil {
		return err
	}
	err = errors.Join(err, faultsOf(bill.Failed, "what was charged there is not known"))
	if s.json() {
		return errors.Join(t.PrintJSON(bill), err)
	}
	return errors.Join(printBill(t, bill), err)
}

func printBill(t *face.Terminal, bill *yard.Bill) error {
	tab := face.NewTable("provider", "box", "run", "counted", "charged", "verdict").Numbers(3, 4)
	for _, b := range bill.Boxes {
		tab.Row(b.Provider, b.Box, b.Run, face.Dollars(b.Counted), face.Dollars(b.Charged), string(b.Verdict))
	}
	if len(bill.Boxes) == 0 {
		t.Print("No box was rented from here since %s.\n", bill.Since.Format(time.DateTime))
	} else if err := tab.Write(t.Out); err != nil {
		return err
	}
	if bill.Others.Boxes > 0 {
		t.Say("%s was charged for %s that this state directory did not rent", face.Dollars(bill.Others.Dollars), face.Plural(bill.Others.Boxes, "box", "boxes"))
	}
	for _, name := range bill.Silent {
		t.Say("%s tells no charges by its API", name)
	}
	sayUnset(t, bill.Unset)
	return nil
}
