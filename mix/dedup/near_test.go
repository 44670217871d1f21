package dedup

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// byHand is a text's shingles as strings: what the hashes stand for.
func byHand(text string) map[string]bool {
	small := func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	words := strings.FieldsFunc(strings.Map(small, text), func(r rune) bool {
		return !(r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0x80)
	})
	set := map[string]bool{}
	if len(words) > 0 && len(words) < shingleWords {
		set[strings.Join(words, " ")] = true
	}
	for i := 0; i+shingleWords <= len(words); i++ {
		set[strings.Join(words[i:i+shingleWords], " ")] = true
	}
	return set
}

// overlap is the definition of the Jaccard similarity.
func overlap(x, y map[string]bool) float64 {
	both := 0
	for s := range x {
		if y[s] {
			both++
		}
	}
	if len(x)+len(y) == 0 {
		return 0
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

func jaccardByHand(a, b string) float64 { return overlap(byHand(a), byHand(b)) }

// corpus makes texts of which many are changed copies of others, from nearly
// the same to hardly alike.
func corpus(r *rand.Rand, n, words int) []string {
	word := func() string { return fmt.Sprintf("w%d", r.IntN(2000)) }
	var texts [][]string
	for range n {
		var text []string
		if len(texts) > 0 && r.IntN(3) > 0 {
			text = slices.Clone(texts[r.IntN(len(texts))])
			for range r.IntN(1 + len(text)/20) {
				text[r.IntN(len(text))] = word()
			}
		} else {
			for range words/2 + r.IntN(words) {
				text = append(text, word())
			}
		}
		texts = append(texts, text)
	}
	var joined []string
	for _, t := range texts {
		joined = append(joined, strings.Join(t, []string{" ", "\n", ", "}[r.IntN(3)]))
	}
	return joined
}

func signAll(texts []string) (signatures []Signature) {
	for _, t := range texts {
		signatures = append(signatures, Sign([]string{t}))
	}
	return signatures
}

func setsOf(texts []string) func(int32) (*Set, error) {
	return func(i int32) (*Set, error) { return NewSet([]string{texts[i]}), nil }
}

func inOrder(n int) (order []int32) {
	for i := range int32(n) {
		order = append(order, i)
	}
	return order
}

func TestTheExactSimilarityIsThatOfTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := append(corpus(r, 60, 40), "", "one", "One", "one two", "été über naïve 日本語 words", "été ÜBER naïve 日本語 Words")
	for _, a := range texts {
		for _, b := range texts {
			got, want := NewSet([]string{a}).Jaccard(NewSet([]string{b})), jaccardByHand(a, b)
			if math.Abs(got-want) > 1e-12 {
				t.Fatalf("%.17g, by hand %.17g, of %q and %q", got, want, a, b)
			}
		}
	}
}

func TestWordsLongerThanTheBufferAreToldApart(t *testing.T) {
	long := strings.Repeat("x", longWord)
	words := []string{long, long + long, long + "y", long + long + "y", "y" + long, "y"}
	for i, a := range words {
		for j, b := range words {
			if same := NewSet([]string{a}).Jaccard(NewSet([]string{b})) == 1; same != (i == j) {
				t.Errorf("words %d and %d count as the same: %v", i, j, same)
			}
		}
	}
}

// Every text that is dropped is as similar to one that is kept as is said, no
// kept text is dropped for, and nothing that is kept is similar to another that
// is, but for the few that signatures may miss.
func TestWhatIsDroppedIsSimilarToWhatIsKept(t *testing.T) {
	for _, words := range []int{12, 60, 400} {
		for _, threshold := range []float64{0.5, 0.8, 0.95} {
			t.Run(fmt.Sprintf("%d words, %v", words, threshold), func(t *testing.T) {
				dropAndCheck(t, words, threshold)
			})
		}
	}
}

func dropAndCheck(t *testing.T, words int, threshold float64) {
	r := rand.New(rand.NewPCG(uint64(words), uint64(1000*threshold)))
	texts := corpus(r, 250, words)
	var sets []map[string]bool
	for _, text := range texts {
		sets = append(sets, byHand(text))
	}
	repeats, err := Drop(inOrder(len(texts)), signAll(texts), threshold, setsOf(texts))
	if err != nil {
		t.Fatal(err)
	}
	dropped := map[int32]bool{}
	for _, d := range repeats {
		dropped[d.Text] = true
	}
	for _, d := range repeats {
		want := overlap(sets[d.Text], sets[d.Of])
		if dropped[d.Of] || d.Of >= d.Text || want < threshold || math.Abs(want-d.Jaccard) > 1e-12 {
			t.Errorf("text %d is dropped for %d (dropped: %v) with %v, by hand %v", d.Text, d.Of, dropped[d.Of], d.Jaccard, want)
		}
	}
	missed := 0
	for i := range texts {
		for j := range i {
			if !dropped[int32(i)] && !dropped[int32(j)] && overlap(sets[i], sets[j]) >= threshold {
				missed++
			}
		}
	}
	if len(repeats) < 10 || missed > len(repeats)/50 {
		t.Errorf("%d dropped, %d pairs missed", len(repeats), missed)
	}
}

// a is like b, and b like c, but a is not like c: with closure one of three
// would be left.
func TestSimilarityIsNotPassedOn(t *testing.T) {
	word := func(from, n int) string {
		var words []string
		for i := range n {
			words = append(words, fmt.Sprint("w", from+i))
		}
		return strings.Join(words, " ")
	}
	texts := []string{word(0, 200), word(20, 200), word(40, 200)}
	if ab, ac := jaccardByHand(texts[0], texts[1]), jaccardByHand(texts[0], texts[2]); ab < 0.8 || ac >= 0.8 {
		t.Fatalf("the texts are not what the test needs: %v, %v", ab, ac)
	}
	repeats, err := Drop(inOrder(3), signAll(texts), 0.8, setsOf(texts))
	if err != nil || len(repeats) != 1 || repeats[0].Text != 1 || repeats[0].Of != 0 {
		t.Errorf("dropped %v, %v", repeats, err)
	}
}

func TestOfEqualPartnersTheFirstIsNamed(t *testing.T) {
	left, right := "a b c d e f g h i j k l m n o p q r s t u v w x y z", "z y x w v u t s r q p o n m l k j i h g f e d c b a"
	texts := []string{left + " " + right + " 1", left + " " + right + " 2", left + " " + right + " 3"}
	for _, order := range [][]int32{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		repeats, err := Drop(order, signAll(texts), 0.9, setsOf(texts))
		if err != nil || len(repeats) != 2 || repeats[0].Of != order[0] || repeats[1].Of != order[0] {
			t.Errorf("order %v: %v, %v", order, repeats, err)
		}
	}
}

func TestTextsWithoutWordsAreKept(t *testing.T) {
	texts := []string{"", "...", "—", "- - -"}
	repeats, err := Drop(inOrder(2), signAll(texts[:2]), 0.8, setsOf(texts))
	if err != nil || len(repeats) != 0 {
		t.Errorf("%v, %v", repeats, err)
	}
}

func TestAnErrorOfTheTextsEndsIt(t *testing.T) {
	texts := []string{"a b c d e f", "a b c d e f"}
	_, err := Drop(inOrder(2), signAll(texts), 0.8, func(int32) (*Set, error) { return nil, fmt.Errorf("gone") })
	if err == nil {
		t.Error("no error")
	}
}

// The estimate must not be off to one side, also of texts with fewer shingles
// than slots.
func TestSignaturesEstimateTheSimilarity(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, words := range []int{20, 100, 1000} {
		off, n := 0.0, 0
		for range 400 {
			texts := corpus(r, 8, words)
			i, j := r.IntN(8), r.IntN(8)
			want := jaccardByHand(texts[i], texts[j])
			if i == j || want < 0.2 {
				continue
			}
			a, b := Sign(texts[i:i+1]), Sign(texts[j:j+1])
			off += a.Likeness(&b) - want
			n++
		}
		if n < 20 || math.Abs(off/float64(n)) > 0.03 {
			t.Errorf("%d words: off by %.3f over %d pairs", words, off/float64(n), n)
		}
	}
}

func TestBandsMissNoMoreThanTheyMay(t *testing.T) {
	for threshold, want := range map[float64]int{0.5: 2, 0.8: 5, 1: Slots} {
		if got := rowsFor(threshold); got != want {
			t.Errorf("threshold %v: %d rows, want %d", threshold, got, want)
		}
	}
}
