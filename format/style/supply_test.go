package style

import (
	"errors"
	"slices"
	"testing"

	"trainyard/format"
)

func TestSupplyKeepsStructureAndRefusesWhatIsNeitherRecordedNorGiven(t *testing.T) {
	session := &format.Trajectory{
		SystemUnrecorded: true, ToolsUnrecorded: true,
		Messages: []format.Message{{Role: format.User, Content: "q"}, {Role: format.Assistant, Calls: []format.Call{{Name: "f", Arguments: []byte("{}")}}}},
	}
	for _, c := range []struct {
		opt  RenderOptions
		want string
	}{
		{RenderOptions{}, format.NoSystem},
		{RenderOptions{System: "S"}, format.NoTools},
		{RenderOptions{System: "S", Tools: []byte(`[{"name":"f"}]`)}, ""},
	} {
		given, notes, err := Supply(session, c.opt)
		var r *format.Reject
		if errors.As(err, &r); c.want == "" && err != nil || c.want != "" && (r == nil || r.Reason != c.want) {
			t.Errorf("%+v: got %v, want %q", c.opt, err, c.want)
		}
		if c.want == "" && (given.Messages[0].Content != "S" || len(given.Messages[2].Calls) != 1 || given.Tools == nil || len(notes) != 2) {
			t.Errorf("got %+v, notes %v", given, notes)
		}
	}
	if len(session.Messages) != 2 || session.Tools != nil {
		t.Error("the trajectory itself was changed")
	}
}

func TestCallsOfToolsThatNothingDescribesAreTold(t *testing.T) {
	session := func(tools string) *format.Trajectory {
		return &format.Trajectory{Tools: []byte(tools), Messages: []format.Message{
			{Role: format.System, Content: "S"}, {Role: format.User, Content: "q"},
			{Role: format.Assistant, Calls: []format.Call{{Name: "f", Arguments: []byte("{}")}, {Name: "g", Arguments: []byte("{}")}}},
			{Role: format.ToolRole, Content: "1"}, {Role: format.ToolRole, Content: "2"}, {Role: format.Assistant, Content: "done"},
		}}
	}
	given := session("")
	given.Tools = nil
	for _, c := range []struct {
		t    *format.Trajectory
		opt  RenderOptions
		want int
	}{
		{session(`[{"name":"f"},{"type":"function","function":{"name":"g"}}]`), RenderOptions{}, 0},
		{session(`[{"name":"f"}]`), RenderOptions{}, 1},
		{given, RenderOptions{Tools: []byte(`[{"name":"h"}]`)}, 2},
	} {
		_, supplied, err := Supply(c.t, c.opt)
		_, rendered, err2 := Render(c.t, "openhands", c.opt)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		for _, notes := range [][]string{supplied, rendered} {
			got := 0
			for _, note := range notes {
				if note == format.NoteUndescribed {
					got++
				}
			}
			if got != c.want {
				t.Errorf("%s, %+v: got %v, want %d", c.t.Tools, c.opt, notes, c.want)
			}
		}
	}
}

func TestSuppliedFilesAreRead(t *testing.T) {
	if text, err := ReadSystem([]byte("You act.\n\nBriefly.\n")); text != "You act.\n\nBriefly.\n" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
	if tools, err := ReadTools([]byte("[\n {\"name\": \"f\"}\n]\n")); string(tools) != `[{"name":"f"}]` || err != nil {
		t.Errorf("got %s, %v", tools, err)
	}
	for _, file := range []string{"", "[]", "{}", "[1]", "[{"} {
		if tools, err := ReadTools([]byte(file)); err == nil {
			t.Errorf("%q was read as %s", file, tools)
		}
	}
	if _, err := ReadSystem([]byte("\n")); err == nil {
		t.Error("an empty file was read as a system text")
	}
}

func TestToolsFilesOfEveryProviderAreRead(t *testing.T) {
	const schema = `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`
	const want = `[{"type":"function","function":{"name":"f","description":"d","parameters":` + schema + `}}]`
	for name, file := range map[string]string{
		"OpenAI":           want,
		"OpenAI Responses": `[{"type":"function","name":"f","description":"d","parameters":` + schema + `,"strict":true}]`,
		"Anthropic":        `[{"name":"f","description":"d","input_schema":` + schema + `}]`,
		"Anthropic, typed": `[{"type":"custom","name":"f","description":"d","input_schema":` + schema + `,"cache_control":{"type":"ephemeral"}}]`,
		"MCP":              `{"tools":[{"name":"f","title":"F","description":"d","inputSchema":` + schema + `}]}`,
		"Google":           `[{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":` + schema + `}]}]`,
	} {
		if got, err := ReadTools([]byte(file)); string(got) != want || err != nil {
			t.Errorf("%s: got %s, %v", name, got, err)
		}
	}
	for _, file := range []string{`[{"name":"f","parameters":` + schema + `}]`, `[{"name":"f"}]`, `[{"type":"function","function":{"name":"f"}}]`, `[{"name":"f","parameters":{}}]`} {
		if got, err := ReadTools([]byte(file)); string(got) != file || err != nil {
			t.Errorf("got %s, %v, want %s", got, err, file)
		}
	}
}

func TestWrongToolsFilesAreToldToolByTool(t *testing.T) {
	for file, want := range map[string]string{
		`[{"name":"f"},{"nam":"x"}]`:                       `tool 2 has no name: {"nam":"x"}`,
		`[{"name":"f"},{"name":"g"},{"name":"f"}]`:         `tool 3 "f" stands in the list already`,
		`[{"name":"f","parameters":{"a":{}}}, 7]`:          "tool 1, \"f\", has a parameters that is no schema of an object: {\"a\":{}}\ntool 2 is a number, not an object",
		`[{"name":"f","input_schema":"{}"}]`:               `tool 1, "f", has a input_schema that is no schema of an object: "{}"`,
		`[{"type":"bash_20250124","name":"bash"}]`:         `tool 1, "bash", is the provider's own (bash_20250124): its description is not in the file`,
		`[{"functionDeclarations":[{"name":"f"},{}]}]`:     `tool 1, function 2 has no name: {}`,
		`{"messages":[]}`:                                  `the file holds an object, not a list of tools`,
		`[{"name":"f","parameters":{"properties":["a"]}}]`: `tool 1, "f", has a parameters that is no schema of an object: {"properties":["a"]}`,
	} {
		if got, err := ReadTools([]byte(file)); err == nil || err.Error() != want {
			t.Errorf("%s: got %s, %v, want %s", file, got, err, want)
		}
	}
}

func TestNotesOfReadingStandBeforeThoseOfRendering(t *testing.T) {
	read := &format.Trajectory{Messages: []format.Message{
		{Role: format.System, Content: "s"}, {Role: format.User, Content: "q"}, {Role: format.Assistant, Content: "a"}, {Role: format.User, Content: "tail"},
	}}
	read.Note(format.NoteCRLF)
	_, rendered, err := Render(read, "keep", RenderOptions{})
	if want := []string{format.NoteCRLF, format.NoteDroppedTail}; err != nil || !slices.Equal(rendered, want) {
		t.Errorf("got %q, %v, want %q", rendered, err, want)
	}
	_, supplied, err := Supply(read, RenderOptions{})
	if want := []string{format.NoteCRLF}; err != nil || !slices.Equal(supplied, want) {
		t.Errorf("got %q, %v, want %q", supplied, err, want)
	}
}
