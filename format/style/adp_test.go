package style

import (
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/edit"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
)

// The protocol's own SFT files, call by call with the result behind it. What is
// not theirs word for word is nine times a submission, an interface of the data set
// that they write as a line of bash, submit(), and four times code in a language
// without a tool, which they write into a line of Python without escaping it.
func TestADPStyleEqualsTheProtocolsOwnConversion(t *testing.T) {
	editing, err := edit.NewEdits([]edit.Spec{
		{Name: "rename_argument", Args: map[string]any{"tool": "python", "arguments": renamed("content", "code")}},
		{Name: "rename_argument", Args: map[string]any{"tool": "bash", "arguments": renamed("content", "command")}},
		{Name: "rename_tool", Args: map[string]any{"tools": append(renamed("python", "execute_ipython_cell"), renamed("bash", "execute_bash")...)}},
	}, edit.Env{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][2]int{
		"code_feedback": {23, 27}, "swe-gym_openhands_sampled_trajectories": {83, 83}, "swe-smith": {107, 116},
	} {
		converted := map[string][]string{}
		for _, row := range formattest.Unmarshal[[]struct {
			ID            string
			Conversations []struct{ Value string }
		}](t, formattest.ReadFixture(t, "adp/"+name+"/sample_sft/sample_sft_openhands.json")) {
			for _, turn := range row.Conversations {
				converted[row.ID] = append(converted[row.ID], turn.Value)
			}
		}
		equal, calls, finishes, equalFinishes := 0, 0, 0, 0
		for _, tr := range formattest.Parsed(t, "adp/"+name+"/sample_std.json") {
			if _, err := editing.Apply(tr); err != nil {
				t.Fatal(err)
			}
			chat, _, err := Render(tr, "adp", RenderOptions{System: "S", KeepCRLF: true, KeepLead: true})
			if err != nil {
				t.Fatalf("%s %s: %v", name, tr.ID, err)
			}
			theirs := converted[tr.ID]
			if last := chat[len(chat)-1].Content; len(theirs) > 0 && strings.Contains(last, "<function=finish>") {
				finishes++
				if last == theirs[len(theirs)-1] {
					equalFinishes++
				}
			}
			for i, turn := range chat[1 : len(chat)-1] {
				if turn.Role != format.Assistant || !strings.Contains(turn.Content, protocol.FunctionOpen) {
					continue
				}
				calls++
				if i+1 < len(theirs) && theirs[i] == turn.Content && theirs[i+1] == chat[i+2].Content {
					equal++
				}
			}
		}
		if finishes == 0 || equalFinishes != finishes {
			t.Errorf("%s: %d of %d closing calls equal", name, equalFinishes, finishes)
		}
		if got := [2]int{equal, calls}; got != want {
			t.Errorf("%s: %d of %d calls equal, want %v", name, equal, calls, want)
		}
	}
}

func renamed(from, to string) []any {
	return []any{map[string]any{"from": from, "to": to}}
}
