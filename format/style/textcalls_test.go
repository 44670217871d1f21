package style

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

func TestCallsInTextAreRead(t *testing.T) {
	const tools = `[{"type":"function","function":{"name":"f","parameters":{"properties":{"n":{"type":"integer"},"l":{"type":"array"},"b":{"type":"boolean"},"s":{"type":"string"},"o":{"type":"object"}}}}}]`
	for _, c := range []struct {
		name         string
		style        protocol.Style
		text, before string
		calls        []string
	}{
		{"a call below a thought", "openhands", "I look.\n\n<function=f>\n<parameter=a>x</parameter>\n</function>", "I look.", []string{`f {"a": "x"}`}},
		{"a call alone", "openhands", "<function=f>\n</function>", "", []string{"f {}"}},
		{"no call", "openhands", "All done.\n", "All done.\n", nil},
		{"a value of several lines", "openhands", "<function=f>\n<parameter=a>\nx\ny\n</parameter>\n</function>", "", []string{`f {"a": "x\ny"}`}},
		{"lines of their own for every value", "adp", "t\n\n<function=f>\n<parameter=a>\nx\n</parameter>\n<parameter=b>\n\n</parameter>\n</function>", "t", []string{`f {"a": "x", "b": ""}`}},
		{"lines of their own by name", "swe-smith", "<function=f>\n<parameter=old_str>\nx\n</parameter>\n<parameter=a>\nx\n</parameter>\n</function>", "", []string{`f {"old_str": "x", "a": "\nx\n"}`}},
		{"indented arguments", "r2e", "t\n\n<function=f>\n  <parameter=a>x\ny</parameter>\n</function>", "t", []string{`f {"a": "x\ny"}`}},
		{"several calls", "swe-smith", "t\n\n<function=f>\n</function>\n<function=g>\n</function>", "t", []string{"f {}", "g {}"}},
		{"white space that no style prints", "openhands", "t\n<function=f> <parameter=a>x</parameter> </function> \n", "t", []string{`f {"a": "x"}`}},
		{"a mention of the tag before the call", "openhands", "I use <function= now.\n\n<function=f>\n</function>", "I use <function= now.", []string{"f {}"}},
		{"a value that quotes a closing tag", "openhands", "<function=f>\n<parameter=a>echo '</parameter>'</parameter>\n</function>", "", []string{`f {"a": "echo '</parameter>'"}`}},
		{"values by their types", "openhands", "<function=f>\n<parameter=n>3</parameter>\n<parameter=l>[1, 'a', None]</parameter>\n<parameter=b>False</parameter>\n<parameter=s>3</parameter>\n<parameter=o>{\"k\": true}</parameter>\n</function>", "",
			[]string{`f {"n": 3, "l": [1, "a", null], "b": false, "s": "3", "o": {"k": true}}`}},
		{"a text where a type is described", "openhands", "<function=f>\n<parameter=n>three</parameter>\n</function>", "", []string{`f {"n": "three"}`}},
		{"JSON calls", "hermes", "t\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"n\": 3}}\n</tool_call>\n<tool_call>\n{\"name\": \"g\", \"arguments\": \"{}\"}\n</tool_call>", "t", []string{`f {"n": 3}`, "g {}"}},
		{"arguments before the name", "hermes", "<tool_call>\n{\"arguments\": {\"n\": 3}, \"name\": \"f\"}\n</tool_call>", "", []string{`f {"n": 3}`}},
		{"a fenced command", protocol.Ticks, "I list.\n\n```\nls\n```", "I list.", []string{`bash {"command": "ls"}`}},
		{"a named fence", protocol.Ticks, "THOUGHT: x\n\n```bash\ncat <<E\na\nE\n```\n", "THOUGHT: x", []string{`bash {"command": "cat <<E\na\nE"}`}},
		{"an example above the command", protocol.Ticks, "Like\n```python\nx\n```\nso\n```\nls\n```", "Like\n```python\nx\n```\nso", []string{`bash {"command": "ls"}`}},
		{"a fence within the command", protocol.Ticks, "t\n```\ncat <<E\n```py\nx\n```\nE\n```", "t", []string{`bash {"command": "cat <<E\n` + "```py\\nx\\n```" + `\nE"}`}},
	} {
		before, calls, err := protocol.ParseCalls(c.text, c.style, json.RawMessage(tools))
		if got := printed(t, calls); err != nil || before != c.before || !slices.Equal(got, c.calls) {
			t.Errorf("%s: got %q %q, %v, want %q %q", c.name, before, got, err, c.before, c.calls)
		}
	}
}

