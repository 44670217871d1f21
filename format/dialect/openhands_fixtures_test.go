package dialect_test

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/pyjson"
	"trainyard/format/style"
)

// What comes out of every real file of OpenHands and Hybrid-Gym: the dialect
// that auto finds, records parsed, and rejects by reason. The files that hold
// no trajectory (patches, vectors, a lone state) are rejected as such.
var openhandsOutcomes = map[string]string{
	"hybrid_gym/issue_localize_row0.excerpt.jsonl":           "openai: 1 parsed",
	"hybrid_gym/issue_localize_row1.tail.excerpt.json":       "openai: 1 parsed",
	"hybrid_gym/system_prompt_double_suffix_vector.json":     "none: 1 unknown_format",
	"openhands_sdk_v1/base_state.json":                       "none: 1 unknown_format",
	"openhands_sdk_v1/events.jsonl":                          "openhands-sdk: 1 no_prompt",
	"openhands_sdk_v1/llm_data/fncall-llm-message.json":      "openai: 1 parsed",
	"openhands_sdk_v1/llm_data/nonfncall-llm-message.json":   "openai: 1 parsed",
	"openhands_v0/example_model_output.json":                 "none: 30 report",
	"openhands_v0/expected/converter_behaviour_vectors.json": "openai: 1 bad_arguments, 3 no_assistant, 7 parsed",
	"openhands_v0/expected/multi_to_single_vectors.json":     "none: 7 unknown_format",
	"openhands_v0/expected/swegym_sft_nonfncall.jsonl":       "openai: 5 parsed",
	"openhands_v0/expected/tool_call_to_string_vectors.json": "none: 13 unknown_format",
	"openhands_v0/expected/tools_description_vector.json":    "none: 1 unknown_format",
	"openhands_v0/multi_swe_bench_output.jsonl":              "openhands: 3 parsed",
	"openhands_v0/multi_swe_bench_patch.jsonl":               "none: 3 report",
	"openhands_v0/nunu0404_gpt5_fastjson2_output.jsonl":      "openhands: 1 parsed",
	"openhands_v0/nunu0404_trimesh_row.json":                 "openhands: 1 no_assistant",
	"openhands_v0/resolver_output.jsonl":                     "openhands: 2 parsed",
	"openhands_v0/trajs/basic.json":                          "openhands: 1 parsed",
	"openhands_v0/trajs/basic_gui_mode.json":                 "openhands: 1 parsed",
	"openhands_v0/trajs/basic_interactions.json":             "openhands: 1 parsed",
	"openhands_v0/trajs/wrong_initial_state.json":            "openhands: 1 parsed",
	"openhands_sdk_v1/llm_data/llm-logs/*.json":              "openhands-completions: 1 parsed",
	"openhands_sdk_v1/llm_data/nonfncall-llm-logs/*.json":    "openhands-completions: 1 parsed",
	"openhands_sdk_v1/expected/*.json":                       "openai: 1 parsed",
}

func TestRealFilesOfOpenHands(t *testing.T) {
	for _, dir := range []string{"openhands_v0", "openhands_sdk_v1", "hybrid_gym"} {
		err := filepath.WalkDir(formattest.Fixture(t, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			name, _ := filepath.Rel(formattest.FixturesDir, path)
			name = filepath.ToSlash(name)
			list := formattest.ReadAll(t, dialect.Input{Path: path})
			got := dialectsOf(list) + ": " + formattest.Tally(t, list)
			if got != expectedOutcome(name) {
				t.Errorf("%s: got %q, want %q; first reject: %v", name, got, expectedOutcome(name), firstReject(list))
			}
			t.Logf("%-105s %3d records, %s; %s", name, len(list), got, rendering(list))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func expectedOutcome(name string) string {
	if want, ok := openhandsOutcomes[name]; ok {
		return want
	}
	return openhandsOutcomes[filepath.ToSlash(filepath.Dir(name))+"/*.json"]
}

// dialectsOf names the dialects that auto finds for the records.
func dialectsOf(list []formattest.Outcome) string {
	found := map[string]bool{}
	for _, o := range list {
		_ = pyjson.WithIndex(o.Record.Raw, func(root pyjson.Value) error {
			if d, err := dialect.Choose(dialect.Auto, o.Record, root); err == nil {
				found[d.Name] = true
			}
			return nil
		})
	}
	for name := range found {
		return name
	}
	return "none"
}

// rendering counts what style openhands makes of the trajectories, alone and
// with system text and tools supplied.
func rendering(list []formattest.Outcome) string {
	var parts []string
	for _, opt := range []style.RenderOptions{{DefaultSystem: "D"}, {System: "S", Tools: []byte("[]")}} {
		chats, reasons := 0, map[string]int{}
		for _, o := range list {
			if o.Err != nil {
				continue
			}
			if _, _, err := style.Render(o.T, "openhands", opt); err == nil {
				chats++
			} else if r, ok := err.(*format.Reject); ok {
				reasons[r.Reason]++
			}
		}
		parts = append(parts, strings.TrimSuffix(fmt.Sprintf("%d chats %v", chats, reasons), " map[]"))
	}
	return parts[0] + ", supplied: " + parts[1]
}

// The event lists come from the runtime's own tests, so what each ends on is
// known.
func TestEventListsEndAsTheirRunsDid(t *testing.T) {
	for name, want := range map[string]struct {
		steps int
		last  string
	}{
		"basic.json":               {2, "finish"},
		"basic_gui_mode.json":      {5, ""},
		"basic_interactions.json":  {3, "finish"},
		"wrong_initial_state.json": {4, "finish"},
	} {
		list := formattest.Parsed(t, "openhands_v0/trajs/"+name)
		tr, called := list[0], ""
		if last := tr.Messages[len(tr.Messages)-1]; len(last.Calls) > 0 {
			called = last.Calls[0].Name
		}
		if len(list) != 1 || tr.Steps() != want.steps || called != want.last || !tr.SystemUnrecorded || !tr.ToolsUnrecorded {
			t.Errorf("%s: %d steps, last call %q, %+v", name, tr.Steps(), called, tr.ExitStatus)
		}
	}
}
