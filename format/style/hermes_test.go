package style

import (
	"strings"
	"testing"

	"trainyard/format/formattest"
)

const hermesRecord = `{"messages":[{"role":"system","content":"S"},{"role":"user","content":"q"},
	{"role":"assistant","content":"both","tool_calls":[{"id":"1","function":{"name":"say \"f\"","arguments":{"z":1.50,"a":"<tool_call>"}}},{"id":"2","function":{"name":"g","arguments":{}}}]},
	{"role":"tool","tool_call_id":"1","content":"one"},{"role":"tool","tool_call_id":"2","content":"two\r\n"},
	{"role":"assistant","content":"done"}],"tools":[{"type":"function","function":{"name":"g","description":"a <tool_call>"}},{"name":"h"}]}`

var hermesSpecials = []string{"<tool_call>", "</tool_call>"}

func TestHermesStyle(t *testing.T) {
	chat, _, err := Render(formattest.MustParse(t, "openai", hermesRecord), "hermes", RenderOptions{Specials: hermesSpecials})
	if err != nil {
		t.Fatal(err)
	}
	system := "S" + hermesToolsHead + `
{"type": "function", "function": {"name": "g", "description": "a < tool_call>"}}
{"name": "h"}` + hermesToolsTail
	for i, want := range []string{
		system, "q", `both
<tool_call>
{"name": "say \"f\"", "arguments": {"z": 1.5, "a": "< tool_call>"}}
</tool_call>
<tool_call>
{"name": "g", "arguments": {}}
</tool_call>`,
		"<tool_response>\none\n</tool_response>\n<tool_response>\ntwo\n\n</tool_response>", "done",
	} {
		if chat[i].Content != want {
			t.Errorf("turn %d:\n got %q\nwant %q", i+1, chat[i].Content, want)
		}
	}
}

// hermesWords is a wording of our own: the arguments first, results as JSON of
// the harness, tools on one line.
const hermesWords = `=== system
{{system}}

Tools: <tools>{{tools}}</tools> Write
<tool_call>
{"arguments": OBJECT, "name": NAME}
</tool_call>
=== tool
{{json}}
=== between tools
,
=== result
<tool_response>
{{name}}: {{content}}
</tool_response>
=== call
{"arguments": {{arguments}}, "name": {{name}}}
=== first user
Task: {{content}}
`

func TestHermesStyleInAScaffoldsWords(t *testing.T) {
	p, err := ParseToolPrompt([]byte(hermesWords))
	if err != nil {
		t.Fatal(err)
	}
	chat, _, err := Render(formattest.MustParse(t, "openai", hermesRecord), "hermes", RenderOptions{ToolPrompt: p, Specials: hermesSpecials})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`S

Tools: <tools>{"type": "function", "function": {"name": "g", "description": "a < tool_call>"}},{"name": "h"}</tools> Write
<tool_call>
{"arguments": OBJECT, "name": NAME}
</tool_call>`,
		"Task: q", `both
<tool_call>
{"arguments": {"z": 1.5, "a": "< tool_call>"}, "name": "say \"f\""}
</tool_call>
<tool_call>
{"arguments": {}, "name": "g"}
</tool_call>`,
		"<tool_response>\nsay \"f\": one\n</tool_response>\n<tool_response>\ng: two\n\n</tool_response>", "done",
	} {
		if chat[i].Content != want {
			t.Errorf("turn %d:\n got %q\nwant %q", i+1, chat[i].Content, want)
		}
	}
	// A special in a tool's name reaches neither the call nor the head of the result.
	chat, _, err = Render(formattest.MustParse(t, "openai", strings.ReplaceAll(hermesRecord, `say \"f\"`, "f<tool_call>")), "hermes",
		RenderOptions{ToolPrompt: p, Specials: hermesSpecials})
	if err != nil {
		t.Fatal(err)
	}
	if call := `"name": "f< tool_call>"`; !strings.Contains(chat[2].Content, call) {
		t.Errorf("got %q, want %s in it", chat[2].Content, call)
	}
	if want := "<tool_response>\nf< tool_call>: one\n</tool_response>"; !strings.HasPrefix(chat[3].Content, want) {
		t.Errorf("got %q, want %q first", chat[3].Content, want)
	}
	for _, call := range []string{`{"name": {{name}}}`, `{{arguments}}`, `{"name": {{name}}, "arguments": [{{arguments}}]}`, `name`} {
		file := strings.Replace(hermesWords, `{"arguments": {{arguments}}, "name": {{name}}}`, call, 1)
		if _, err := ParseToolPrompt([]byte(file)); err == nil || !strings.Contains(err.Error(), `section "call"`) {
			t.Errorf("%s: got %v", call, err)
		}
	}
}

func TestHermesWordsAreLearned(t *testing.T) {
	if alone := learnedAgain(t, "hermes", hermesWords); !alone.has("call") {
		t.Error("the order of a call is not learned without the twin's messages")
	}
}
