package dialect_test

import (
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/formattest"
	"trainyard/format/pyjson"
)

func TestMessageShapes(t *testing.T) {
	for _, c := range []struct {
		name, message string
		want          format.Message
	}{
		{"plain text", `{"role":"user","content":"hi"}`, format.Message{Role: format.User, Content: "hi"}},
		{"all text parts joined", `{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}}]}`, format.Message{Role: format.User, Content: "a\nb"}},
		{"nested parts", `{"role":"user","content":[[{"type":"text","text":"a"}],"b"]}`, format.Message{Role: format.User, Content: "a\nb"}},
		{"LLaMA-Factory parts", `{"role":"user","content":[{"type":"text","value":"a"}],"loss_weight":0.0}`, format.Message{Role: format.User, Content: "a"}},
		{"null content", `{"role":"assistant","content":null}`, format.Message{Role: format.Assistant}},
		{"developer is system", `{"role":"developer","content":"s"}`, format.Message{Role: format.System, Content: "s"}},
		{"function is a result", `{"role":"function","name":"f","content":"r"}`, format.Message{Role: format.ToolRole, Name: "f", Content: "r"}},
		{"a result", `{"role":"tool","tool_call_id":"1","name":"f","content":[{"type":"text","text":"r"}]}`, format.Message{Role: format.ToolRole, CallID: "1", Name: "f", Content: "r"}},
		{"a call with arguments as text", `{"role":"assistant","content":"","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"b\": 1, \"a\": 2.50}"}}]}`,
			format.Message{Role: format.Assistant, Calls: []format.Call{{ID: "1", Name: "f", Arguments: []byte(`{"b": 1, "a": 2.50}`)}}}},
		{"a call with arguments as an object", `{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":{"b":1,"a":null}}}]}`,
			format.Message{Role: format.Assistant, Calls: []format.Call{{ID: "1", Name: "f", Arguments: []byte(`{"b":1,"a":null}`)}}}},
		{"a call without arguments", `{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":""}}]}`,
			format.Message{Role: format.Assistant, Calls: []format.Call{{ID: "1", Name: "f", Arguments: []byte(`{}`)}}}},
		{"a call without its function wrapper", `{"role":"assistant","tool_calls":[{"id":"1","name":"f","arguments":"{}"}]}`,
			format.Message{Role: format.Assistant, Calls: []format.Call{{ID: "1", Name: "f", Arguments: []byte(`{}`)}}}},
		{"the old function_call", `{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}}`,
			format.Message{Role: format.Assistant, Calls: []format.Call{{Name: "f", Arguments: []byte(`{}`)}}}},
		{"a LLaMA-Factory call part", `{"role":"assistant","content":[{"type":"reasoning","value":"hm"},{"type":"text","value":"t"},{"type":"tool_call","value":"{\"name\":\"f\",\"arguments\":{\"x\":1}}"}]}`,
			format.Message{Role: format.Assistant, Content: "t", Reasoning: "hm", Calls: []format.Call{{Name: "f", Arguments: []byte(`{"x":1}`)}}}},
		{"empty and null call lists", `{"role":"assistant","content":"t","tool_calls":[],"function_call":null}`, format.Message{Role: format.Assistant, Content: "t"}},
		{"reasoning stays apart", `{"role":"assistant","content":"t","reasoning_content":"hm"}`, format.Message{Role: format.Assistant, Content: "t", Reasoning: "hm"}},
		{"weight 0", `{"role":"assistant","content":"t","weight":0}`, format.Message{Role: format.Assistant, Content: "t", Untrained: true}},
		{"weight 1", `{"role":"assistant","content":"t","weight":1}`, format.Message{Role: format.Assistant, Content: "t"}},
		{"train false", `{"role":"assistant","content":"t","train":false}`, format.Message{Role: format.Assistant, Content: "t", Untrained: true}},
		{"loss_mask 0", `{"role":"assistant","content":"t","loss_mask":0}`, format.Message{Role: format.Assistant, Content: "t", Untrained: true}},
		{"loss_weight 0.0", `{"role":"assistant","content":"t","loss_weight":0.0}`, format.Message{Role: format.Assistant, Content: "t", Untrained: true}},
		{"a flag that is null", `{"role":"assistant","content":"t","weight":null}`, format.Message{Role: format.Assistant, Content: "t"}},
	} {
		tr := formattest.MustParse(t, "openai", `{"messages":[`+c.message+`,`+formattest.AskOK+`]}`)
		if got := tr.Messages[0]; !formattest.SameMessage(got, c.want) || got.Untrained != c.want.Untrained || got.Reasoning != c.want.Reasoning {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestRecordsAreRejectedWithAReason(t *testing.T) {
	for _, c := range []struct{ name, record, reason, detail string }{
		{"not an object", `[1]`, format.UnknownFormat, "a record is a JSON object, this is an array"},
		{"no messages", `{"text":"x"}`, format.NoMessages, `no messages in a record with the members "text"`},
		{"messages of another kind", `{"messages":{"a":1}}`, format.NoMessages, "messages is an object, not an array"},
		{"no message at all", `{"messages":[]}`, format.NoMessages, "an empty list of messages"},
		{"no answer", `{"messages":[{"role":"user","content":"q"}]}`, format.NoAssistant, "no assistant message among 1"},
		{"a message that is none", `{"messages":["hi"]}`, format.BadMessage, "message 1: a string where an object should stand"},
		{"an unknown role", `{"messages":[` + formattest.AskOK + `,{"role":"narrator","content":"x"}]}`, format.BadRole, `message 3: role "narrator" is none of`},
		{"no role", `{"messages":[{"content":"x"}]}`, format.BadRole, "message 1: no role"},
		{"an image", `{"messages":[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"x"}}]}]}`, format.ImagePart, `message 1: a content part of type "image_url"`},
		{"an unknown part", `{"messages":[{"role":"user","content":[{"type":"hologram"}]}]}`, format.UnknownPart, `"hologram"`},
		{"content of another kind", `{"messages":[{"role":"user","content":7}]}`, format.BadMessage, "content is a number"},
		{"calls of another kind", `{"messages":[{"role":"assistant","tool_calls":"f"}]}`, format.BadMessage, "tool_calls: a string that should hold JSON"},
		{"a call without a name", `{"messages":[{"role":"assistant","tool_calls":[{"id":"1","function":{}}]}]}`, format.BadMessage, "a call without a name"},
		{"arguments that are no JSON", `{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{bad"}}]}]}`, format.BadArguments, `message 1: call "f": arguments are not JSON`},
		{"arguments that are no object", `{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"[1]"}}]}]}`, format.BadArguments, "arguments are an array, not an object"},
		{"tools of another kind", `{"messages":[` + formattest.AskOK + `],"tools":{"f":1}}`, format.BadTools, "tools is an object, not an array"},
		{"a tool of another kind", `{"messages":[` + formattest.AskOK + `],"tools":["f"]}`, format.BadTools, "tool 1 is a string, not an object"},
	} {
		_, err := formattest.ParseRecord("openai", c.record)
		if got := formattest.ReasonOf(t, err); got != c.reason || !strings.Contains(err.Error(), c.detail) || !strings.HasPrefix(err.Error(), "test.jsonl:1: ") {
			t.Errorf("%s: got %s %v, want %s …%s", c.name, got, err, c.reason, c.detail)
		}
	}
}

// A null of a schema is a default, a constant, one of several values: it stays,
// whatever else is null. Arrow's padding shows by the one shape that all structs
// of a list have.
func TestToolsKeepTheirNullsAndLoseArrowsPadding(t *testing.T) {
	const (
		one    = `[{"type":"function","function":{"name":"f","strict":null,"parameters":{"type":"object","properties":{"b":{"type":["string","null"],"default":null,"enum":["x",null]},"a":null,"k":{"const":null}},"required":null}}}]`
		two    = `[{"name":"f","parameters":{"properties":{"a":{"default":null},"b":{"default":1}}}},{"name":"g","description":"d","parameters":null}]`
		alike  = `[{"name":"f","parameters":{"properties":{"a":{"type":"string","default":null}}}},{"name":"g","parameters":{"properties":{"a":{"type":"string","default":"x"}}}}]`
		padded = `[{"name":"f","parameters":{"properties":{"a":{"type":"string","enum":null},"b":null},"required":["a"]}},` +
			`{"name":"g","parameters":{"properties":{"a":null,"b":{"type":"string","enum":["x",null]}},"required":null}},{"name":"h","parameters":null}]`
		stripped = `[{"name":"f","parameters":{"properties":{"a":{"type":"string"}},"required":["a"]}},` +
			`{"name":"g","parameters":{"properties":{"b":{"type":"string","enum":["x",null]}}}},{"name":"h"}]`
	)
	for tools, want := range map[string]string{one: one, two: two, alike: alike, padded: stripped} {
		for name, member := range map[string]string{"array": tools, "JSON text": string(pyjson.QuoteJSON(nil, tools))} {
			got := formattest.MustParse(t, "openai", `{"messages":[`+formattest.AskOK+`],"tools":`+member+`}`)
			if string(got.Tools) != want || (want == stripped) != slices.Contains(got.Notes, format.NotePadding) {
				t.Errorf("%s: got %s, notes %q", name, got.Tools, got.Notes)
			}
		}
	}
	for _, none := range []string{`null`, `[]`, `"[]"`} {
		if got := formattest.MustParse(t, "openai", `{"messages":[`+formattest.AskOK+`],"tools":`+none+`}`).Tools; got != nil {
			t.Errorf("%s: got %s, want none", none, got)
		}
	}
}

// Columns of JSON, read by what does not know them, are lists of strings.
func TestMessagesCallsAndToolsMayEachBeAString(t *testing.T) {
	quoted := func(s string) string { return string(pyjson.QuoteJSON(nil, s)) }
	call := `{"id":"1","function":` + quoted(`{"name":"f","arguments":`+quoted(`{"x":null}`)+`}`) + `}`
	messages := quoted(`{"role":"user","content":"q"}`) + `,` + quoted(`{"role":"assistant","tool_calls":[`+quoted(call)+`]}`) + `,{"role":"tool","content":"r"}`
	got := formattest.MustParse(t, "openai", `{"messages":[`+messages+`],"tools":[`+quoted(`{"name":"f"}`)+`]}`)
	if want := `{"x":null}`; string(got.Messages[1].Calls[0].Arguments) != want || string(got.Tools) != `[{"name":"f"}]` {
		t.Errorf("got %+v, tools %s", got.Messages, got.Tools)
	}
}

func TestCallsWithARoleOfTheirOwnAreOneTurnWithWhatIsSaid(t *testing.T) {
	const call = `{"role":"tool_call","content":"{\"name\": \"f\", \"arguments\": {\"x\": 1}}"}`
	for _, c := range []struct{ name, messages, want string }{
		{"two calls", call + `,` + call, "a:ff"},
		{"text and a call", `{"role":"assistant","content":"let me see"},` + call, "a:let me seef"},
		{"content as an object", `{"role":"function_call","content":{"name":"f","arguments":{}}}`, "a:f"},
		{"a list of calls", `{"role":"function_call","content":"[{\"name\":\"f\"},{\"name\":\"g\"}]"}`, "a:fg"},
		{"results between them", call + `,{"role":"tool_response","content":"r"},` + call + `,{"role":"observation","content":{"a": 1}}`, `a:f t:r a:f t:{"a": 1}`},
		{"a call outside of the loss", `{"role":"assistant","content":"t"},{"role":"tool_call","train":false,"content":{"name":"f"}}`, "a:t a:f"},
	} {
		tr := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"q"},`+c.messages+`]}`)
		got := "u:q"
		for _, m := range tr.Messages[1:] {
			got += " " + string(m.Role[0]) + ":" + m.Content
			for _, call := range m.Calls {
				got += call.Name
			}
		}
		if got != "u:q "+c.want {
			t.Errorf("%s: got %q", c.name, got)
		}
	}
	_, err := formattest.ParseRecord("openai", `{"messages":[{"role":"tool_call","content":"ls"}]}`)
	if got := formattest.ReasonOf(t, err); got != format.BadArguments {
		t.Errorf("a call that is no JSON: got %s %v", got, err)
	}
}

func TestMessagesMayBeTextWithJSONOrAPythonLiteral(t *testing.T) {
	for _, text := range []string{
		`[{"role": "user", "content": "it's"}, {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f", "arguments": {"x": true}}}]}]`,
		`[{'role': 'user', 'content': "it's"}, {'role': 'assistant', 'content': None, 'tool_calls': [{'function': {'name': 'f', 'arguments': {'x': True}}}]}]`,
	} {
		tr := formattest.MustParse(t, "openai", `{"messages":`+string(pyjson.QuoteJSON(nil, text))+`}`)
		if tr.Messages[0].Content != "it's" || string(tr.Messages[1].Calls[0].Arguments[:4]) != `{"x"` {
			t.Errorf("%s: got %+v", text, tr.Messages)
		}
	}
}

func TestIdentityComesFromTheRecord(t *testing.T) {
	for _, c := range []struct{ name, members, id, instance, repo, teacher string }{
		{"SWE-bench id", `"instance_id":"django__django-15202"`, "", "django__django-15202", "django/django", ""},
		{"SWE-bench id with an attempt", `"instance_id":"Project-MONAI__MONAI-5686_4","run_id":"gpt-4o_maxiter_30_N_v2"`, "", "Project-MONAI__MONAI-5686_4", "Project-MONAI/MONAI", "gpt-4o"},
		{"SWE-smith id", `"instance_id":"arrow-py__arrow.1d70d009.lm_rewrite__nuzj","traj_id":"t1","model":"claude"`, "t1", "arrow-py__arrow.1d70d009.lm_rewrite__nuzj", "arrow-py/arrow", "claude"},
		{"the record's own repo", `"instance_id":"a__b-1","repo":"x/y","model_name":"m"`, "", "a__b-1", "x/y", "m"},
		{"the instance's repo", `"instance":{"repo":"x/y"},"metadata":{"llm_config":{"model":"openai/m"}}`, "", "", "x/y", "openai/m"},
		{"Multi-SWE-bench", `"instance":{"org":"o","repo":"r"}`, "", "", "o/r", ""},
		{"a number as id", `"id":13461`, "13461", "", "", ""},
		{"a repo that is a bare name", `"repo":"ponyc"`, "", "", "ponyc", ""},
		{"a repo in one word", `"repo":"x__y"`, "", "", "x__y", ""},
		{"an id that holds the repo", `"id":"a__b-7"`, "a__b-7", "", "a/b", ""},
	} {
		got := formattest.MustParse(t, "openai", `{`+c.members+`,"messages":[`+formattest.AskOK+`]}`)
		if c.id != "" && got.ID != c.id || got.InstanceID != c.instance || got.Repo != c.repo || got.Teacher != c.teacher {
			t.Errorf("%s: got %q %q %q %q", c.name, got.ID, got.InstanceID, got.Repo, got.Teacher)
		}
		if c.id == "" && !strings.HasPrefix(got.ID, c.instance) || got.ID == c.instance {
			t.Errorf("%s: id %q is not the instance and a digest", c.name, got.ID)
		}
	}
}

func TestTheDigestTellsContentsApart(t *testing.T) {
	a := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"ab"},{"role":"assistant","content":"c"}]}`)
	b := formattest.MustParse(t, "openai", `{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"bc"}]}`)
	same := formattest.MustParse(t, "openai", `{"x":1,"messages":[{"content":"ab","role":"user"},{"role":"assistant","content":[{"type":"text","text":"c"}]}]}`)
	if a.ID == b.ID || a.ID != same.ID {
		t.Errorf("got %s, %s, %s", a.ID, b.ID, same.ID)
	}
}

// The policy is Python's errors="replace": one U+FFFD for each maximal part
// of a broken sequence, one for each lone surrogate.
func TestBrokenTextBecomesReplacementCharacters(t *testing.T) {
	for raw, want := range map[string]string{
		"a\xffb":               "a\uFFFDb",
		"a\xe2\x82b":           "a\uFFFDb",
		"\xe2\x82":             "\uFFFD",
		"\xf0\x9f\x98x":        "\uFFFDx",
		"\xf0\x80\x80x":        "\uFFFD\uFFFD\uFFFDx",
		"\xed\xa0\x80":         "\uFFFD\uFFFD\uFFFD",
		"\xc0\xaf":             "\uFFFD\uFFFD",
		"\xf4\x90\x80\x80":     "\uFFFD\uFFFD\uFFFD\uFFFD",
		"é\x80€":               "é\uFFFD€",
		`\ud800`:               "\uFFFD",
		`\udc00x`:              "\uFFFDx",
		`\ud800\ud83d\ude00`:   "\uFFFD😀",
		`\ud83d\n`:             "\uFFFD\n",
		`\ud83dA`:              "\uFFFDA",
		"\\u0041\xff\\ud83d\"": "A\uFFFD\uFFFD",
	} {
		record := `{"messages":[{"role":"user","content":"` + strings.TrimSuffix(raw, `"`) + `"},{"role":"assistant","content":"ok"}]}`
		tr := formattest.MustParse(t, "openai", record)
		if got := tr.Messages[0].Content; got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}
