package dialect_test

import (
	"testing"

	"trainyard/format"
	"trainyard/format/formattest"
	"trainyard/format/pyjson"
)

func TestWhatIsNoCharacterIsCountedByText(t *testing.T) {
	talk := func(question, answer string) string {
		return `"messages":[{"role":"user","content":"` + question + `"},{"role":"assistant","content":"` + answer + `"}]`
	}
	for _, c := range []struct {
		name, dialect, record string
		want                  int
	}{
		{"nothing", "openai", talk(`q \\ud83d is how it is written`, `pair \ud83d\ude00`), 0},
		{"a lone half in each text", "openai", talk(`lone \ud83d here`, `pair \ud83d\ude00 and \udc00 end \ud800`), 2},
		{"broken bytes", "openai", talk("q \xff", "a"), 1},
		{"U+FFFD as recorded", "openai", talk(`q \ufffd`, "a \uFFFD"), 0},
		{"U+FFFD as recorded, and one more", "openai", talk(`q \ufffd \udc00`, `a`), 1},
		{"arguments", "openai", `"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"x":"\ud83d","y":"\ufffd"}}}]}]`, 1},
		{"arguments as text", "openai", `"messages":[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"x\":\"\\ud83d\"}"}}]}]`, 1},
		{"tools", "openai", talk("q", "a") + `,"tools":[{"name":"f","description":"\ud83d"}]`, 1},
		{"messages as text", "openai", `"messages":"[{\"role\":\"user\",\"content\":\"\\udc00\"},{\"role\":\"assistant\",\"content\":\"a\"}]"`, 1},
		{"a member that is not read", "openai", talk("q \uFFFD", "a") + `,"note":"\ud83d"`, 0},
		{"turns", "sharegpt", `"conversations":[{"from":"human","value":"\ud83d"},{"from":"gpt","value":"a"}]`, 1},
		{"a step's thought", "r2e-gym", `"agent_args":{"instance_prompt":"p"},"trajectory_steps":[{"thought":"\udfff","action":"a","observation":"o"}]`, 1},
		{"events", "openhands", `"history":[{"source":"user","action":"message","args":{"content":"\ud83d"}},{"source":"agent","action":"message","args":{"content":"a"}}]`, 1},
		{"an ATIF step", "atif", `"schema_version":"ATIF-v1.6","agent":{},"steps":[{"source":"user","message":"q"},{"source":"agent","message":"\ud83d","reasoning_content":"\ud83d"}]`, 2},
	} {
		got := formattest.MustParse(t, c.dialect, "{"+c.record+"}")
		n := 0
		for _, note := range got.Notes {
			if note == format.NoteReplaced {
				n++
			}
		}
		if n != c.want {
			t.Errorf("%s: got %d, want %d", c.name, n, c.want)
		}
		for _, m := range got.Messages {
			for _, call := range m.Calls {
				if string(pyjson.Mended(call.Arguments)) != string(call.Arguments) {
					t.Errorf("%s: the arguments hold %s", c.name, call.Arguments)
				}
			}
		}
	}
}
