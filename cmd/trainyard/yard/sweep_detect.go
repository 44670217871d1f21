package yard

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"trainyard/launch/stats"
	"trainyard/recipes"
)

// A Detectable is how small a difference a sweep finds on one benchmark, told before
// its cells are paid for.
type Detectable struct {
	recipes.Benchmark
	Seeds int `json:"seeds"` // the fewest of any group of cells
	// Rate is what a gain is found over, as a share, and RateFrom where it comes from.
	Rate     float64 `json:"rate"`
	RateFrom string  `json:"rate_from"`
	// Smallest is the gain that is found with a power of 80 %; nil is not known, and
	// Unknown says why.
	Smallest *stats.Estimate `json:"smallest,omitempty"`
	Unknown  string          `json:"unknown,omitempty"`
	// Noise is what repeated seeds of the ledger show, and NoiseFrom of what; nil: none
	// are there, and NoiseFrom says what is assumed.
	Noise     *stats.NoiseFloor `json:"noise_floor,omitempty"`
	NoiseFrom string            `json:"noise_from"`
	// Warnings say which differences so many seeds do not show.
	Warnings []stats.Warning `json:"warnings,omitempty"`

	design stats.Design
}

// assumedRate is where the difference that is found is largest: nothing is promised
// that a run does not keep.
const assumedRate = 0.5

// detect fills what the sweep would find on each of its benchmarks.
func (y *Yard) detect(ctx context.Context, p *SweepPlan) error {
	seeds := seedsOfGroups(p.Cells)
	if len(p.Benchmarks) == 0 || len(seeds) < 2 {
		return nil
	}
	past, err := y.pastJudged(ctx, p)
	if err != nil {
		return err
	}
	for _, j := range p.Benchmarks {
		d := Detectable{Benchmark: j, Seeds: slices.Min(slices.Collect(maps.Values(seeds)))}
		known, err := past.on(ctx, j)
		if err != nil {
			return err
		}
		d.learnRate(p.Cells, p.Published, known)
		d.learnNoise(known)
		d.find(p.Cells)
		p.Detectable = append(p.Detectable, d)
	}
	return nil
}

// seedsOfGroups counts the cells of each group that have a content of their own.
func seedsOfGroups(cells []SweepCell) map[string]int {
	count := map[string]int{}
	for _, c := range cells {
		if c.Same == "" {
			count[c.Group]++
		}
	}
	return count
}

