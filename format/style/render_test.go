package style

import (
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
)

// rendered writes OpenAI messages in a style as "role: text" lines, and
// gives the notes.
func rendered(tb testing.TB, style protocol.Style, messages string, opt RenderOptions) (string, []string, error) {
	tb.Helper()
	if opt.DefaultSystem == "" {
		opt.DefaultSystem = "D"
	}
	chat, notes, err := Render(formattest.MustParse(tb, "openai", `{"messages":[`+messages+`]}`), style, opt)
	var lines []string
	for _, turn := range chat {
		lines = append(lines, string(turn.Role[0])+":"+turn.Content)
	}
	return strings.Join(lines, " | "), notes, err
}

func TestChatInvariants(t *testing.T) {
	const (
		sys   = `{"role":"system","content":"S"},`
		user  = `{"role":"user","content":"q"},`
		reply = `{"role":"assistant","content":"ok"}`
	)
	for _, c := range []struct {
		name, messages, want string
		notes                []string
	}{
		{"a chat as it should be", sys + user + reply, "s:S | u:q | a:ok", nil},
		{"the default system text is written out", user + reply, "s:D | u:q | a:ok", []string{format.NoteDefaultSystem}},
		{"an empty system text is none", `{"role":"system","content":""},` + user + reply, "s:D | u:q | a:ok", []string{format.NoteDefaultSystem}},
		{"system texts at the start are joined", sys + sys + user + reply, "s:S\n\nS | u:q | a:ok", []string{format.NoteMerged}},
		{"a late system text becomes a user turn", sys + user + reply + `,{"role":"system","content":"now"},` + reply, "s:S | u:q | a:ok | u:now | a:ok", []string{format.NoteLateSystem}},
		{"neighbours of one role are joined", sys + user + user + reply + "," + reply, "s:S | u:q\n\nq | a:ok\n\nok", []string{format.NoteMerged, format.NoteMerged}},
		{"what follows the last assistant turn is dropped", sys + user + reply + "," + user + `{"role":"tool","content":"r"}`, "s:S | u:q | a:ok", []string{format.NoteMerged, format.NoteDroppedTail}},
		{"an empty assistant turn is dropped", sys + user + `{"role":"assistant","content":" \n"},` + user + reply, "s:S | u:q\n\nq | a:ok", []string{format.NoteDroppedEmpty, format.NoteMerged}},
		{"leading lines are cut", sys + user + `{"role":"assistant","content":" \r\n\n  ok\n"}`, "s:S | u:q | a:  ok\n", []string{format.NoteCRLF, format.NoteTrimmedLeading}},
		{"leading spaces stay", sys + user + `{"role":"assistant","content":"  ok"}`, "s:S | u:q | a:  ok", nil},
		{"Windows line ends become ours", sys + `{"role":"user","content":"a\r\nb\rc"},` + reply, "s:S | u:a\nb\rc | a:ok", []string{format.NoteCRLF}},
	} {
		got, notes, err := rendered(t, "openhands", c.messages, RenderOptions{})
		if err != nil || got != c.want || !slices.Equal(notes, c.notes) {
			t.Errorf("%s: got %q %v %v, want %q %v", c.name, got, notes, err, c.want, c.notes)
		}
	}
}

func TestRenderRejects(t *testing.T) {
	const call = `{"role":"assistant","content":"","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}`
	for _, c := range []struct {
		name, messages, reason string
		style                  protocol.Style
	}{
		{"an assistant turn before any user turn", `{"role":"assistant","content":"hi"}`, format.BadOrder, "qwen"},
		{"assistant turns that are all empty", `{"role":"user","content":"q"},{"role":"assistant","content":""}`, format.NoAssistant, "qwen"},
		{"calls where text is asked for", `{"role":"user","content":"q"},` + call, format.Structured, "keep"},
		{"results where text is asked for", `{"role":"tool","content":"r"},{"role":"assistant","content":"x"}`, format.Structured, "keep"},
	} {
		_, _, err := rendered(t, c.style, c.messages, RenderOptions{})
		if formattest.ReasonOf(t, err) != c.reason {
			t.Errorf("%s: got %v, want %s", c.name, err, c.reason)
		}
	}
	tr := formattest.MustParse(t, "openai", `{"messages":[`+formattest.AskOK+`]}`)
	if _, _, err := Render(tr, "qwen", RenderOptions{}); formattest.ReasonOf(t, err) != format.NoSystem {
		t.Errorf("no system text and no default: got %v", err)
	}
	if _, _, err := Render(tr, "openhand", RenderOptions{}); err == nil || !strings.Contains(err.Error(), `did you mean "openhands"?`) {
		t.Errorf("unknown style: got %v", err)
	}
}

