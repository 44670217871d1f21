package export

import (
	"slices"
	"testing"

	"trainyard/format"
	"trainyard/tokenize/chat"
)

// Spans that other programs cut anywhere among the tokens of one answer.
func TestPartsAreCharactersOrNone(t *testing.T) {
	const text = "née 𝟙 ok"
	r, err := newReader("qwen2.5", "", &axolotl)
	if err != nil {
		t.Fatal(err)
	}
	r.c.turns = []turn{{role: format.System, content: "s"}, {role: format.User, content: "u"}, {role: format.Assistant, content: text}}
	r.apply(false)
	r.c.ids = r.example.IDs
	whole := r.example.Spans[0]
	inside := 0 // cuts within a character
	for cut := whole.Start + 1; cut < whole.End; cut++ {
		before := string(r.template.Tokenizer().Decode(r.c.ids[whole.Start:cut]))
		got := r.parts(text, []chat.Span{{Start: cut, End: whole.End}}, whole)
		n := 0
		if len(got) > 0 {
			n = got[0].End + 1
		}
		switch whole := string([]rune(text)[:n]); {
		case len(got) == 0 && before == string([]rune(before)):
			t.Errorf("a cut after %q gives no parts", before)
		case len(got) == 0:
			inside++
		case whole != before:
			t.Errorf("a cut after %q gives %v", before, got)
		}
	}
	if inside == 0 {
		t.Error("no cut fell within a character")
	}
	if got := r.parts(text, []chat.Span{{Start: whole.Start, End: whole.End - 1}}, whole); got != nil {
		t.Errorf("an end of turn outside the loss gives %v", got)
	}
	want := []part{{0, 3, true}, {4, 7, false}} // née and a space
	if got := r.parts(text, []chat.Span{{Start: whole.Start, End: whole.Start + 2}, {Start: whole.End - 1, End: whole.End}}, whole); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