// learnRate takes the rate that the recipe says, else that of cells that were judged,
// else the middle one of those that others came to with the same cells, else the best
// that they came to with what no cell is, else that of other runs.
func (d *Detectable) learnRate(cells []SweepCell, rows []recipes.PublishedRow, known pastResults) {
	published := publishedRates(cells, d.Name)
	best, of := bestPublished(rows, d.Name)
	switch {
	case d.Baseline != nil:
		d.Rate, d.RateFrom = *d.Baseline/100, "the sweep says so"
	case known.own && known.runs > 0:
		d.Rate, d.RateFrom = known.mean, fmt.Sprintf("mean of %s of this sweep", plural(known.runs, "judged cell"))
	case len(published) > 0:
		d.Rate, d.RateFrom = published[len(published)/2]/100, "published"
	case of != "":
		d.Rate, d.RateFrom = best/100, "published of "+of
	case known.runs > 0:
		d.Rate, d.RateFrom = known.mean, fmt.Sprintf("mean of %s of the ledger", plural(known.runs, "judged run"))
	default:
		d.Rate, d.RateFrom = assumedRate, "assumed"
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// bestPublished is the highest figure of the rows, and whose it is; of is empty where
// there is none.
func bestPublished(rows []recipes.PublishedRow, benchmark string) (best float64, of string) {
	for _, row := range rows {
		if v, known := recipes.Figure(row.Figures, benchmark); known && (of == "" || v > best) {
			best, of = v, row.Name
		}
	}
	return best, of
}

func publishedRates(cells []SweepCell, benchmark string) (all []float64) {
	for _, a := range publishedArms(cells, benchmark) {
		all = append(all, a.rate)
	}
	slices.Sort(all)
	return all
}

func (d *Detectable) learnNoise(known pastResults) {
	if d.Noise = known.noise; d.Noise == nil {
		d.NoiseFrom = "assumed: seeds differ by the luck of instances alone, and average none of it away"
		return
	}
	d.NoiseFrom = "repeated seeds of this sweep"
	if !known.ownNoise {
		d.NoiseFrom = "repeated seeds of other runs of the ledger"
	}
}

// find asks for the smallest gain, and for what the seeds do not show.
func (d *Detectable) find(cells []SweepCell) {
	switch {
	case d.Scores:
		d.Unknown = "its instances have scores and no verdicts: how far they lie apart shows once cells were judged"
		return
	case d.Instances == 0:
		d.Unknown = "how many instances it has is not known: write instances beside it"
		return
	}
	d.design = stats.Design{Instances: d.Instances, Seeds: d.Seeds, Baseline: d.Rate}
	if d.Noise != nil {
		d.design.Repeat, d.design.SeedSD = d.Noise.Repeat, d.Noise.Seeds
	}
	smallest, err := d.design.Smallest()
	if err != nil {
		d.Unknown = err.Error()
		d.warn(stats.SeedsDoNotSeparate, "%v", err)
		return
	}
	d.Smallest = &smallest
	d.warnOfSeeds()
	d.warnOfGain()
	d.warnOfPublished(cells)
}

func (d *Detectable) warn(doubt stats.Doubt, format string, args ...any) {
	d.Warnings = append(d.Warnings, stats.Warning{Doubt: doubt, Words: d.Name + ": " + fmt.Sprintf(format, args...)})
}

func (d *Detectable) warnOfSeeds() {
	if d.Seeds < 2 {
		d.warn(stats.OneSeed, "one seed of a cell: another one may turn a difference round, and how likely that is will stay unknown")
	}
}

// warnOfGain holds the gain that the sweep is to find against its chance.
func (d *Detectable) warnOfGain() {
	if d.Gain == nil || *d.Gain <= 0 {
		return
	}
	chance, err := d.design.Chance(*d.Gain / 100)
	if err != nil {
		d.warn(stats.SeedsDoNotSeparate, "%v", err)
	} else if chance.Value < usualPower {
		d.warn(stats.SeedsDoNotSeparate, "%s cannot separate cells that differ by %.3g points: a power of %.0f %%; %s", plural(d.Seeds, "seed"), *d.Gain, 100*chance.Value, d.wayOut(*d.Gain/100))
	}
}

// usualPower is that of [stats.Design].
const usualPower = 0.8

// wayOut says what would find the gain.
func (d *Detectable) wayOut(gain float64) string {
	var ways []string
	if e, err := d.design.SeedsNeeded(gain); err == nil {
		ways = append(ways, plural(int(e.Value), "seed"))
	}
	if e, err := d.design.InstancesNeeded(gain); err == nil {
		ways = append(ways, plural(int(e.Value), "instance"))
	}
	if len(ways) == 0 {
		return "no number of seeds or of instances alone would"
	}
	return strings.Join(ways, " or ") + " would"
}

// A publishedArm is an arm and the rate that others came to with it, in percent.
type publishedArm struct {
	name string
	rate float64
}

// warnOfPublished names the arms that others found apart by less than this design finds.
func (d *Detectable) warnOfPublished(cells []SweepCell) {
	var close []string
	all := 0
	arms := publishedArms(cells, d.Name)
	for i, a := range arms {
		for _, b := range arms[i+1:] {
			design := d.design
			design.Baseline = math.Min(a.rate, b.rate) / 100
			apart := math.Abs(a.rate - b.rate) // points
			all++
			if chance, err := design.Chance(apart / 100); apart == 0 || err == nil && chance.Value < usualPower {
				close = append(close, fmt.Sprintf("%s and %s (%.3g)", a.name, b.name, apart))
			}
		}
	}
	if len(close) == 0 {
		return
	}
	d.warn(stats.SeedsDoNotSeparate, "%s cannot separate %d of %s with a published difference, in points: %s", plural(d.Seeds, "seed"), len(close), plural(all, "pair"), strings.Join(close, ", "))
}

// publishedArms are the arms that have a figure, in their order.
func publishedArms(cells []SweepCell, benchmark string) (all []publishedArm) {
	for _, c := range cells {
		v, known := recipes.Figure(c.Published, benchmark)
		if known && !slices.ContainsFunc(all, func(a publishedArm) bool { return a.name == c.Arm }) {
			all = append(all, publishedArm{c.Arm, v})
		}
	}
	return all
}
