package style_test

import (
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
	"trainyard/format/style"
)

// Terminus-2 types the commands of a turn one after the other and records what
// the terminal shows then.
func TestCallsThatShareAResult(t *testing.T) {
	batch := func() *format.Trajectory {
		return &format.Trajectory{
			Tools: []byte(`[{"type":"function","function":{"name":"type","parameters":{"type":"object","properties":{"keys":{"type":"string"}}}}}]`),
			Messages: []format.Message{
				{Role: format.System, Content: "s"}, {Role: format.User, Content: "q"},
				{Role: format.Assistant, Content: "both", Calls: []format.Call{
					{ID: "1", Name: "type", Arguments: []byte(`{"keys":"ls"}`)}, {ID: "2", Name: "type", Arguments: []byte(`{"keys":"pwd"}`)}}},
				{Role: format.ToolRole, Content: "screen"}, {Role: format.Assistant, Content: "done"},
			},
		}
	}
	for as, rendering := range style.Styles {
		if as == "keep" {
			continue
		}
		chat, _, err := style.Render(batch(), as, style.RenderOptions{})
		switch {
		case rendering.Together() && err != nil:
			t.Errorf("%s: %v", as, err)
		case rendering.Together():
			checkBatch(t, as, chat)
		case formattest.ReasonOf(t, err) != format.Unanswered || !strings.Contains(err.Error(), "while hermes, qwen, r2e, swe-smith keep"):
			t.Errorf("%s: got %v", as, err)
		}
	}
}

// checkBatch holds both calls to one turn, in order, and the result to the next.
func checkBatch(t *testing.T, as protocol.Style, chat format.Chat) {
	t.Helper()
	if len(chat) != 5 {
		t.Fatalf("%s: got %+v", as, chat)
	}
	first, second := strings.Index(chat[2].Content, "ls"), strings.Index(chat[2].Content, "pwd")
	if first < 0 || second < first || !strings.Contains(chat[3].Content, "screen") {
		t.Errorf("%s: got %q, then %q", as, chat[2].Content, chat[3].Content)
	}
}