// printed writes calls as "name arguments", the arguments as Python does.
func printed(tb testing.TB, calls []format.Call) []string {
	tb.Helper()
	var list []string
	for _, call := range calls {
		text, err := pyjson.PythonJSON([]byte(call.Name+" "), call.Arguments)
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, string(text))
	}
	return list
}

func TestCallsThatAreNotWrittenInTheirStyleAreRejects(t *testing.T) {
	for _, c := range []struct {
		name   string
		style  protocol.Style
		text   string
		detail string
	}{
		{"an unclosed call", "openhands", "t\n\n<function=f>\n<parameter=a>x</parameter>", `the call of "f" is not closed`},
		{"an unclosed argument", "openhands", "<function=f>\n<parameter=a>x\n</function>", `argument "a" of "f" is not closed`},
		{"text after the call", "openhands", "<function=f>\n</function>\nand then", `"and then" stands after a call`},
		{"a call without a name", "swe-smith", "<function=>\n</function>", "a tag without a name"},
		{"an unclosed JSON call", "qwen", "<tool_call>\n{\"name\": \"f\"}", "not closed"},
		{"a JSON call that is no JSON", "qwen", "<tool_call>\n[name]\n</tool_call>", "not JSON"},
		{"a JSON call without a name", "qwen", "<tool_call>\n{}\n</tool_call>", "without a name"},
		{"two commands", protocol.Ticks, "```bash\nls\n```\n```bash\npwd\n```", "2 fenced commands"},
		{"text after the command", protocol.Ticks, "```\nls\n```\nand then", "stands after the fenced block"},
		{"an unclosed fence", protocol.Ticks, "```\nls", "not closed"},
		{"mentions without end", "openhands", strings.Repeat("<function=", 1000), "a tag without a name"},
	} {
		text, calls, err := protocol.ParseCalls(c.text, c.style, nil)
		if err == nil || !strings.Contains(err.Error(), c.detail) || calls != nil || text != c.text {
			t.Errorf("%s: got %q %v, %v, want %s", c.name, text, calls, err, c.detail)
		}
		_ = formattest.ReasonOf(t, err)
	}
	if _, _, err := protocol.ParseCalls("x", "tick", nil); err == nil || !strings.Contains(err.Error(), `did you mean "ticks"?`) {
		t.Errorf("unknown style: got %v", err)
	}
}

func TestEveryTickedAnswerOfRealRunsIsReadOrRefused(t *testing.T) {
	for _, c := range []struct {
		path          string
		read, refused int
	}{
		{"adp/nebius_SWE-agent-trajectories/sample_raw.json", 49, 0},
		{"mini_swe_agent/gemini3pro_swebv/trajs", 181, 2}, // the two that the agent itself refused
		{"mini_swe_agent/upstream_testdata", 22, 0},
	} {
		read, refused := 0, 0
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Fixture(t, c.path)}) {
			for _, m := range o.T.Messages {
				if m.Role != format.Assistant {
					continue
				}
				if _, calls, err := protocol.ParseCalls(m.Content, protocol.Ticks, nil); err != nil {
					refused++
				} else {
					read += len(calls)
				}
			}
		}
		if read != c.read || refused != c.refused {
			t.Errorf("%s: %d read, %d refused, want %d, %d", c.path, read, refused, c.read, c.refused)
		}
	}
}

// write prints one call below a text in a style, as Render does.
func writeCall(t *testing.T, style protocol.Style, values, before string, call format.Call) string {
	t.Helper()
	p := &chatWriter{opt: RenderOptions{KeepCRLF: true, Values: values}}
	m := []format.Message{{Role: format.Assistant, Content: before, Calls: []format.Call{call}}}
	if err := Styles[style].write(p, m); err != nil {
		t.Fatal(err)
	}
	return p.turns[0].Content
}

func FuzzCallsAreReadBackAsWritten(f *testing.F) {
	f.Add("I look.", "f", `{"path":"a b","old_str":"x\n</parameter>","n":1e-5,"l":[1,null,"it's"],"b":true,"o":{"k":[]}}`)
	f.Add("", "g.h", `{"command":"cat <<E\r\nx\nE"}`)
	f.Add("a\n\n", "submit", `{}`)
	f.Add("\n", "é", `{"file_text":"","new_str":"\n","é":"<function=f>","":"x"}`)
	f.Fuzz(func(t *testing.T, before, name, arguments string) {
		before, name = pyjson.ValidText(before), pyjson.ValidText(name)
		if len(arguments) > 1<<14 || !isObject(arguments) {
			return
		}
		call := format.Call{Name: name, Arguments: []byte(arguments)}
		for _, style := range []protocol.Style{"adp", "hermes", "openhands", "swe-smith", "r2e", "qwen"} {
			tools, ok := readable(t, style, before, call)
			if !ok {
				continue
			}
			for _, values := range ValueNames() {
				text := writeCall(t, style, values, before, call)
				gotBefore, calls, err := protocol.ParseCalls(text, style, tools)
				if err != nil || gotBefore != before || !slices.Equal(printed(t, calls), printed(t, []format.Call{call})) {
					t.Errorf("%s: %q came back as %q %q, %v, want %q %q", style, text, gotBefore, printed(t, calls), err, before, printed(t, []format.Call{call}))
				}
			}
		}
	})
}

