package stats

import "fmt"

// mostNeeded bounds the counts that are looked for: no benchmark and no budget has
// as many.
const mostNeeded = 1 << 30

// InstancesNeeded is how many instances find the gain with the design's power; its
// own Instances do not matter. Low and High are the counts for a power of 50 % and
// 95 %. It is an error where the spread between seeds alone hides the gain.
func (d Design) InstancesNeeded(gain float64) (Estimate, error) {
	d.Instances = 1
	return d.needed(gain, "instance", func(d *Design, n int) { d.Instances = n })
}

// SeedsNeeded is how many seeds of each cell find the gain on the design's
// instances; its own Seeds do not matter. Low and High are the counts for a power
// of 50 % and 95 %. It is an error where no number of seeds does: they average
// nothing away of what is between the cells on these instances.
func (d Design) SeedsNeeded(gain float64) (Estimate, error) {
	d.Seeds = 1
	return d.needed(gain, "seed", func(d *Design, k int) { d.Seeds = k })
}

// needed looks for the count, which set puts into a design.
func (d Design) needed(gain float64, noun string, set func(*Design, int)) (Estimate, error) {
	d, err := d.filled()
	if err == nil {
		err = d.checkGain(gain)
	}
	if err != nil {
		return Estimate{}, err
	}
	value, ok := d.fewest(gain, d.Power, set)
	if !ok {
		return Estimate{}, fmt.Errorf("a gain of %s points over %s %% with a power of %s: no number of %ss finds it; a smaller deviation between seeds or more of the other would",
			points(gain), points(d.Baseline), percent(d.Power), noun)
	}
	low, _ := d.fewest(gain, halfway, set)
	high, all := d.fewest(gain, nearly, set)
	e := Estimate{Value: float64(value), Low: float64(low), High: float64(high), Level: d.Level, N: value, Method: d.method()}
	most := fmt.Sprint(high)
	if !all {
		most = "no number"
	}
	e.Words = fmt.Sprintf("a gain of %s points over %s %% takes %s for a power of %s (%d half of the time, %s 95 %% of the time)",
		points(gain), points(d.Baseline), counted(value, noun), percent(d.Power), low, most)
	return e, nil
}

// fewest is the smallest count with the power. Power grows with either count.
func (d Design) fewest(gain, power float64, set func(*Design, int)) (int, bool) {
	enough := func(count int) bool {
		set(&d, count)
		return d.power(gain) >= power
	}
	high := 1
	for !enough(high) {
		if high *= 2; high > mostNeeded {
			return mostNeeded, false
		}
	}
	low := high / 2 // not enough, or 0
	for low+1 < high {
		if middle := low + (high-low)/2; enough(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high, true
}
