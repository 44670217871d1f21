package style

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
)

// smithRow is a line of what SWE-smith's own transform wrote.
type smithRow struct {
	InstanceID string `json:"instance_id"`
	Messages   []struct{ Role, Content string }
}

// The system text is the student's prompt, which the transform puts in: it is
// taken from the expected file, as a recipe takes it from its author.
func TestSWESmithStyleEqualsSWESmithsOwnTransform(t *testing.T) {
	compared := 0
	for line := range bytes.Lines(formattest.ReadFixture(t, "sweagent/swesmith/expected/ft_xml_example.jsonl")) {
		want := formattest.Unmarshal[smithRow](t, line)
		path := filepath.Join(formattest.FixturesDir, "sweagent/swesmith/trajectories", want.InstanceID)
		if _, err := dialect.Open(dialect.Input{Path: path}); err != nil {
			t.Logf("%s: its trajectory is not among the fixtures", want.InstanceID)
			continue
		}
		o := formattest.ReadAll(t, dialect.Input{Path: path})[0]
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		opt := RenderOptions{System: want.Messages[0].Content, KeepCRLF: true, KeepLead: true}
		chat, notes, err := Render(o.T, "swe-smith", opt)
		if err != nil || o.T.InstanceID != want.InstanceID {
			t.Fatalf("%s: %s, %v", want.InstanceID, o.T.InstanceID, err)
		}
		checkSmithRow(t, chat, want)
		compared++
		t.Logf("%s: %d messages equal, notes %v", want.InstanceID, len(chat), notes)
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

func checkSmithRow(t *testing.T, chat format.Chat, want smithRow) {
	t.Helper()
	if len(chat) != len(want.Messages) {
		t.Fatalf("%s: %d messages, want %d", want.InstanceID, len(chat), len(want.Messages))
	}
	for i, turn := range chat {
		if m := want.Messages[i]; string(turn.Role) != m.Role || turn.Content != m.Content {
			t.Errorf("%s: message %d\n got %s %q\nwant %s %q", want.InstanceID, i+1, turn.Role, turn.Content, m.Role, m.Content)
		}
	}
}

// What stands in published rows as text is what the style writes of the
// calls read from it.
func TestTextOfSWESmithRowsIsReadAndWrittenAlike(t *testing.T) {
	turns := 0
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Fixture(t, "adp/swe-smith/sample_raw.json")}) {
		for _, m := range o.T.Messages {
			if m.Role != format.Assistant {
				continue
			}
			turns++
			before, calls, err := protocol.ParseCalls(m.Content, "swe-smith", nil)
			if err != nil || len(calls) != 1 {
				t.Fatalf("%d calls, %v, in %q", len(calls), err, m.Content)
			}
			text, err := tagCalls(calls, swesmithTag, "python")
			if got := format.JoinTexts(before, text); err != nil || got != m.Content {
				t.Errorf("got %q, %v\nwant %q", got, err, m.Content)
			}
		}
	}
	t.Logf("%d turns", turns)
}

func TestTicksHoldCommandsAlone(t *testing.T) {
	for name, call := range map[string]string{
		"another tool":        `{"name":"edit","arguments":"{\"command\":\"ls\"}"}`,
		"more than a command": `{"name":"bash","arguments":"{\"command\":\"ls\",\"timeout\":3}"}`,
		"ticks in a command":  `{"name":"bash","arguments":"{\"command\":\"cat\\n` + "```" + `\"}"}`,
		"no command":          `{"name":"bash","arguments":"{}"}`,
	} {
		_, _, err := rendered(t, "ticks", `{"role":"user","content":"q"},{"role":"assistant","content":"t","tool_calls":[{"id":"1","function":`+call+`}]}`, RenderOptions{})
		if err == nil || formattest.ReasonOf(t, err) != format.BadCall {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSWESmithStyle(t *testing.T) {
	turn := func(text, arguments string) string {
		return `{"role":"user","content":"q"},{"role":"assistant","content":"` + text + `","tool_calls":[{"id":"1","function":{"name":"f","arguments":"` + arguments + `"}}]}`
	}
	const result = `,{"role":"tool","tool_call_id":"1","content":"r"},{"role":"assistant","content":"end"}`
	for _, c := range []struct {
		name     string
		style    protocol.Style
		messages string
		opt      RenderOptions
		want     string
	}{
		{"a value by Python's str", "swe-smith", turn("t", `{\"a\":[1,true,null],\"b\":1e-5}`), RenderOptions{},
			"s:D | u:q | a:t\n\n<function=f>\n<parameter=a>[1, True, None]</parameter>\n<parameter=b>1e-05</parameter>\n</function>"},
		{"lines of their own by name", "swe-smith", turn("t", `{\"old_str\":\"x\",\"path\":\"a\\nb\"}`), RenderOptions{},
			"s:D | u:q | a:t\n\n<function=f>\n<parameter=old_str>\nx\n</parameter>\n<parameter=path>a\nb</parameter>\n</function>"},
		{"no thought", "swe-smith", turn("", "{}"), RenderOptions{}, "s:D | u:q | a:<function=f>\n</function>"},
		{"no thought, as SWE-smith has it", "swe-smith", turn("", "{}"), RenderOptions{KeepLead: true}, "s:D | u:q | a:\n\n<function=f>\n</function>"},
		{"a result is a user turn", "swe-smith", turn("t", "{}") + result, RenderOptions{}, "s:D | u:q | a:t\n\n<function=f>\n</function> | u:r | a:end"},
		{"a command between ticks", "ticks", strings.Replace(turn("t", `{\"command\":\"ls\\npwd\"}`), `"f"`, `"bash"`, 1) + result, RenderOptions{}, "s:D | u:q | a:t\n\n```\nls\npwd\n``` | u:r | a:end"},
		{"a command without a thought", "ticks", strings.Replace(turn("", `{\"command\":\"ls\"}`), `"f"`, `"bash"`, 1), RenderOptions{}, "s:D | u:q | a:```\nls\n```"},
		{"the same as SWE-smith has it", "ticks", strings.Replace(turn("", `{\"command\":\"ls\"}`), `"f"`, `"bash"`, 1), RenderOptions{KeepLead: true}, "s:D | u:q | a:\n\n```\nls\n```"},
		{"indented arguments", "r2e", turn("t", `{\"a\":\"x\\ny\"}`), RenderOptions{}, "s:D | u:q | a:t\n\n<function=f>\n  <parameter=a>x\ny</parameter>\n</function>"},
	} {
		got, _, err := rendered(t, c.style, c.messages, c.opt)
		if err != nil || got != c.want {
			t.Errorf("%s:\n got %q, %v\nwant %q", c.name, got, err, c.want)
		}
	}
}