// readable says whether ParseCalls promises to read a call back, and gives
// the tools that hold the types of its values.
func readable(t *testing.T, style protocol.Style, before string, call format.Call) (tools json.RawMessage, ok bool) {
	switch style {
	case "hermes":
		return nil, call.Name != "" && !strings.Contains(before, "<tool_call>")
	case "qwen":
		return nil, call.Name != "" && !strings.ContainsFunc(call.Name, func(r rune) bool { return r == '"' || r == '\\' || r < ' ' }) &&
			!strings.Contains(before, "<tool_call>")
	}
	if strings.Contains(before, protocol.FunctionOpen) || (style == "openhands" || style == "adp") && pyjson.TrimLeft(before) != before {
		return nil, false
	}
	ok = plainName(call.Name)
	types := map[pyjson.Kind]string{pyjson.KindNumber: "number", pyjson.KindBool: "boolean", pyjson.KindArray: "array", pyjson.KindObject: "object", pyjson.KindText: "string"}
	var properties []string
	err := pyjson.WithIndex(call.Arguments, func(arguments pyjson.Value) error {
		for _, m := range arguments.Entries() {
			for _, way := range Values {
				text := string(way.append(nil, m.Value))
				ok = ok && protocol.EndOfValue(text+protocol.ParameterClose+protocol.FunctionClose) == len(text)
			}
			ok = ok && plainName(m.Name) && m.Value.Kind() != pyjson.KindNull
			properties = append(properties, string(pyjson.QuoteJSON(nil, m.Name))+`:{"type":"`+types[m.Value.Kind()]+`"}`)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	name := string(pyjson.QuoteJSON(nil, call.Name))
	return json.RawMessage(`[{"name":` + name + `,"parameters":{"properties":{` + strings.Join(properties, ",") + `}}}]`), ok
}

func plainName(name string) bool {
	return name != "" && strings.TrimSpace(name) == name && !strings.ContainsAny(name, ">\n")
}

func FuzzTickedCommandsAreReadBackAsWritten(f *testing.F) {
	f.Add("I list.", "ls -la")
	f.Add("", "cat <<E\n\nE\n")
	f.Fuzz(func(t *testing.T, before, command string) {
		before, command = pyjson.ValidText(before), pyjson.ValidText(command)
		if strings.Contains("\n"+before, "\n```") || strings.Contains("\n"+command, "\n```") {
			return
		}
		got, calls, err := protocol.ParseCalls(before+"\n\n```\n"+command+"\n```", protocol.Ticks, nil)
		want := append(pyjson.QuoteJSON([]byte(`{"command":`), command), '}')
		if err != nil || got != before || len(calls) != 1 || !bytes.Equal(calls[0].Arguments, want) {
			t.Errorf("%q %q came back as %q %v, %v", before, command, got, calls, err)
		}
	})
}

// Whatever a text holds, its calls are read, or it comes back whole.
func FuzzParseCalls(f *testing.F) {
	for _, text := range []string{
		"t\n\n<function=f>\n<parameter=a>x</parameter>\n</function>", "<tool_call>\n{\"name\":\"f\",\"arguments\":{}}\n</tool_call>", "t\n```bash\nls\n```", "<function=f><parameter=",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for style := range protocol.TextCalls {
			before, calls, err := protocol.ParseCalls(text, style, json.RawMessage(`[{"name":"f","parameters":{"properties":{"a":{"type":"array"}}}}]`))
			if (err != nil || len(calls) == 0) && (before != text || calls != nil) {
				t.Errorf("%s: %q became %q %v, %v", style, text, before, calls, err)
			}
			if !strings.HasPrefix(text, before) {
				t.Errorf("%s: %q does not begin with %q", style, text, before)
			}
			_ = formattest.ReasonOf(t, err)
			_ = printed(t, calls)
		}
	})
}

func isObject(text string) bool {
	object := false
	err := pyjson.WithIndex([]byte(text), func(v pyjson.Value) error {
		object = v.Kind() == pyjson.KindObject
		return nil
	})
	return err == nil && object
}
