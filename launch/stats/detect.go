package stats

import (
	"fmt"
	"math"
)

// halfway and nearly are the powers of the two ends of a design's interval.
const (
	halfway = 0.5
	nearly  = 0.95
)

// Smallest is the smallest gain over the baseline that the design finds with its
// power. Low is the gain that it finds half of the time, High the one that it finds
// 95 % of the time: below Low a finding would be luck. It is an error where even a
// rate of 100 % would not be found.
func (d Design) Smallest() (Estimate, error) {
	d, err := d.filled()
	if err != nil {
		return Estimate{}, err
	}
	e := Estimate{Level: d.Level, N: d.Instances, Method: d.method()}
	if e.Value, err = d.smallest(d.Power); err != nil {
		return Estimate{}, err
	}
	e.Low, e.High = d.reached(halfway), d.reached(nearly)
	e.Words = fmt.Sprintf("%s and %s a cell find a gain of %s points over %s %% with a power of %s (half of the time %s, 95 %% of the time %s)",
		instances(d.Instances), counted(d.Seeds, "seed"), points(e.Value), points(d.Baseline), percent(d.Power), points(e.Low), points(e.High))
	return e, nil
}

// Chance is the power to find the gain. Low and High are the power for a gain that
// is smaller, or larger, by one standard error.
func (d Design) Chance(gain float64) (Estimate, error) {
	d, err := d.filled()
	if err != nil {
		return Estimate{}, err
	}
	if err := d.checkGain(gain); err != nil {
		return Estimate{}, err
	}
	_, step := d.errors(gain)
	e := Estimate{
		Value: d.power(gain), Level: d.Level, N: d.Instances, Method: d.method(),
		Low: d.power(math.Max(0, gain-step)), High: d.power(math.Min(1-d.Baseline, gain+step)),
	}
	e.Words = fmt.Sprintf("%s and %s a cell find a gain of %s points over %s %% with a power of %s (%s to %s if the gain is one standard error off)",
		instances(d.Instances), counted(d.Seeds, "seed"), points(gain), points(d.Baseline), percent(e.Value), percent(e.Low), percent(e.High))
	return e, nil
}

// method names the model behind all figures of a design.
func (d Design) method() string { return "paired normal approximation (Connor 1987)" }

// checkGain refuses a gain that the baseline leaves no room for.
func (d Design) checkGain(gain float64) error {
	if !(gain > 0 && d.Baseline+gain <= 1) {
		return fmt.Errorf("a gain of %v over a baseline of %v: it must be above 0, and the two may not pass 1", gain, d.Baseline)
	}
	return nil
}

// smallest is the smallest gain that is found with the power.
func (d Design) smallest(power float64) (float64, error) {
	room := 1 - d.Baseline
	if room == 0 || d.power(room) < power {
		return 0, fmt.Errorf("%s and %s a cell: no gain over %s %% is found with a power of %s; take more of either",
			instances(d.Instances), counted(d.Seeds, "seed"), points(d.Baseline), percent(power))
	}
	return bisect(0, room, func(gain float64) bool { return d.power(gain) < power }), nil
}

// reached is smallest, or all the room where none is found.
func (d Design) reached(power float64) float64 {
	gain, err := d.smallest(power)
	if err != nil {
		return 1 - d.Baseline
	}
	return gain
}
