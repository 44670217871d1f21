package chat

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"trainyard/format"
)

func TestWarningsNameWhatSpoilsLearning(t *testing.T) {
	tp := template(t, "qwen2.5", Options{})
	assistant := func(s string) format.Turn { return format.Turn{Role: format.Assistant, Content: s} }
	for _, c := range []struct {
		turn format.Turn
		want []Warning
	}{
		{assistant("fine <tool_call>"), nil},
		{assistant(" fine"), nil},
		{assistant("\nfoo"), []Warning{{0, WarnLeadingNewline, "assistant content starts with a newline: it merges with the header's into token 271"}}},
		{assistant(" \nfoo"), []Warning{{0, WarnLeadingNewline, "assistant content starts with a newline: it merges with the header's into token 26809"}}},
		{assistant(""), []Warning{{0, WarnEmptyAssistant, "assistant content is empty"}}},
		{format.Turn{Role: format.User, Content: "\n"}, nil},
		{format.Turn{Role: format.User, Content: "a <tool_call> <|im_end|>"}, []Warning{
			{0, WarnSpecialLiteral, "user content holds the added token <tool_call> as text (2 such strings)"}}},
	} {
		if got := tp.Warnings(appendMessages(nil, format.Chat{c.turn})); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, expected %v", c.turn, got, c.want)
		}
	}
}

func TestTheKindsInAChatAreThoseOfItsWarnings(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name := range Templates {
		tp := template(t, name, Options{})
		for range 300 {
			chat := format.Chat{{Role: format.System, Content: "s"}}
			for range rng.IntN(4) {
				chat = append(chat, format.Turn{Role: format.User, Content: pick(rng, "u", "<|im_end|>", "\n")},
					format.Turn{Role: format.Assistant, Content: pick(rng, "a", "", "\na", " a", "a<|im_start|>", "<tool_call>")})
			}
			var want []string
			for _, w := range tp.Warnings(appendMessages(nil, chat)) {
				want = append(want, w.Kind)
			}
			slices.Sort(want)
			var ex Example
			tp.Apply(&ex, chat)
			if got := tp.WarningKindsIn(chat, &ex); !slices.Equal(got, slices.Compact(want)) {
				t.Fatalf("%s: %v: %q, warnings %v", name, chat, got, want)
			}
		}
	}
}

func TestACallIsNotAnEmptyTurn(t *testing.T) {
	call := format.Message{Role: format.Assistant, Calls: []format.Call{{Name: "f", Arguments: json.RawMessage("{}")}}}
	if got := template(t, "qwen2.5", Options{}).Warnings([]format.Message{call}); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// The warning is worth its name: only a content that draws it changes the
// tokens of the header.
func TestALeadingNewlineIsWarnedOfExactlyWhenItMerges(t *testing.T) {
	tp := template(t, "qwen2.5", Options{})
	for _, content := range []string{"a", "\na", " a", " \n a", "\t\r\na", "\u00a0\na", "\u2028a", "\u0085\na", "\va", "\n", " ", "\u3000\n"} {
		joint := tp.tok.Append(nil, "assistant\n"+content)
		merges := !slices.Equal(joint[:len(tp.header)], tp.header)
		if _, warned := tp.mergedNewline(content); warned != merges {
			t.Errorf("%q: warned %v, merges %v", content, warned, merges)
		}
	}
}
