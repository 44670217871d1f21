package format

import (
	"fmt"
	"strings"
)

// UnknownName says that name is none of known, and which one was probably meant.
func UnknownName(what, name string, known []string) error {
	return fmt.Errorf("unknown %s %q%s (known: %s)", what, name, DidYouMean(name, known), strings.Join(known, ", "))
}

// DidYouMean offers the nearest name when it is near enough to be a slip.
func DidYouMean(name string, known []string) string {
	best, least := "", len(name)/3+2
	for _, k := range known {
		if d := EditDistance(strings.ToLower(name), k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", best)
}

func EditDistance(a, b string) int {
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