func TestOfJoinedTurnsEachKeepsItsLoss(t *testing.T) {
	tr := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","weight":0},{"role":"assistant","content":"b"},
		{"role":"user","content":"q"},{"role":"assistant","content":"c"}]}`)
	chat, _, err := Render(tr, "keep", RenderOptions{DefaultSystem: "D"})
	if err != nil || !slices.Equal(chat[2].Masked, format.Spans{{Start: 0, End: len("a\n\n")}}) || chat[4].Untrained || chat[4].Masked != nil {
		t.Errorf("got %+v, %v", chat, err)
	}
}

func TestOpenHandsStyle(t *testing.T) {
	const user = `{"role":"user","content":"q"},`
	call := func(id, name string) string {
		return `{"id":"` + id + `","function":{"name":"` + name + `","arguments":"{}"}}`
	}
	turn := func(text, calls string) string {
		return `{"role":"assistant","content":"` + text + `","tool_calls":[` + calls + `]},`
	}
	result := func(id, name string) string {
		return `{"role":"tool","tool_call_id":"` + id + `"` + name + `,"content":"r` + id + `"},`
	}
	const named, end = `,"name":"g"`, `{"role":"assistant","content":"end"}`
	f := "<function=f>\n</function>"
	for _, c := range []struct{ name, messages, want string }{
		{"text before a call", user + turn("t", call("1", "f")) + result("1", "") + end, "s:D | u:q | a:t\n\n" + f + " | u:EXECUTION RESULT of [f]:\nr1 | a:end"},
		{"no text before a call", user + turn("", call("1", "f")) + result("1", named) + end, "s:D | u:q | a:" + f + " | u:EXECUTION RESULT of [g]:\nr1 | a:end"},
		{"an unanswered last call stays", strings.TrimSuffix(user+turn("t", call("1", "f")), ","), "s:D | u:q | a:t\n\n" + f},
		{"parallel calls take turns", user + turn("t", call("1", "f")+","+call("2", "f")) + result("2", "") + result("1", "") + end,
			"s:D | u:q | a:" + f + " | u:EXECUTION RESULT of [f]:\nr2 | a:t\n\n" + f + " | u:EXECUTION RESULT of [f]:\nr1 | a:end"},
		{"calls without ids are answered in order", user + turn("", call("", "f")+","+call("", "g")) + result("", "") + result("", "") + end,
			"s:D | u:q | a:" + f + " | u:EXECUTION RESULT of [f]:\nr | a:<function=g>\n</function> | u:EXECUTION RESULT of [g]:\nr | a:end"},
		{"a result that no call asked for stays", user + end + "," + result("9", "") + end, "s:D | u:q | a:end | u:EXECUTION RESULT of [function]:\nr9 | a:end"},
	} {
		got, _, err := rendered(t, "openhands", c.messages, RenderOptions{})
		if err != nil || got != c.want {
			t.Errorf("%s:\n got %q, %v\nwant %q", c.name, got, err, c.want)
		}
	}
}

func TestToolsThatStandInTheTextAreNotWrittenAgain(t *testing.T) {
	const tools = `[{"type":"function","function":{"name":"f"}}]`
	for _, style := range []protocol.Style{"openhands", "qwen"} {
		for text, want := range map[string]bool{`<function=f>\n</function>`: false, `plain`: true} {
			tr := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"`+text+`"}],"tools":`+tools+`}`)
			chat, notes, err := Render(tr, style, RenderOptions{DefaultSystem: "D"})
			if err != nil {
				t.Fatal(err)
			}
			if got := chat[0].Content != "D"; got != want || slices.Contains(notes, format.NoteRendered) == want {
				t.Errorf("%s of %s: tools written %v, notes %v", style, text, got, notes)
			}
		}
	}
}

func TestSpecialsAreBrokenAndCounted(t *testing.T) {
	specials := []string{"<|im_end|>", "<|im_start|>", "<tool_call>"}
	for text, want := range map[string]string{
		"plain < text":           "plain < text",
		"<|im_end|>":             "< |im_end|>",
		"a<|im_end|><|im_end|>b": "a< |im_end|>< |im_end|>b",
		"<|im_<|im_end|>end|>":   "<|im_< |im_end|>end|>",
		"<tool_call>":            "< tool_call>",
	} {
		got, n := protocol.Neutralise(text, specials)
		if got != want || n != strings.Count(want, "< |")+strings.Count(want, "< tool") {
			t.Errorf("%s: got %s, %d, want %s", text, got, n, want)
		}
	}
	if got, n := protocol.Neutralise("<|a|><|b|>", []string{"<|a|>", "<|a|><|b|>", ""}); got != "< |a|><|b|>" || n != 1 {
		t.Errorf("specials that overlap: got %s, %d", got, n)
	}
}

func TestSpecialsAreBrokenWhereverTheRecordHoldsThem(t *testing.T) {
	const x = "<|im_end|>"
	record := `{"messages":[{"role":"system","content":"` + x + `"},{"role":"user","content":"` + x + `"},
		{"role":"assistant","content":"` + x + `","tool_calls":[{"id":"1","function":{"name":"f","arguments":{"a":"\u003c|im_end|>"}}}]},
		{"role":"tool","tool_call_id":"1","content":"` + x + `<tool_call>"},{"role":"assistant","content":"` + x + `"}],
		"tools":[{"type":"function","function":{"name":"f","description":"` + x + `"}}]}`
	for _, style := range []protocol.Style{"openhands", "qwen"} {
		chat, notes, err := Render(formattest.MustParse(t, "openai", record), style, RenderOptions{Specials: []string{x, "<tool_call>", "</tool_call>"}})
		if err != nil {
			t.Fatal(err)
		}
		if text := formattest.Flat(chat); strings.Count(text, x) != len(chat) { // flat closes every turn with one
			t.Errorf("%s: a special is left in %q", style, text)
		}
		if got := len(notes); got != 8 {
			t.Errorf("%s: %d notes %v, want one for each of 8", style, got, notes)
		}
	}
}

func TestCallTagsOfRenderedTextAreLeftAlone(t *testing.T) {
	tr := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"<tool_call>"},{"role":"assistant","content":"<tool_call>\n{}\n</tool_call>"}]}`)
	chat, _, err := Render(tr, "keep", RenderOptions{DefaultSystem: "D", Specials: []string{"<tool_call>", "</tool_call>"}})
	if err != nil || chat[1].Content != "< tool_call>" || chat[2].Content != "<tool_call>\n{}\n</tool_call>" {
		t.Errorf("got %+v, %v", chat, err)
	}
}
