package format

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestSpansAreCarriedIntoAChangedText(t *testing.T) {
	for _, c := range []struct {
		name, was, text string
		masked, want    Spans
	}{
		{"nothing changed", "BAD good", "BAD good", Spans{{0, 3}}, Spans{{0, 3}}},
		{"cut in front", "\n\nBAD good", "BAD good", Spans{{2, 5}}, Spans{{0, 3}}},
		{"more behind", "BAD good", "BAD good\n\ncall", Spans{{0, 3}}, Spans{{0, 3}}},
		{"more behind what is masked", "good BAD", "good BAD\n\ncall", Spans{{4, 8}}, Spans{{4, 8}}},
		{"more within what is masked", "good BAD", "good B--AD", Spans{{4, 8}}, Spans{{4, 10}}},
		{"a change outside", "BAD good", "BAD fine", Spans{{0, 3}}, Spans{{0, 3}}},
		{"a change that touches it masks all that changed", "a BAD good", "a WORSE gold", Spans{{2, 5}}, Spans{{2, 11}}},
		{"gone", "a BAD", "a ", Spans{{2, 5}}, nil},
	} {
		if got := c.masked.Carry(c.was, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAnEditThatWorksPieceByPieceCarriesExactly(t *testing.T) {
	unix := func(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }
	was := "a\r\nBAD\r\nb\r\n"
	if got := (Spans{{3, 8}}).CarryBy(was, unix(was), unix); !slices.Equal(got, Spans{{2, 6}}) {
		t.Errorf("got %v", got)
	}
	// A line end across the border of a span: all that changed is masked.
	if got := (Spans{{0, 2}}).CarryBy("a\r\nb\r\nc", "a\nb\nc", unix); !slices.Equal(got, Spans{{0, 3}}) {
		t.Errorf("across the border: got %v", got)
	}
}

// No masked byte is learned after any edit, whatever it does.
func TestNoMaskedByteIsLearnedAfterAnEdit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		was := make([]byte, 1+r.IntN(12))
		for i := range was {
			was[i] = "ab "[r.IntN(3)]
		}
		// Masked bytes are capital, so that they can be told in what they become.
		masked := MergeSpans([]Span{span(r, len(was)), span(r, len(was))})
		for _, s := range masked {
			copy(was[s.Start:s.End], strings.ToUpper(string(was[s.Start:s.End])))
		}
		text := edited(r, string(was))
		left := []byte(text)
		for _, s := range masked.Carry(string(was), text) {
			for i := s.Start; i < s.End; i++ {
				left[i] = '-'
			}
		}
		if strings.ContainsAny(string(left), "AB") {
			t.Fatalf("%q masked at %v became %q, of which %q is learned", was, masked, text, left)
		}
	}
}

func span(r *rand.Rand, n int) Span {
	start := r.IntN(n)
	return Span{start, start + r.IntN(n-start)}
}

// edited cuts a piece out and puts another in, twice.
func edited(r *rand.Rand, text string) string {
	for range 2 {
		s := span(r, len(text)+1)
		text = text[:s.Start] + []string{"", "b", "b a"}[r.IntN(3)] + text[s.End:]
	}
	return text
}

func TestJoinedTurnsKeepTheirLoss(t *testing.T) {
	bad, good := Turn{Content: "bad", Untrained: true}, Turn{Content: "good"}
	half := Turn{Content: "BAD good", Masked: Spans{{0, 3}}}
	for _, c := range []struct {
		a, b      Turn
		untrained bool
		masked    Spans
	}{
		{bad, bad, true, nil}, {good, good, false, nil}, {bad, good, false, Spans{{0, 5}}}, {good, bad, false, Spans{{6, 9}}},
		{good, half, false, Spans{{6, 9}}}, {half, bad, false, Spans{{0, 3}, {10, 13}}}, {Turn{}, bad, true, nil}, {Turn{Untrained: true}, good, false, nil},
	} {
		got := Join(c.a, c.b, JoinTexts(c.a.Content, c.b.Content))
		if got.Untrained != c.untrained || !slices.Equal(got.Masked, c.masked) {
			t.Errorf("%q and %q: got %v %v, want %v %v", c.a.Content, c.b.Content, got.Untrained, got.Masked, c.untrained, c.masked)
		}
	}
}
