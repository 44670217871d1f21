package style

import (
	"encoding/json"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

const ownTools = `[{"type":"function","function":{"name":"f","description":"D {{name}}","parameters":{"properties":{"a":{"type":"string","description":"A","enum":["x",1,true]},"b":{}},"required":["a"]}}},
	{"name":"g","description":"E"}]`

func TestAToolPromptIsFilledIn(t *testing.T) {
	p, err := ParseToolPrompt([]byte(formattest.OwnPrompt))
	if err != nil {
		t.Fatal(err)
	}
	const record = `{"messages":[{"role":"system","content":"S"},{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f"}}]},
		{"role":"tool","tool_call_id":"1","content":"r {{name}}"},{"role":"user","content":"again"},{"role":"assistant","content":"ok"}],"tools":` + ownTools + `}`
	chat, _, err := Render(formattest.MustParse(t, "openai", record), "openhands", RenderOptions{ToolPrompt: p})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, turn := range chat {
		got = append(got, turn.Content)
	}
	want := []string{
		"S\nTOOLS\n1) f: D {{name}} with [1 a string must A of x|1|True] [2 b any may nothing said]. --\n2) g: E alone.\n{{end}}\n=== not a section",
		"Example. Task: q Go.", "<function=f>\n</function>", "f says r {{name}}\n\nagain", "ok",
	}
	if strings.Join(got, "¶") != strings.Join(want, "¶") {
		t.Errorf("got %q,\nwant %q", got, want)
	}
}

func TestAToolPromptTellsWhatIsWrongWithIt(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"", `no section "system"`},
		{"=== sistem\n", `line 1: unknown section "sistem", did you mean "system"?`},
		{strings.Replace(formattest.OwnPrompt, "{{tools}}", "{{tools}}{{tools}}", 1), `line 4: section "system": slot {{tools}} stands twice`},
		{strings.Replace(formattest.OwnPrompt, "{{need}}", "{{ned}}", 1), `line 17: section "parameter": unknown slot "ned", did you mean "need"?`},
		{formattest.OwnPrompt + "=== tool\nx\n", `line 34: section "tool" stands twice`},
		{strings.Replace(formattest.OwnPrompt, "TOOLS{{tools}}", "TOOLS", 1), "hold {{tools}}"},
		{strings.Replace(formattest.OwnPrompt, "says {{content}}", "says", 1), `section "result" must hold {{content}}`},
		{strings.Replace(formattest.OwnPrompt, "Task: {{content}}", "Task", 1), `section "first user" must hold {{content}}`},
	} {
		_, err := ParseToolPrompt([]byte(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// recordedIn writes a conversation in the words of a template: what a
// scaffold with these words would log.
func recordedIn(t *testing.T, style protocol.Style, p *ToolPrompt, structured string) (text, twin *format.Trajectory) {
	t.Helper()
	twin = formattest.MustParse(t, "openai", structured)
	chat, _, err := Render(twin, style, RenderOptions{ToolPrompt: p})
	if err != nil {
		t.Fatal(err)
	}
	text = &format.Trajectory{}
	for _, turn := range chat {
		text.Messages = append(text.Messages, format.Message{Role: turn.Role, Content: turn.Content})
	}
	return text, twin
}

const learnable = `{"messages":[{"role":"system","content":"S"},{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f"}}]},
	{"role":"tool","tool_call_id":"1","name":"f","content":"r"},{"role":"assistant","content":"ok"}],"tools":` +
	`[{"function":{"name":"f","description":"Does f.","parameters":{"properties":{"a":{"type":"string","description":"The a.","enum":["x","y"]},"b":{"type":"integer","description":"The b."}},"required":["a"]}}},
	{"function":{"name":"g","description":"Does g."}},{"function":{"name":"h","description":"Does h.","parameters":{"properties":{"c":{"type":"string","description":"The c."}},"required":["c"]}}}]}`

// learnedAgain records a conversation in the words of a template, learns them
// from the recording and its twin, and finds that they word the twin alike. It
// returns what is learned without the twin's messages: the tools still, and
// more that the caller may look for.
func learnedAgain(t *testing.T, style protocol.Style, words string) *ToolPrompt {
	t.Helper()
	p, err := ParseToolPrompt([]byte(words))
	if err != nil {
		t.Fatal(err)
	}
	text, twin := recordedIn(t, style, p, learnable)
	again, _, err := Render(twin, style, RenderOptions{ToolPrompt: learned(t, []*format.Trajectory{twin, text})})
	if err != nil {
		t.Fatal(err)
	}
	for i, turn := range again {
		if err := difference(turn.Content, text.Messages[i].Content); err != nil {
			t.Errorf("turn %d: %v", i+1, err)
		}
	}
	text.Tools = twin.Tools
	alone := learned(t, []*format.Trajectory{text})
	if got := suffixOf(t, alone, json.RawMessage(twin.Tools)); !strings.HasSuffix(text.Messages[0].Content, got) {
		t.Error(difference(got, text.Messages[0].Content))
	}
	return alone
}

// Any wording of this layout is learned: the words here are not OpenHands'.
func TestWordsOfAnotherScaffoldAreLearned(t *testing.T) {
	const words = "=== system\n{{system}}\nYours:\n\n{{tools}}\n\nBe brief.\n=== tool\n# {{number}} {{name}}\nIt does: {{description}}{{parameters}}end {{number}}\n\n=== between tools\n\n\n" +
		"=== parameters\n\nTakes:\n{{parameters}}\n=== no parameters\n\nTakes none.\n\n=== parameter\n- {{number}} {{name}} <{{type}}; {{need}}> {{description}}{{values}}\n\n" +
		"=== required\nneeded\n=== optional\nfree\n=== values\n (one of {{values}})\n=== between values\n, \n=== result\n[{{name}}]\n{{content}}\n=== first user\nFor example.\n{{content}}\nStart.\n"
	alone := learnedAgain(t, "openhands", words)
	if got := alone.sections["system"]; got != "{{system}}\nYours:\n\n{{tools}}\n\nBe brief." {
		t.Errorf("system: got %q", got)
	}
	if got, _ := alone.result("f", "r"); got != "[f]\nr" {
		t.Errorf("result: got %q", got)
	}
}

func TestWhatCannotBeLearnedSaysWhy(t *testing.T) {
	p, err := ParseToolPrompt([]byte(formattest.OwnPrompt))
	if err != nil {
		t.Fatal(err)
	}
	text, twin := recordedIn(t, "openhands", p, learnable)
	other := formattest.MustParse(t, "openai", strings.ReplaceAll(learnable, "Does g.", "Does something else."))
	structured := formattest.MustParse(t, "openai", learnable)
	for _, c := range []struct {
		name string
		list []*format.Trajectory
		want string
	}{
		{"no text", []*format.Trajectory{structured}, "no trajectory in which tools and calls stand as text"},
		{"no tools", []*format.Trajectory{text}, "no tool list goes with the text"},
		{"other tools", []*format.Trajectory{text, other}, `tool "g" is not described in the text as the tool list describes it: after 5 bytes the list has "something else.", the text "g.`},
		{"no parameters on lines of their own", []*format.Trajectory{text, twin}, ""},
	} {
		_, err := LearnToolPrompt(c.list)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func FuzzToolPrompt(f *testing.F) {
	f.Add([]byte(formattest.OwnPrompt), []byte(ownTools))
	f.Add([]byte("=== system\n{{system}}{{tools}}\n=== tool\n=== parameter\n"), []byte(`[{"name":"x","parameters":{"properties":{"a":{"enum":[[1,null]]}}}}]`))
	f.Add([]byte("=== system\n{{system}}{{tools}}\r\r\n=== tool\n{{name}}\r\r"), []byte(`[{"name":"x"}]`))
	f.Fuzz(func(t *testing.T, file, tools []byte) {
		p, err := ParseToolPrompt(file)
		if err != nil || len(file)+len(tools) > 1<<14 {
			return
		}
		again, err := ParseToolPrompt(p.file(""))
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		_ = pyjson.WithIndex(tools, func(v pyjson.Value) error {
			before, after, whole := p.around(v)
			if b, a, w := again.around(v); b != before || a != after || w != whole {
				t.Error("a template changes when it is printed and read again")
			}
			return nil
		})
	})
}

func FuzzLearnToolPrompt(f *testing.F) {
	f.Add("S\nYours:\n# 1 f\nDoes f.\n- 1 a <string; must> The a.\n- 2 b <integer; may> The b.\nend 1\n", []byte(ownTools))
	f.Fuzz(func(t *testing.T, system string, tools []byte) {
		if len(system)+len(tools) > 1<<12 {
			return
		}
		text := &format.Trajectory{Tools: tools, Messages: []format.Message{{Role: format.System, Content: system}, {Role: format.User, Content: "q"}, {Role: format.Assistant, Content: "<function=f>\n</function>"}, {Role: format.User, Content: "[f]\nr"}}}
		file, err := LearnToolPrompt([]*format.Trajectory{text})
		if err != nil {
			return
		}
		p, err := ParseToolPrompt(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := suffixOf(t, p, tools); !strings.HasSuffix(system, got) {
			t.Errorf("learned from %q, the template gives %q", system, got)
		}
	})
}
