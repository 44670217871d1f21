package sample

import (
	"math"
	"testing"
)

// TestDirichletHasTheMomentsOfItsName holds means and variances against what the
// distribution has: w, and w(1-w)/(strength+1).
func TestDirichletHasTheMomentsOfItsName(t *testing.T) {
	weights := []float64{0.5, 0.3, 0.2, 0}
	for _, strength := range []float64{0.5, 10, 200} {
		const n = 20_000
		mean, square := make([]float64, 4), make([]float64, 4)
		for i := range n {
			draw := Dirichlet(weights, strength, 3, i)
			if math.Abs(sumOf(draw)-1) > 1e-9 {
				t.Fatalf("%v sums to %v", draw, sumOf(draw))
			}
			for k, x := range draw {
				mean[k] += x / n
				square[k] += x * x / n
			}
		}
		for k, w := range weights {
			variance, want := square[k]-mean[k]*mean[k], w*(1-w)/(strength+1)
			if math.Abs(mean[k]-w) > 0.02 || math.Abs(variance-want) > 0.06*want {
				t.Errorf("strength %v: mean %.4f and variance %.5f, want %.4f and %.5f", strength, mean[k], variance, w, want)
			}
		}
	}
}
