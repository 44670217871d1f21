package sample

import (
	"math"
	"math/rand/v2"
)

// Dirichlet draws weights that sum to 1 around given ones: the nearer to them
// the greater the strength, which is what the parameters sum to. A weight of 0
// stays 0. Draws are told apart by number, so that more of them leave the first
// as they are.
func Dirichlet(weights []float64, strength float64, seed int64, number int) []float64 {
	r := rand.New(rand.NewPCG(Key(seed, "dirichlet", uint64(number)), uint64(seed)))
	total, out := sumOf(weights), make([]float64, len(weights))
	for k, w := range weights {
		if w > 0 {
			out[k] = gamma(r, w/total*strength)
		}
	}
	sum := sumOf(out)
	for k := range out {
		out[k] /= sum
	}
	return out
}

// gamma draws from a gamma distribution of some shape: Marsaglia and Tsang, A
// simple method for generating gamma variables, ACM TOMS 2000. Shapes below 1
// are lifted by one and brought back by a power, as they say. The least there
// can be keeps a sum of several from being nothing.
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return max(math.SmallestNonzeroFloat64, gamma(r, shape+1)*math.Pow(1-r.Float64(), 1/shape))
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := math.Pow(1+c*x, 3)
		if v > 0 && math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
