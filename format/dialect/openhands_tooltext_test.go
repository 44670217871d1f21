package dialect

import (
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/pyjson"
)

const mockedTools = "S\n\nYours:\n\n---- BEGIN FUNCTION #1: run ----\nDescription: Runs it.\nParameters:\nas it says.\n\nParameters:\n" +
	"  (1) line (string, required): What to run.\n\nTwo lines.\n  (2) how (string, optional): How.\nAllowed values: [`a`, `b c`]\n" +
	"  (3) n (integer, optional): No description provided\nAllowed values: [`1`, `2`]\n---- END FUNCTION #1 ----\n\n" +
	"---- BEGIN FUNCTION #2: stop ----\nDescription: Ends.\nNo parameters are required for this function.\n---- END FUNCTION #2 ----\n\n" +
	"---- BEGIN FUNCTION #3: look ----\nParameters:\n---- END FUNCTION #3 ----\n\n<function=NAME>\n"

const mockedList = `[{"type": "function", "function": {"name": "run", "description": "Runs it.\nParameters:\nas it says.\n", "parameters": {"type": "object", "properties": {` +
	`"line": {"type": "string", "description": "What to run.\n\nTwo lines."}, "how": {"type": "string", "description": "How.", "enum": ["a", "b c"]}, ` +
	`"n": {"type": "integer", "description": "No description provided", "enum": [1, 2]}}, "required": ["line"]}}}, ` +
	`{"type": "function", "function": {"name": "stop", "description": "Ends."}}, ` +
	`{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}, "required": []}}}]`

func TestToolsAreReadFromTheTextThatTheModelSaw(t *testing.T) {
	if got, ok := toolsInText(mockedTools); !ok || string(got) != mockedList {
		t.Errorf("got %v\n%s, want\n%s", ok, got, mockedList)
	}
	for name, text := range map[string]string{
		"no list":                     "S",
		"a list cut off":              strings.Split(mockedTools, "---- END FUNCTION #2")[0],
		"a parameter out of its line": strings.Replace(mockedTools, "  (1) line", " (1) line", 1),
		"lines about what is inside":  strings.Replace(mockedTools, "(string, required): What", "(array, required): What\n      Array items:", 1),
		"a type of another version":   strings.Replace(mockedTools, "(string, required)", "(array[string], required)", 1),
	} {
		if got, ok := toolsInText(text); ok {
			t.Errorf("%s: got %s, want none", name, got)
		}
	}
}

// mockedLog is a log of mocked function calling with a text that the model saw.
func mockedLog(system string) string {
	return `{"messages":[{"role":"system","content":[{"type":"text","text":` + string(pyjson.QuoteJSON(nil, system)) + `}]},{"role":"user","content":"u"}],` +
		`"response":{"choices":[{"message":{"role":"assistant","content":"<function=run>\n<parameter=line>ls</parameter>\n"}}]},` +
		`"fncall_messages":[{"role":"system","content":"S"},{"role":"user","content":"u"}],` +
		`"fncall_response":{"choices":[{"message":{"role":"assistant","content":"","tool_calls":[{"id":"1","type":"function","function":{"name":"run","arguments":"{\"line\":\"ls\"}"}}]}}]}}`
}

func TestMockedCallsHaveToolsOrTheirText(t *testing.T) {
	for _, c := range []struct {
		name, system   string
		tools, calls   bool
		unrecorded     bool
		notes, system2 string
	}{
		{"a list in the text", mockedTools, true, true, false, format.NoteToolsInText, "S"},
		{"a list in another layout", "S\n<tools>run</tools> <function=NAME>", false, false, false, "", "S\n<tools>run</tools> <function=NAME>"},
		{"no list at all", "S", false, true, true, "", "S"},
	} {
		tr, err := ParseRecord("openhands-completions", format.Record{File: "x/y.json", Line: 1, Raw: []byte(mockedLog(c.system))})
		if err != nil {
			t.Fatal(err)
		}
		if (tr.Tools != nil) != c.tools || tr.Acts() != c.calls || tr.ToolsUnrecorded != c.unrecorded ||
			strings.Join(tr.Notes, ",") != c.notes || tr.Messages[0].Content != c.system2 {
			t.Errorf("%s: got %+v", c.name, tr)
		}
	}
}
