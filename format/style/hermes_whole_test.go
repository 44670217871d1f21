package style

import (
	"strings"
	"testing"

	"trainyard/format"
)

// hermesPair is a conversation as structure, and as the text that a scaffold made
// of it: the tools stand in the middle of the words around the system text.
func hermesPair(system func(own, tools string) string, call, result string) (structured, text *format.Trajectory) {
	const tool = `{"type": "function", "function": {"name": "f", "description": "Does f.", "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}}}`
	structured = &format.Trajectory{Tools: []byte("[" + tool + "]"), Messages: []format.Message{
		{Role: format.System, Content: "You act."}, {Role: format.User, Content: "q"},
		{Role: format.Assistant, Content: "I call.", Calls: []format.Call{{ID: "1", Name: "f", Arguments: []byte(`{"a": "x"}`)}}},
		{Role: format.ToolRole, CallID: "1", Name: "f", Content: "what came of it"}, {Role: format.Assistant, Content: "done"},
	}}
	text = &format.Trajectory{Messages: []format.Message{
		{Role: format.System, Content: system("You act.", tool)}, {Role: format.User, Content: "q"},
		{Role: format.Assistant, Content: "I call.\n<tool_call>\n" + call + "\n</tool_call>"},
		{Role: format.User, Content: strings.ReplaceAll(result, "R", "what came of it")}, {Role: format.Assistant, Content: "done"},
	}}
	return structured, text
}

const ownCall = `{"name": "f", "arguments": {"a": "x"}}`

// What is learned from a recording gives the recording again, wherever the tools
// stand in it, or nothing is learned.
func TestLearnedWordsOfHermesGiveTheRecordingAgain(t *testing.T) {
	for name, system := range map[string]func(own, tools string) string{
		"behind the system text": func(own, tools string) string {
			return own + "\n\nTools: <tools>[" + tools + "]</tools> Call in <tool_call>.\n"
		},
		"between words and text": func(own, tools string) string {
			return "Tools:\n<tools>\n" + tools + "\n</tools>\n\n" + own + "\nBegin."
		},
		"words on either side":     func(own, tools string) string { return "## Role\n" + own + "\n## Tools\n<tools>" + tools + "</tools>" },
		"a slot's braces in words": func(own, tools string) string { return "{{x}} " + own + "\n<tools>" + tools + "</tools>" },
	} {
		for _, call := range []string{ownCall, `{"arguments": {"a": "x"}, "name": "f"}`} {
			structured, text := hermesPair(system, call, "<tool_response>\n{\"name\": \"f\", \"content\": R}\n</tool_response>")
			file, err := LearnToolPrompt([]*format.Trajectory{text, structured})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			prompt, err := ParseToolPrompt(file)
			if err != nil {
				t.Fatal(err)
			}
			chat, _, err := Render(structured, "hermes", RenderOptions{ToolPrompt: prompt})
			if err != nil {
				t.Fatal(err)
			}
			for i, m := range text.Messages {
				if chat[i].Content != m.Content {
					t.Errorf("%s: turn %d: got %q, want %q", name, i, chat[i].Content, m.Content)
				}
			}
		}
	}
}

func TestWhatStyleHermesCannotGiveAgainIsNotLearned(t *testing.T) {
	behind := func(own, tools string) string { return own + "\n<tools>" + tools + "</tools>" }
	for name, c := range map[string]struct {
		call, result string
		twin         bool
		want         string
	}{
		"a call without spaces":         {`{"name":"f","arguments":{"a":"x"}}`, "<tool_response>\nR\n</tool_response>", true, "message 3: style hermes writes this call as"},
		"results in words of their own": {ownCall, "Result: R", false, "message 4: a result in words that cannot be told"},
	} {
		structured, text := hermesPair(behind, c.call, c.result)
		list := []*format.Trajectory{text, structured}
		if !c.twin {
			text.Tools, list = structured.Tools, list[:1]
		}
		if file, err := LearnToolPrompt(list); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %s, %v, want %s", name, file, err, c.want)
		}
	}
}

// A system text that holds its tools is whole: nothing describes them again, and
// the tags that it shows stay notation.
func TestAWholeSystemTextStaysAsItIs(t *testing.T) {
	whole := "You call functions: <tools> [{\"name\": \"f\"}] </tools> Reply with\n<tool_call>\n{}\n</tool_call>\n"
	structured, _ := hermesPair(func(own, _ string) string { return own }, ownCall, "R")
	opt := RenderOptions{Specials: []string{"<tool_call>", "</tool_call>", "<|im_end|>"}}
	unrecorded := *structured
	unrecorded.Tools, unrecorded.ToolsUnrecorded = nil, true
	recorded := *structured
	recorded.Messages = append([]format.Message{{Role: format.System, Content: whole}}, structured.Messages[1:]...)
	for name, c := range map[string]struct {
		t      *format.Trajectory
		system string
	}{"recorded": {&recorded, ""}, "supplied": {structured, whole}, "supplied, tools not recorded": {&unrecorded, whole}} {
		opt.System = c.system
		chat, _, err := Render(c.t, "hermes", opt)
		if err != nil || chat[0].Content != whole {
			t.Errorf("%s: got %v, %v", name, chat, err)
		}
	}
	prompt, err := ParseToolPrompt([]byte("=== system\nAll of it: {{tools}}.\n=== tool\n{{json}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	opt.System, opt.ToolPrompt = "", prompt
	chat, notes, err := Render(structured, "hermes", opt)
	if want := "All of it: "; err != nil || !strings.HasPrefix(chat[0].Content, want+"{\"type\"") || strings.Contains(chat[0].Content, "You act") || len(notes) != 1 || notes[0] != format.NoteSystem {
		t.Errorf("got %v, %v, %v", chat, notes, err)
	}
}
