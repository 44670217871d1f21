package behaviour

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"trainyard/format"
)

// The rule score counts words in the first so many characters of a result and of
// what follows it, at most so many of the commonest.
const (
	wordScan    = 5000
	resultWords = 10
	replyWords  = 50
	shortest    = 4 // letters of a word that counts
)

// resultsUsed is the part of the commonest words of a result that the next step
// uses, on average over the results.
func resultsUsed(t *format.Trajectory, steps []Step) float64 {
	sum, n := 0.0, 0
	for i := 0; i+1 < len(steps); i++ {
		var reply map[string]bool // read once for all results of a step
		for _, a := range steps[i].Actions {
			words := commonest(a.result, resultWords)
			if len(words) == 0 {
				continue
			}
			if reply == nil {
				reply = setOf(commonest(replyText(t, steps[i+1]), replyWords))
			}
			used := 0
			for _, word := range words {
				if reply[word] {
					used++
				}
			}
			sum, n = sum+ratio(used, len(words)), n+1
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// replyText is what a step says, and the values of what it calls with.
func replyText(t *format.Trajectory, s Step) string {
	parts := []string{t.Messages[s.Message].Content}
	for _, a := range s.Actions {
		for _, arg := range a.args {
			parts = append(parts, headOf(arg.text, wordScan))
		}
	}
	return strings.Join(parts, " ")
}

func setOf(words []string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, word := range words {
		set[word] = true
	}
	return set
}

// commonest lists the n commonest words of a text, of two equally common ones that
// which comes first.
func commonest(text string, n int) []string {
	type seen struct{ count, first int }
	counts := map[string]seen{}
	identifier := func(r rune) bool {
		return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	for i, word := range strings.FieldsFunc(headOf(text, wordScan), func(r rune) bool { return !identifier(r) }) {
		word = strings.ToLower(strings.TrimLeft(word, "0123456789"))
		if len(word) < shortest {
			continue
		}
		s, known := counts[word]
		if !known {
			s.first = i
		}
		s.count++
		counts[word] = s
	}
	words := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b].count, counts[a].count), cmp.Compare(counts[a].first, counts[b].first))
	})
	return words[:min(n, len(words))]
}
