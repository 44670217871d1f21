package sample

// split divides the budget by weight into whole numbers that sum to it, by
// the largest remainders; ties go to the earlier pool.
func split(weights []float64, budget int64) []int64 {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	parts := make([]int64, len(weights))
	if total == 0 {
		return parts
	}
	rest := make([]float64, len(weights))
	left := budget
	for k, w := range weights {
		exact := float64(budget) * w / total
		parts[k] = int64(exact)
		rest[k] = exact - float64(parts[k])
		left -= parts[k]
	}
	for ; left > 0; left-- {
		k := largest(rest)
		parts[k]++
		rest[k] = -1
	}
	return parts
}

func largest(xs []float64) int {
	best := 0
	for i, x := range xs {
		if x > xs[best] {
			best = i
		}
	}
	return best
}

func sumOf[N int64 | float64](xs []N) (total N) {
	for _, x := range xs {
		total += x
	}
	return total
}

// floats are whole amounts as weights.
func floats(xs []int64) []float64 {
	out := make([]float64, len(xs))
	for k, x := range xs {
		out[k] = float64(x)
	}
	return out
}
