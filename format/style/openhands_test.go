package style

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

func TestCallTagsEqualOpenHandsOwn(t *testing.T) {
	vectors := formattest.Unmarshal[[]struct {
		Case     string
		ToolCall struct {
			Function struct{ Name, Arguments string }
		} `json:"tool_call"`
		OpenHands string
	}](t, formattest.ReadFixture(t, "openhands_v0/expected/tool_call_to_string_vectors.json"))
	for _, v := range vectors {
		got, err := tagCalls([]format.Call{{Name: v.ToolCall.Function.Name, Arguments: json.RawMessage(v.ToolCall.Function.Arguments)}}, openhandsTag, "python")
		if err != nil || got != v.OpenHands {
			t.Errorf("%s: got %q, %v, want %q", v.Case, got, err, v.OpenHands)
		}
	}
}

func TestParallelCallsAreSplitAsOpenHandsDoes(t *testing.T) {
	vectors := formattest.Unmarshal[[]struct {
		Case    string
		In, Out json.RawMessage
		Error   string
	}](t, formattest.ReadFixture(t, "openhands_v0/expected/multi_to_single_vectors.json"))
	for _, v := range vectors {
		got, _, err := protocol.SingleCalls(messagesOf(t, v.In))
		if v.Error != "" {
			if formattest.ReasonOf(t, err) != format.Unanswered {
				t.Errorf("%s: got error %v, want a refusal", v.Case, err)
			}
			continue
		}
		if want := messagesOf(t, v.Out); err != nil || !slices.EqualFunc(got, want, formattest.SameMessage) {
			t.Errorf("%s: got %+v, %v, want %+v", v.Case, got, err, want)
		}
	}
}

func messagesOf(t *testing.T, list []byte) []format.Message {
	t.Helper()
	var messages []format.Message
	err := pyjson.WithIndex(list, func(v pyjson.Value) (err error) {
		messages, err = api.ReadMessages(v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

// The system text is left out: its wording is ours, not the scaffold's.
func TestSWEGymRowsRenderAsOpenHandsOwnConverterDoes(t *testing.T) {
	path := formattest.Fixture(t, "adp/swe-gym_openhands_sampled_trajectories/sample_raw.json")
	expected := strings.Split(strings.TrimSpace(string(formattest.ReadFixture(t, "openhands_v0/expected/swegym_sft_nonfncall.jsonl"))), "\n")
	for i, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		want := formattest.Unmarshal[struct {
			InstanceID string `json:"instance_id"`
			Messages   []struct{ Role, Content string }
		}](t, []byte(expected[i]))
		got, _, err := Render(o.T, "openhands", RenderOptions{KeepCRLF: true})
		if err != nil {
			t.Fatal(err)
		}
		if o.T.InstanceID != want.InstanceID || len(got) != len(want.Messages) {
			t.Fatalf("row %d: %s with %d turns, want %s with %d", i+1, o.T.InstanceID, len(got), want.InstanceID, len(want.Messages))
		}
		for n := 1; n < len(got); n++ {
			if string(got[n].Role) != want.Messages[n].Role || got[n].Content != want.Messages[n].Content {
				t.Errorf("row %d turn %d: got %s %q, want %s %q", i+1, n+1, got[n].Role, got[n].Content, want.Messages[n].Role, want.Messages[n].Content)
			}
		}
	}
}
