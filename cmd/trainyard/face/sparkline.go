package face

import (
	"slices"
	"strings"
)

// Sparkline draws values as blocks from low to high, at most width of them;
// each block is the mean of its stretch.
func Sparkline(values []float64, width int) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	means := stretch(values, width)
	low, high := slices.Min(means), slices.Max(means)
	var b strings.Builder
	for _, v := range means {
		level := 0
		if high > low {
			level = int((v - low) / (high - low) * float64(len(blocks)-1))
		}
		b.WriteRune(blocks[level])
	}
	return b.String()
}

func stretch(values []float64, width int) []float64 {
	n := min(width, len(values))
	means := make([]float64, n)
	for k := range means {
		part := values[k*len(values)/n : (k+1)*len(values)/n]
		for _, v := range part {
			means[k] += v / float64(len(part))
		}
	}
	return means
}
