package style

import (
	"encoding/json"
	"reflect"
	"testing"

	"trainyard/format"
	"trainyard/format/formattest"
)

const qwenDefault = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."

// The golden texts that show what this style is there to avoid or that no
// chat can hold are listed with the reason.
var notOurs = map[string]string{
	"empty_system":                       "an empty system text becomes the default",
	"args_as_json_string_DOUBLE_ENCODED": "arguments are read as the object they are",
	"null_filled_args":                   "ends on a result, which a chat drops",
}

func TestQwenStyleEqualsTheStockTemplate(t *testing.T) {
	cases := formattest.Unmarshal[[]struct {
		Name     string
		Messages json.RawMessage
		Tools    json.RawMessage
		Text     string
	}](t, formattest.ReadFixture(t, "qwen/golden_chat.json"))
	for _, c := range cases {
		if notOurs[c.Name] != "" {
			continue
		}
		tr := formattest.MustParse(t, "openai", `{"messages":`+string(c.Messages)+`,"tools":`+string(c.Tools)+`}`)
		chat, _, err := Render(tr, "qwen", RenderOptions{DefaultSystem: qwenDefault})
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		if got := formattest.Flat(chat); got != c.Text {
			t.Errorf("%s:\n got %q\nwant %q", c.Name, got, c.Text)
		}
	}
}

func TestQwenStyle(t *testing.T) {
	const ask = `{"role":"user","content":"q"},`
	call := func(args string) string {
		return `{"role":"assistant","content":"","tool_calls":[{"id":"1","function":{"name":"f","arguments":` + args + `}}]}`
	}
	for _, c := range []struct{ name, messages, want string }{
		{"prints arguments as Python does", ask + call(`{"z":1,"a":[1.50,1e-7,"é\u2028<&>"],"n":null,"b":true}`),
			`{"name": "f", "arguments": {"z": 1, "a": [1.5, 1e-07, "é` + "\u2028" + `<&>"], "n": null, "b": true}}`},
		{"reads arguments from a JSON string", ask + call(`"{\"b\":1,\"a\":2}"`), `{"name": "f", "arguments": {"b": 1, "a": 2}}`},
		{"takes the last of a repeated name at its first place", ask + call(`{"a":1,"b":2,"a":3}`), `{"name": "f", "arguments": {"a": 3, "b": 2}}`},
	} {
		chat, _, err := Render(formattest.MustParse(t, "openai", `{"messages":[`+c.messages+`]}`), "qwen", RenderOptions{DefaultSystem: "s"})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := chat[len(chat)-1].Content, "<tool_call>\n"+c.want+"\n</tool_call>"; got != want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, want)
		}
	}
}

func TestQwenResultsInARowAreOneTurn(t *testing.T) {
	tr := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"q"},
		{"role":"assistant","content":"both","tool_calls":[{"id":"1","function":{"name":"f","arguments":{}}},{"id":"2","function":{"name":"g","arguments":{}}}]},
		{"role":"tool","tool_call_id":"1","content":"one"},{"role":"tool","tool_call_id":"2","content":"two"},
		{"role":"assistant","content":"done"}]}`)
	chat, notes, err := Render(tr, "qwen", RenderOptions{DefaultSystem: "s"})
	if err != nil || len(notes) != 1 {
		t.Fatal(notes, err)
	}
	want := format.Chat{{Role: format.System, Content: "s"}, {Role: format.User, Content: "q"},
		{Role: format.Assistant, Content: "both\n<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"name\": \"g\", \"arguments\": {}}\n</tool_call>"},
		{Role: format.User, Content: "<tool_response>\none\n</tool_response>\n<tool_response>\ntwo\n</tool_response>"},
		{Role: format.Assistant, Content: "done"}}
	if !reflect.DeepEqual(chat, want) {
		t.Errorf("got %+v, want %+v", chat, want)
	}
}
