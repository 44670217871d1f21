package format

import (
	"fmt"
	"strings"
)

// UnknownName says that name is none of known, and which one was probably meant.
func UnknownName(what, name string, known []string) error {
	return fmt.Errorf("unknown %s %q%s (known: %s)", what, name, DidYouMean(name, known), strings.Join(known, ", "))
}

// DidYouMean offers the nearest name, as a clause, or nothing.
func DidYouMean(name string, known []string) string {
	if near := Closest(name, known); near != "" {
		return fmt.Sprintf(", did you mean %q?", near)
	}
	return ""
}

// Closest returns the known word within a third of its length in edits, the first
// of equals, or "". Case and the choice between - and _ do not count.
func Closest(got string, known []string) string {
	best, bestDist := "", 1<<30
	for _, w := range known {
		limit := min(len(w)-1, max(1, len(w)/3))
		if abs(len(w)-len(got)) > limit {
			continue
		}
		if d := EditDistance(fold(got), fold(w)); d <= limit && d < bestDist {
			best, bestDist = w, d
		}
	}
	return best
}

func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }

func abs(n int) int { return max(n, -n) }

// EditDistance counts insertions, deletions, replacements and swaps of neighbours
// between a and b (optimal string alignment), in bytes.
func EditDistance(a, b string) int {
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
