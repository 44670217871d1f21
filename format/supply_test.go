package format

import (
	"errors"
	"testing"
)

func TestSupplyKeepsStructureAndRefusesWhatIsNeitherRecordedNorGiven(t *testing.T) {
	session := &Trajectory{
		SystemUnrecorded: true, ToolsUnrecorded: true,
		Messages: []Message{{Role: User, Content: "q"}, {Role: Assistant, Calls: []Call{{Name: "f", Arguments: []byte("{}")}}}},
	}
	for _, c := range []struct {
		opt  RenderOptions
		want string
	}{
		{RenderOptions{}, NoSystem},
		{RenderOptions{System: "S"}, NoTools},
		{RenderOptions{System: "S", Tools: []byte(`[{"name":"f"}]`)}, ""},
	} {
		given, notes, err := Supply(session, c.opt)
		var r *Reject
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

func TestSuppliedFilesAreRead(t *testing.T) {
	if text, err := ReadSystem([]byte("You act.\n\nBriefly.\n")); text != "You act.\n\nBriefly." || err != nil {
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
