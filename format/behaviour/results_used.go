package behaviour

import (
	"iter"
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
// which comes first. A few are picked of many: that is faster than to sort.
func commonest(text string, n int) (words []string) {
	var seen []counted
	at := map[string]int{}
	for word := range identifiers(headOf(text, wordScan)) {
		i, known := at[word]
		if !known {
			i = len(seen)
			at[word], seen = i, append(seen, counted{word: word})
		}
		seen[i].times++
	}
	for range min(n, len(seen)) {
		best := 0
		for i := range seen {
			if seen[i].times > seen[best].times {
				best = i
			}
		}
		words = append(words, seen[best].word)
		seen[best].times = 0
	}
	return words
}

type counted struct {
	word  string
	times int
}

// identifiers yields the words of a text that count, in small letters: of letters,
// digits and _, and beginning with none of the digits.
func identifiers(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for end := 0; end < len(text); {
			start := end
			for start < len(text) && (!isWordByte(text[start]) || text[start] >= '0' && text[start] <= '9') {
				start++
			}
			for end = start; end < len(text) && isWordByte(text[end]); {
				end++
			}
			if end-start >= shortest && !yield(strings.ToLower(text[start:end])) {
				return
			}
		}
	}
}
