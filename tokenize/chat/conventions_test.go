package chat

import (
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/tokenize"
)

// trained joins the text of the trained spans, one string a span.
func trained(t testing.TB, convention string, chat format.Chat) []string {
	t.Helper()
	var ex Example
	template(t, "qwen2.5", Options{Convention: convention}).Apply(&ex, chat)
	return spanTexts(&ex)
}

func spanTexts(ex *Example) []string {
	var all []string
	for _, s := range ex.Spans {
		all = append(all, string(tokenize.Qwen25().Decode(ex.IDs[s.Start:s.End])))
	}
	return all
}

func TestEachTrainerTrainsOnItsOwnTokens(t *testing.T) {
	chat := format.Chat{
		{Role: format.System, Content: "s"},
		{Role: format.User, Content: "u"},
		{Role: format.Assistant, Content: "one"},
		{Role: format.User, Content: "u"},
		{Role: format.Assistant, Content: "two", Untrained: true},
		{Role: format.User, Content: "u"},
		{Role: format.Assistant, Content: "three"},
	}
	const header = "<|im_start|>assistant\n"
	newline := []string{"one<|im_end|>\n", "three<|im_end|>\n"}
	bare := []string{"one<|im_end|>", "three<|im_end|>"}
	whole := []string{header + "one<|im_end|>\n", header + "three<|im_end|>\n"}
	expected := map[string][]string{
		"default": bare, "axolotl": bare,
		"llamafactory": newline, "open-instruct": newline, "verl": newline, "slime": newline, "openrlhf": newline,
		"swift":     {"one<|im_end|>\n", "three<|im_end|>\n"},
		"swift-3":   {"one<|im_end|>", "three<|im_end|>"},
		"trl":       {"\none<|im_end|>\n", "\nthree<|im_end|>\n"},
		"torchtune": {header + "one<|im_end|>\n", header + "three<|im_end|>"},
		"nemo":      whole,
	}
	for name := range Conventions {
		if got := trained(t, name, chat); !slices.Equal(got, expected[name]) {
			t.Errorf("%s trains %q, expected %q", name, got, expected[name])
		}
	}
}

// A newline at the start of content merges with the header's in trainers that
// encode the whole text; the merged token belongs to both sides.
func TestALeadingNewlineMergesAsInEachTrainer(t *testing.T) {
	chat := format.Chat{{Role: format.System, Content: "s"}, {Role: format.User, Content: "u"}, {Role: format.Assistant, Content: "\nfoo"}}
	for _, c := range []struct{ convention, want string }{
		{"default", "foo<|im_end|>"},
		{"openrlhf", "foo<|im_end|>\n"},
		{"axolotl", "\n\nfoo<|im_end|>"},
		{"trl", "\n\nfoo<|im_end|>\n"},
		{"llamafactory", "\nfoo<|im_end|>\n"},
		{"swift", "\nfoo<|im_end|>\n"},
		{"swift-3", "\nfoo<|im_end|>"},
	} {
		if got := trained(t, c.convention, chat); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s trains %q, expected %q", c.convention, got, c.want)
		}
	}
}

func TestTRLTrainsOnTheCharactersOfItsTemplate(t *testing.T) {
	tp := template(t, "qwen2.5", Options{Convention: "trl", Literals: AsTokens})
	for _, g := range goldenChats(t) {
		var want []string
		for _, s := range g.TRLSpans {
			want = append(want, string([]rune(g.Text)[s[0]:s[1]]))
		}
		var ex Example
		if err := tp.ApplyTools(&ex, messages(g.Messages), g.Tools); err != nil {
			t.Fatal(err)
		}
		if got := spanTexts(&ex); !slices.Equal(got, want) {
			t.Errorf("%s: trains %q, expected %q", g.Name, got, want)
		}
	}
}

func TestSpansAreExactlyTheTrainedAssistantContents(t *testing.T) {
	var want []string
	for _, turn := range agentChat {
		if turn.Role == format.Assistant && !turn.Untrained {
			want = append(want, turn.Content+"<|im_end|>")
		}
	}
	if got := trained(t, "", agentChat); !slices.Equal(got, want) {
		t.Errorf("trains %q, expected %q", got, want)
	}
	var ex Example
	template(t, "qwen2.5", Options{}).Apply(&ex, agentChat)
	if n := len(tokenize.Qwen25().Append(nil, strings.Join(want, ""))); ex.Trained() >= n {
		t.Errorf("%d trained tokens, at least as many as the %d of the text with its <|im_end|> spelled out", ex.Trained(), n)
	}
}
