package protocol

import (
	"strings"
	"testing"
	"time"
)

func TestThoughtsAreTakenOutOfAText(t *testing.T) {
	for _, c := range []struct{ name, text, thought, rest string }{
		{"a leading block", "<think>\nhm\n</think>\n\nso", "hm", "so"},
		{"on one line", "<think>hm</think>so", "hm", "so"},
		{"behind white space", "\n\n <think>hm</think> so", "hm", " so"},
		{"empty", "<think>\n\n</think>\n\nso", "", "so"},
		{"alone", "<think>hm</think>", "hm", ""},
		{"without its first tag", "hm\nand hm\n</think>\n\nso", "hm\nand hm", "so"},
		{"without its last tag", "<think>\nhm, and then", "hm, and then", ""},
		{"cut off before a call", "<think>hm\n<function=ls>\n</function>", "hm", "<function=ls>\n</function>"},
		{"a call inside", "<think>I write <function=ls> next</think><function=ls>\n</function>", "I write <function=ls> next", "<function=ls>\n</function>"},
		{"several, as joined turns have them", "<think>one</think>a\n\n<think>two</think>\nb", "one\n\ntwo", "a\n\nb"},
		{"none in a fence", "<think>one</think>a\n```\n<think>two</think>\n```", "one", "a\n```\n<think>two</think>\n```"},
		{"none below a call", "<think>one</think><function=w>\n<think>two</think>", "one", "<function=w>\n<think>two</think>"},
	} {
		thought, rest, found := SplitThink(c.text)
		if thought != c.thought || rest != c.rest || !found {
			t.Errorf("%s: got %q and %q, %v, want %q and %q", c.name, thought, rest, found, c.thought, c.rest)
		}
	}
}

func TestAMentionOfTheTagsIsNoThought(t *testing.T) {
	for _, text := range []string{
		"", "so", "The `<think>` tag opens, `</think>` closes.", "first, <think>hm</think>", "print('</think>')\n", "<function=w>\n</think>\n",
	} {
		if thought, rest, found := SplitThink(text); found || rest != text {
			t.Errorf("%q: took %q, left %q", text, thought, rest)
		}
	}
}

// Every word of a text is in the thought or in the rest, and the rest leads with
// no closed block: taking twice takes nothing more of it.
func FuzzSplitThink(f *testing.F) {
	for _, text := range []string{"<think>a</think>b", "a\n</think>\nb", "<think>a", "<think>a</think>b\n<think>c</think>\n```\n<think>d</think>", "<think></think><function=f>"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		thought, rest, found := SplitThink(text)
		if !found && (thought != "" || rest != text) {
			t.Fatalf("took %q, left %q of %q without a block", thought, rest, text)
		}
		if got, want := len(wordsOf(thought))+len(wordsOf(rest)), len(wordsOf(text)); got != want {
			t.Errorf("%d of the %d words of %q: %q and %q", got, want, text, thought, rest)
		}
	})
}

// wordsOf are the letters of a text, tags aside: taking a block out may part or
// join words, but loses none.
func wordsOf(text string) string {
	text = strings.NewReplacer(ThinkOpen, " ", ThinkClose, " ").Replace(text)
	return strings.Join(strings.Fields(text), "")
}

// Twice the text takes about twice the time, whatever it holds.
func TestTakingThoughtsOutIsLinear(t *testing.T) {
	for _, piece := range []string{"<think>a</think>\n", "<think>a</think> ", "<think>", "\n<think>", "</think>", "```\n<think>\n"} {
		if took := timeOf(t, "<think>a</think>"+strings.Repeat(piece, 100_000)); took > 3*time.Second {
			t.Errorf("%q repeated took %v", piece, took)
		}
	}
}

func timeOf(t *testing.T, text string) time.Duration {
	t.Helper()
	start := time.Now()
	SplitThink(text)
	return time.Since(start)
}
