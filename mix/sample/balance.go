package sample

import "math"

// A Balance says how near a control is to its arm.
type Balance struct {
	// Differences are standardised mean differences, control less arm, by
	// feature: in standard deviations, pooled. Under 0.1 two samples pass for
	// balanced (Austin, Statistics in Medicine 2009, 28:3083).
	Differences map[string]float64
	// Groups are the parts of rows that the two have in the same repository,
	// teacher and the like, 0 to 1: one less the total variation distance.
	Groups map[string]float64
}

// BalanceOf compares rows of a control with those of an arm, in what they were
// matched on and in their lengths.
func BalanceOf(arm, control *View, armRows, controlRows []int, on []string) Balance {
	b := Balance{map[string]float64{}, map[string]float64{}}
	for feature := range Facts {
		b.Differences[feature] = difference(values(arm, armRows, feature), values(control, controlRows, feature))
	}
	for _, word := range on {
		if _, group := OnGroups[word]; !group {
			b.Differences[word] = difference(values(arm, armRows, word), values(control, controlRows, word))
		}
	}
	for word, per := range OnGroups {
		if known(arm, armRows, per) {
			b.Groups[word] = overlap(arm, control, armRows, controlRows, per)
		}
	}
	return b
}

func known(v *View, rows []int, per Per) bool {
	for _, i := range rows {
		if per.of(&v.Items[i]) != 0 {
			return true
		}
	}
	return false
}

func difference(arm, control []float64) float64 {
	a, c := spreadOf(arm), spreadOf(control)
	pooled := math.Sqrt((a.deviation*a.deviation + c.deviation*c.deviation) / 2)
	if pooled == 0 {
		return 0
	}
	return (c.mean - a.mean) / pooled
}

func overlap(arm, control *View, armRows, controlRows []int, per Per) (same float64) {
	parts := map[uint64]float64{}
	for _, i := range armRows {
		parts[per.of(&arm.Items[i])] += 1 / float64(len(armRows))
	}
	for _, i := range controlRows {
		key := per.of(&control.Items[i])
		part := min(parts[key], 1/float64(len(controlRows)))
		parts[key] -= part
		same += part
	}
	return same
}
