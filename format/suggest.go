package format

import (
	"fmt"
	"strings"
)

// unknownName says that name is none of known, and which one was probably meant.
func unknownName(what, name string, known []string) error {
	return fmt.Errorf("unknown %s %q%s (known: %s)", what, name, didYouMean(name, known), strings.Join(known, ", "))
}

// didYouMean offers the nearest name when it is near enough to be a slip.
func didYouMean(name string, known []string) string {
	best, least := "", len(name)/3+2
	for _, k := range known {
		if d := editDistance(strings.ToLower(name), k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", best)
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
