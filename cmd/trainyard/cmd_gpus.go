package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"trainyard/cmd/trainyard/face"
	"trainyard/cmd/trainyard/yard"
	"trainyard/launch/provider"
)

const gpusLong = `Compare what can be rented now, the cheapest GPU-hour first.

Asked are the providers whose keys are in the environment: RUNPOD_API_KEY,
LAMBDA_API_KEY, VAST_API_KEY. Prices are those of their lists, without taxes, and for
the whole box: GPUs of one box are rented together. Figures are kept for --max-age
and told with their age. A stock of low or one may be gone before it is asked for.

A GPU is named by chip, build and memory, as h100-sxm-80gb, and found by any of its
parts that begins with the chip: h100, h100-sxm, a100-80gb.`

const gpusExample = `  trainyard gpus --gpu h100 --count 8
  trainyard gpus --gpu a100-80gb --max-price 1.50 --spot
  trainyard gpus --provider vast --json`

func newGPUs(t *face.Terminal, s *settings) *cobra.Command {
	var q yard.GPUQuery
	cmd := &cobra.Command{
		Use:     "gpus",
		Short:   "Compare what GPUs cost to rent now",
		Long:    gpusLong,
		Example: gpusExample,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkQuery(&q); err != nil {
				return usageError{err}
			}
			return withYard(s, func(y *yard.Yard) error { return runGPUs(cmd.Context(), t, s, y, q) })
		},
	}
	cmd.Flags().StringVar(&q.GPU, "gpu", "", "chip, with build and memory where it matters: h100, h100-sxm, a100-80gb")
	cmd.Flags().IntVar(&q.Count, "count", 0, "GPUs of one box (0 = any; RunPod, which asks for a number: 1)")
	cmd.Flags().IntVar(&q.DiskGB, "disk", 0, "GB of disk that the box needs")
	cmd.Flags().BoolVar(&q.Spot, "spot", false, "also boxes that may be taken away")
	cmd.Flags().StringVar(&q.Provider, "provider", "", "one of "+strings.Join(provider.Names(), ", ")+" (default: all whose keys are set)")
	cmd.Flags().Float64Var(&q.MaxPrice, "max-price", 0, "the dearest, in dollars for one GPU and one hour")
	cmd.Flags().DurationVar(&q.MaxAge, "max-age", 5*time.Minute, "ask again for figures that are older")
	return cmd
}

func checkQuery(q *yard.GPUQuery) error {
	q.GPU = strings.ToLower(strings.TrimSpace(q.GPU))
	switch {
	case q.Count < 0 || q.Count > 1024:
		return fmt.Errorf("--count %d: give the GPUs of one box, or 0 for any number", q.Count)
	case q.DiskGB < 0:
		return fmt.Errorf("--disk %d: give GB", q.DiskGB)
	case q.MaxPrice < 0 || math.IsNaN(q.MaxPrice) || math.IsInf(q.MaxPrice, 0):
		return fmt.Errorf("--max-price %v: give dollars for one GPU and one hour", q.MaxPrice)
	case q.MaxAge < 0:
		return fmt.Errorf("--max-age %v: give a length of time, such as 5m", q.MaxAge)
	}
	return checkProvider(q.Provider)
}

func checkProvider(name string) error {
	if _, ok := provider.Providers[name]; name != "" && !ok {
		return unknownWord("provider", name, name, provider.Names())
	}
	return nil
}

func runGPUs(ctx context.Context, t *face.Terminal, s *settings, y *yard.Yard, q yard.GPUQuery) error {
	found, err := y.GPUs(ctx, q)
	switch {
	case err != nil:
		return err
	case s.json():
		return errors.Join(t.PrintJSON(found), faultsOf(found.Failed, "the figures are incomplete"))
	}
	if len(found.Offers) == 0 {
		t.Print("Nothing that fits is offered.\n")
	} else if err := gpuTable(found.Offers).Write(t.Out); err != nil {
		return err
	}
	sayUnset(t, found.Unset)
	return faultsOf(found.Failed, "the figures are incomplete")
}

func gpuTable(offers []yard.GPULine) *face.Table {
	tab := face.NewTable("gpu", "count", "$/GPU-hour", "$/hour", "provider", "stock", "region", "vCPUs", "RAM", "disk", "age", "note").
		Numbers(1, 2, 3, 7, 8, 9, 10).Gives(6, 11).Leaves(11, 9, 8, 7, 6)
	for _, o := range offers {
		note := o.Note
		if o.Spot {
			note = strings.TrimPrefix("spot, "+note, ", ")
		}
		tab.Row(o.GPU, face.Thousands(o.Count), face.Dollars(o.PerGPU), face.Dollars(o.PricePerHour), o.Provider, orDash(o.Stock), orDash(o.Region),
			orUnknown(o.CPU, ""), orUnknown(o.RAM, " GB"), orUnknown(o.Disk, " GB"), ageWords(time.Duration(o.Age*float64(time.Second))), orDash(note))
	}
	return tab
}

// orUnknown is a figure, or a dash where the provider does not tell it.
func orUnknown(n int, unit string) string {
	if n == 0 {
		return "-"
	}
	return face.Thousands(n) + unit
}

// ageWords is an age as people say it, to two figures.
func ageWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

func sayUnset(t *face.Terminal, unset []yard.Unset) {
	for _, u := range unset {
		t.Say("%s was not asked: %s is not set", u.Provider, u.Env)
	}
}

func faultsOf(failed []yard.ProviderFault, what string) error {
	var faults []error
	for _, f := range failed {
		faults = append(faults, fmt.Errorf("%s, %s: %s", f.Provider, what, f.Error))
	}
	return errors.Join(faults...)
}
