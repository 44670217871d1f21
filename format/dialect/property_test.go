package dialect_test

import (
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/pyjson"
	"trainyard/format/style"
)

// frame are the only strings that a rendering may add to an assistant turn.
var frame = []string{"<tool_call>", "</tool_call>", "{\"name\": \"", "\", \"arguments\": ", "<function=", "<parameter=", "</parameter>", "</function>", ">", "}"}

// invented returns a word of an assistant turn that the record does not
// hold. Both sides are reduced to letters: Python spells numbers anew.
func invented(recorded map[string]bool, content string) string {
	for _, part := range frame {
		content = strings.ReplaceAll(content, part, " ")
	}
	for _, word := range formattest.Words(content) {
		if !recorded[word] && word != "True" && word != "False" && word != "None" {
			return word
		}
	}
	return ""
}

// recordedWords are all words of a record's strings, at any depth and inside
// strings that hold JSON.
func recordedWords(v pyjson.Value, into map[string]bool) {
	scalars := v.Text()
	if kind := v.Kind(); kind != pyjson.KindText && kind != pyjson.KindObject && kind != pyjson.KindArray {
		scalars = string(v.Raw())
	}
	for _, word := range formattest.Words(scalars) {
		into[word] = true
	}
	if v.Kind() == pyjson.KindText {
		// An error only means that the string holds no JSON.
		_ = api.Decoded(v, func(inner pyjson.Value) error {
			if inner.Kind() != pyjson.KindText {
				recordedWords(inner, into)
			}
			return nil
		})
	}
	for name, member := range v.Members() {
		recordedWords(name, into)
		recordedWords(member, into)
	}
	for _, element := range v.Elements() {
		recordedWords(element, into)
	}
}

func TestNoConverterAddsWords(t *testing.T) {
	records := 0
	for _, path := range []string{
		"testdata/openai", "testdata/openhands", "testdata/openhands-completions",
		"testdata/mini-swe-agent", "testdata/nebius-openhands", "testdata/nebius-swe-agent", "testdata/r2e-gym", "testdata/swe-smith", "testdata/sweagent",
		formattest.FixturesDir + "/sweagent", formattest.FixturesDir + "/mini_swe_agent/gemini3pro_swebv/trajs", formattest.FixturesDir + "/mini_swe_agent/upstream_testdata",
		formattest.FixturesDir + "/adp/nebius_SWE-agent-trajectories/sample_raw.json", formattest.FixturesDir + "/nebius_swe_rebench_openhands",
		formattest.FixturesDir + "/adp/swe-gym_openhands_sampled_trajectories/sample_raw.json", formattest.FixturesDir + "/adp/toucan_1_5m/sample_raw.json",
		formattest.FixturesDir + "/adp/swe-smith/sample_raw.json", formattest.FixturesDir + "/openai_chat", formattest.FixturesDir + "/parquet", formattest.FixturesDir + "/hybrid_gym",
	} {
		if _, err := dialect.Open(dialect.Input{Path: path}); err != nil {
			t.Logf("not read: %v", err)
			continue
		}
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
			if o.Err == nil {
				records++
				checkNothingInvented(t, o)
			}
		}
	}
	t.Logf("%d records in %d styles", records, len(style.Styles))
}

func checkNothingInvented(t *testing.T, o formattest.Outcome) {
	recorded := map[string]bool{}
	err := pyjson.WithIndex(o.Record.Raw, func(v pyjson.Value) error {
		recordedWords(v, recorded)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for as := range style.Styles {
		chat, _, err := style.Render(o.T, as, style.RenderOptions{DefaultSystem: "D"})
		if err != nil {
			continue
		}
		formattest.CheckChat(t, chat)
		for i, turn := range chat {
			if word := invented(recorded, turn.Content); turn.Role == format.Assistant && word != "" {
				t.Errorf("%s:%d in style %s: turn %d holds %q, which the record does not", o.Record.File, o.Record.Line, as, i+1, word)
			}
		}
	}
}
