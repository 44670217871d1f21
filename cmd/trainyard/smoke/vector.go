package smoke

import "math"

// settled is added to every sum of squares, so that a first gradient does not
// jump by the whole learning rate.
const settled = 0.1

// root is the divisor Adagrad takes from a sum of squared gradients.
func root(squares float32) float32 {
	return float32(math.Sqrt(float64(squares + settled)))
}

// judge compares a node's score, the log odds of going right, with where the
// path goes: the slope of the cost by the score, and the cost in nats.
func judge(score float32, right bool) (miss float32, cost float64) {
	odds := float64(score)
	if !right {
		odds = -odds
	}
	small := math.Exp(-math.Abs(odds))
	cost = math.Log(1+small) + max(-odds, 0)
	wrong := small / (1 + small) // of the less likely side
	if odds < 0 {
		wrong = 1 - wrong
	}
	if right {
		wrong = -wrong
	}
	return float32(wrong), cost
}

// dot keeps four sums: one would wait for each addition before the next.
func dot(a, b *vector) float32 {
	var s0, s1, s2, s3 float32
	for d := 0; d < dim; d += 4 {
		s0 += a[d] * b[d]
		s1 += a[d+1] * b[d+1]
		s2 += a[d+2] * b[d+2]
		s3 += a[d+3] * b[d+3]
	}
	return (s0 + s1) + (s2 + s3)
}

// addScaled adds by times b to a.
func addScaled(a *vector, by float32, b *vector) {
	for d := 0; d < dim; d += 4 {
		a[d] += by * b[d]
		a[d+1] += by * b[d+1]
		a[d+2] += by * b[d+2]
		a[d+3] += by * b[d+3]
	}
}

// product multiplies number by number.
func product(a, b *vector) (c vector) {
	for d := range dim {
		c[d] = a[d] * b[d]
	}
	return c
}
