package stats

import "gonum.org/v1/gonum/stat/distuv"

// quantileNormal is the standard normal quantile.
func quantileNormal(p float64) float64 { return distuv.UnitNormal.Quantile(p) }

// below is the standard normal distribution function.
func below(x float64) float64 { return distuv.UnitNormal.CDF(x) }

// twoSided is the quantile that a two-sided interval of the level reaches: 1.96
// for 0.95.
func twoSided(level float64) float64 { return -quantileNormal((1 - level) / 2) }
