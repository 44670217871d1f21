package dialect_test

import (
	"slices"
	"testing"

	"trainyard/format"
	"trainyard/format/formattest"
)

// One rule for all dialects: the conversation's own system text stands.
func TestASystemTextBesideTheConversation(t *testing.T) {
	shapes := map[string]func(head string) string{
		"openai": func(head string) string { return `"messages":[` + head + formattest.AskOK + `]` },
		"swe-smith": func(head string) string {
			return `"instance_id":"i","traj_id":"t","messages":[` + head + formattest.AskOK + `]`
		},
		"nebius-openhands": func(head string) string { return `"instance_id":"i","trajectory":[` + head + formattest.AskOK + `]` },
		"swe-star":         func(head string) string { return `"instance_id":"i","stitched":[` + head + formattest.AskOK + `]` },
		"anthropic":        func(head string) string { return `"messages":[` + head + formattest.AskOK + `]` },
		"openhands": func(head string) string {
			return `"instance_id":"i","test_result":{},"messages":[` + head + formattest.AskOK + `]`
		},
	}
	for _, c := range []struct {
		name, head, beside, want string
		noted                    bool
	}{
		{"alone", "", "B", "B", false},
		{"twice the same", "H", "H", "H", false},
		{"another", "H", "B", "H", true},
		{"none beside", "H", "", "H", false},
		{"an empty head", " ", "B", "B", false},
	} {
		for dialect, shape := range shapes {
			head := ""
			if c.head != "" {
				head = `{"role":"system","content":"` + c.head + `"},`
			}
			checkSystem(t, dialect+", "+c.name, dialect, `{"system":"`+c.beside+`",`+shape(head)+`}`, c.want, c.noted)
		}
		head := ""
		if c.head != "" {
			head = `{"from":"system","value":"` + c.head + `"},`
		}
		checkSystem(t, "sharegpt, "+c.name, "sharegpt", `{"system":"`+c.beside+`","conversations":[`+head+`{"from":"human","value":"q"},{"from":"gpt","value":"ok"}]}`, c.want, c.noted)
	}
}

func checkSystem(t *testing.T, name, dialect, record, want string, noted bool) {
	t.Helper()
	got := formattest.MustParse(t, dialect, record)
	systems := 0
	for _, m := range got.Messages {
		if m.Role == format.System {
			systems++
		}
	}
	if got.Messages[0].Content != want || systems != 1 || slices.Contains(got.Notes, format.NoteTwoSystems) != noted {
		t.Errorf("%s: got %q and %d system messages, notes %q", name, got.Messages[0].Content, systems, got.Notes)
	}
}
