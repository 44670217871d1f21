package style

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
)

// afterQuery is how a student thinks whose template shows the thoughts after
// the last user turn alone.
func afterQuery(chat format.Chat) int {
	last := 0
	for i, turn := range chat {
		if turn.Role == format.User && !strings.HasPrefix(turn.Content, "<tool_response>") {
			last = i
		}
	}
	return last + 1
}

var qwen3Specials = []string{"<|im_end|>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"}

const thoughtful = `{"messages":[{"role":"system","content":"S"},{"role":"user","content":"q"},
	{"role":"assistant","reasoning_content":"look first","content":"","tool_calls":[{"id":"1","function":{"name":"f","arguments":{}}}]},
	{"role":"tool","tool_call_id":"1","content":"one <think>"},
	{"role":"assistant","content":"<think>\nthat is it\n</think>\n\ndone"}]}`

func TestThoughtsAreWrittenAsTheStudentKnowsThem(t *testing.T) {
	const call, openCall = "<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>", "<function=f>\n</function>"
	kept, dropped := format.NoteKeptReasoning, format.NoteDroppedReasoning
	for _, c := range []struct {
		name      string
		as        string
		reasoning format.Reasoning
		thinks    bool
		act, last string
		notes     []string
	}{
		{"think blocks after the last question", "qwen", "", true, "<think>\nlook first\n</think>\n\n" + call, "<think>\nthat is it\n</think>\n\ndone", []string{kept, kept}},
		{"the same where keep is said", "qwen", "keep", true, "<think>\nlook first\n</think>\n\n" + call, "<think>\nthat is it\n</think>\n\ndone", []string{kept, kept}},
		{"results that are user turns hide the thoughts before them", "openhands", "", true, openCall, "<think>\nthat is it\n</think>\n\ndone", []string{dropped, kept}},
		{"none where drop is said", "qwen", "drop", true, call, "done", []string{dropped, dropped}},
		{"a student without a place: apart is left out, in the text is text", "qwen", "", false, call, "<think>\nthat is it\n</think>\n\ndone", []string{dropped}},
		{"keep writes words before the call", "qwen", "keep", false, "look first\n" + call, "<think>\nthat is it\n</think>\n\ndone", []string{kept, kept}},
		{"and before the tags", "openhands", "keep", false, "look first\n\n" + openCall, "<think>\nthat is it\n</think>\n\ndone", []string{kept, kept}},
		{"drop takes blocks out of the text too", "qwen", "drop", false, call, "done", []string{dropped, dropped}},
	} {
		opt := RenderOptions{Reasoning: c.reasoning, Specials: []string{"<|im_end|>", "<tool_call>", "</tool_call>"}}
		if c.thinks {
			opt.ThoughtsFrom, opt.Specials = afterQuery, qwen3Specials
		}
		chat, notes, err := Render(formattest.MustParse(t, "openai", thoughtful), protocol.Style(c.as), opt)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if chat[2].Content != c.act || chat[4].Content != c.last {
			t.Errorf("%s:\n got %q and %q\nwant %q and %q", c.name, chat[2].Content, chat[4].Content, c.act, c.last)
		}
		told := slices.DeleteFunc(notes, func(n string) bool { return n != kept && n != dropped })
		slices.Sort(told)
		if want := slices.Sorted(slices.Values(c.notes)); !slices.Equal(told, want) {
			t.Errorf("%s: got notes %q, want %q", c.name, told, want)
		}
		if broken := strings.Contains(chat[3].Content, "< think>"); broken != c.thinks {
			t.Errorf("%s: a tag in a result is broken for students that know it, got %q", c.name, chat[3].Content)
		}
	}
}

// The template takes all before the last </think> for a thought, so that one
// that ends no thought must not reach it; <think> alone costs nothing.
func TestTagsThatWouldCostWordsAreBroken(t *testing.T) {
	for _, c := range []struct{ content, reasoning, want string }{
		{"The <think> tag opens.", "", "The <think> tag opens."},
		{"It ends with `</think>` here.", "", "It ends with `< /think>` here."},
		{"Both: `<think>` and `</think>`.", "", "Both: `< think>` and `< /think>`."},
		{"so", "it ends with </think>, I know", "<think>\nit ends with < /think>, I know\n</think>\n\nso"},
		{"<think>one</think>so `</think>`", "", "<think>\none\n</think>\n\nso `< /think>`"},
		{"<think>cut off", "", "<think>\ncut off\n</think>\n\n"},
		{"<think>\n\n</think>\n\nso", "", "so"},
		{"<think>twice</think>so", "twice", "<think>\ntwice\n</think>\n\nso"},
		{"so", "<think>\nwrapped\n</think>", "<think>\nwrapped\n</think>\n\nso"},
		{"\n\nso", "lead", "<think>\nlead\n</think>\n\nso"},
	} {
		tr := &format.Trajectory{Messages: []format.Message{
			{Role: format.System, Content: "S"}, {Role: format.User, Content: "q"}, {Role: format.Assistant, Content: c.content, Reasoning: c.reasoning},
		}}
		chat, _, err := Render(tr, "keep", RenderOptions{Specials: qwen3Specials, ThoughtsFrom: afterQuery})
		if err != nil || chat[2].Content != c.want {
			t.Errorf("%q and %q: got %q, %v, want %q", c.content, c.reasoning, chat[2].Content, err, c.want)
		}
	}
}

func TestATurnOfNothingButAThought(t *testing.T) {
	tr := &format.Trajectory{Messages: []format.Message{
		{Role: format.System, Content: "S"}, {Role: format.User, Content: "q"}, {Role: format.Assistant, Reasoning: "early"},
		{Role: format.User, Content: "go on"}, {Role: format.Assistant, Reasoning: "late"}, {Role: format.Assistant, Content: "done", Reasoning: "later"},
	}}
	chat, notes, err := Render(tr, "keep", RenderOptions{ThoughtsFrom: afterQuery})
	want := format.Chat{{Role: format.System, Content: "S"}, {Role: format.User, Content: "q\n\ngo on"},
		{Role: format.Assistant, Content: "<think>\nlate\n\nlater\n</think>\n\ndone"}}
	if err != nil || !reflect.DeepEqual(chat, want) {
		t.Errorf("got %+v, %v, want %+v", chat, err, want)
	}
	for _, n := range []string{format.NoteDroppedReasoning, format.NoteDroppedEmpty, format.NoteKeptReasoning} {
		if !slices.Contains(notes, n) {
			t.Errorf("no note %s in %q", n, notes)
		}
	}
}

func TestStructuredThoughtsStayOrGo(t *testing.T) {
	for reasoning, want := range map[format.Reasoning][2]string{"": {"look first", "<think>\nthat is it\n</think>\n\ndone"}, "drop": {"", "done"}} {
		tr := formattest.MustParse(t, "openai", thoughtful)
		out, notes, err := Supply(tr, RenderOptions{Reasoning: reasoning})
		if got := [2]string{out.Messages[2].Reasoning, out.Messages[4].Content}; err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", reasoning, got, err, want)
		}
		if tr.Messages[2].Reasoning != "look first" || len(notes) == 0 {
			t.Errorf("%q: the record's own thought is %q, notes %q", reasoning, tr.Messages[2].Reasoning, notes)
		}
	}
}
