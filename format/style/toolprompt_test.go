package style

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/pyjson"
)

// recordedTurn is a message of the converter outputs among the real files.
type recordedTurn struct {
	Role    format.Role
	Content json.RawMessage
}

// text joins the parts of a content that is a list.
func (t recordedTurn) text(tb testing.TB) string {
	tb.Helper()
	if t.Content[0] == '"' {
		return formattest.Unmarshal[string](tb, t.Content)
	}
	text := ""
	for _, part := range formattest.Unmarshal[[]struct{ Text string }](tb, t.Content) {
		text += part.Text
	}
	return text
}

const (
	swegymRaw  = "adp/swe-gym_openhands_sampled_trajectories/sample_raw.json"
	swegymText = "openhands_v0/expected/swegym_sft_nonfncall.jsonl"
)

// learnedV0 is the wording of OpenHands V0, learned from one conversation in
// both forms. It is the scaffold's, so no file here holds it.
func learnedV0(tb testing.TB) *ToolPrompt {
	tb.Helper()
	return learned(tb, append(formattest.Parsed(tb, swegymText)[:1], formattest.Parsed(tb, swegymRaw)...))
}

func learned(tb testing.TB, recordings []*format.Trajectory) *ToolPrompt {
	tb.Helper()
	file, err := LearnToolPrompt(recordings)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := ParseToolPrompt(file)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// sameTurns renders and compares every turn byte for byte.
func sameTurns(tb testing.TB, t *format.Trajectory, p *ToolPrompt, want []recordedTurn) bool {
	tb.Helper()
	got, _, err := Render(t, "openhands", RenderOptions{KeepCRLF: true, ToolPrompt: p})
	if err != nil || len(got) != len(want) {
		tb.Errorf("%s: %d turns, %v, want %d", t.ID, len(got), err, len(want))
		return false
	}
	for i, turn := range got {
		if text := want[i].text(tb); turn.Role != want[i].Role || turn.Content != text {
			tb.Errorf("%s turn %d: %v", t.ID, i+1, difference(turn.Content, text))
			return false
		}
	}
	return true
}

func TestSWEGymRowsEqualOpenHandsOwnConversionByteForByte(t *testing.T) {
	p := learnedV0(t)
	equal := 0
	lines := strings.Split(strings.TrimSpace(string(formattest.ReadFixture(t, swegymText))), "\n")
	for i, tr := range formattest.Parsed(t, swegymRaw) {
		want := formattest.Unmarshal[struct{ Messages []recordedTurn }](t, []byte(lines[i]))
		if sameTurns(t, tr, p, want.Messages) {
			equal++
		}
	}
	t.Logf("%s: %d of %d rows equal, system texts included", swegymText, equal, len(lines))
}

func TestSDKLogsEqualOpenHandsOwnConversionByteForByte(t *testing.T) {
	p := learnedV0(t)
	files, err := filepath.Glob(filepath.Join(formattest.Fixture(t, "openhands_sdk_v1/expected"), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	equal := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := formattest.Unmarshal[struct {
			Source   string
			Messages []recordedTurn
		}](t, raw)
		if sameTurns(t, formattest.Parsed(t, "openhands_sdk_v1/"+want.Source)[0], p, want.Messages) {
			equal++
		}
	}
	t.Logf("openhands_sdk_v1/expected: %d of %d files equal", equal, len(files))
}

func TestToolDescriptionsEqualOpenHandsOwn(t *testing.T) {
	p := learnedV0(t)
	v := formattest.Unmarshal[struct {
		Tools       json.RawMessage
		Description string
		Suffix      string `json:"system_suffix"`
		Empty       string `json:"suffix_when_tools_empty"`
	}](t, formattest.ReadFixture(t, "openhands_v0/expected/tools_description_vector.json"))
	if got := suffixOf(t, p, v.Tools); got != v.Suffix || !strings.Contains(got, v.Description) {
		t.Errorf("with tools: %v", difference(got, v.Suffix))
	}
	if got := suffixOf(t, p, []byte("[]")); got != v.Empty {
		t.Errorf("without tools: %v", difference(got, v.Empty))
	}
}

func TestTheDoubledSystemPromptOfHybridGymIsMadeAgain(t *testing.T) {
	p := learnedV0(t)
	v := formattest.Unmarshal[struct {
		Base      string `json:"system_prompt_base"`
		Tools     json.RawMessage
		Published string `json:"system_message_as_published"`
	}](t, formattest.ReadFixture(t, "hybrid_gym/system_prompt_double_suffix_vector.json"))
	if got := v.Base + suffixOf(t, p, v.Tools) + suffixOf(t, p, []byte("[]")); got != v.Published {
		t.Error(difference(got, v.Published))
	}
}

func suffixOf(tb testing.TB, p *ToolPrompt, tools []byte) (text string) {
	tb.Helper()
	err := pyjson.WithIndex(tools, func(v pyjson.Value) error {
		_, text, _ = p.around(v)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// A log of mocked function calling holds a conversation in both forms; the
// first user turn of its text has an example around it.
func TestAMockedLogTeachesItsOwnTextByteForByte(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(formattest.Fixture(t, "openhands_sdk_v1/llm_data/nonfncall-llm-logs"), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	equal := 0
	for _, file := range files {
		list := formattest.ReadAll(t, dialect.Input{Path: file})
		s, err := dialect.Open(dialect.Input{Path: file})
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.ParseText(list[0].Record)
		if err != nil {
			t.Logf("%s: no text side: %v", filepath.Base(file), err)
			continue
		}
		equal++
		p := learned(t, []*format.Trajectory{list[0].T, text})
		got, _, err := Render(list[0].T, "openhands", RenderOptions{KeepCRLF: true, ToolPrompt: p})
		if err != nil || len(got) != len(text.Messages) {
			t.Fatalf("%s: %d turns, %v, want %d", file, len(got), err, len(text.Messages))
		}
		for i, turn := range got[:len(got)-1] { // the last one's tag is cut off by the stop word
			if err := difference(turn.Content, text.Messages[i].Content); err != nil {
				t.Errorf("%s turn %d: %v", filepath.Base(file), i+1, err)
			}
		}
		if last := text.Messages[len(got)-1].Content; !strings.HasPrefix(got[len(got)-1].Content, strings.TrimSpace(last)) {
			t.Errorf("%s: last turn %q, recorded %q", filepath.Base(file), got[len(got)-1].Content, last)
		}
	}
	if t.Logf("openhands_sdk_v1/llm_data/nonfncall-llm-logs: %d of %d files equal", equal, len(files)); equal < 2 {
		t.Error("too few logs have a text side")
	}
}
