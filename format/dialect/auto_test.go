package dialect_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
	"trainyard/format/style"
)

// What auto makes of the real files of these formats: the dialect it names,
// the records parsed of those read, and rejects by reason.
var autoOutcomes = map[string]string{
	"adp/code_feedback/sample_raw.json":                                               "openai: 10 of 10",
	"adp/code_feedback/sample_sft.json":                                               "sharegpt: 10 of 10",
	"adp/code_feedback/sample_sft/sample_sft_openhands.json":                          "sharegpt: 10 of 10",
	"adp/code_feedback/sample_sft/sample_sft_sweagent.json":                           "sharegpt: 7 of 7",
	"adp/code_feedback/sample_std.json":                                               "adp: 10 of 10",
	"adp/codeactinstruct/sample_raw.json":                                             "openai: 5 of 5",
	"adp/codeactinstruct/sample_sft.json":                                             "sharegpt: 5 of 5",
	"adp/codeactinstruct/sample_sft/sample_sft_openhands.json":                        "sharegpt: 5 of 5",
	"adp/codeactinstruct/sample_sft/sample_sft_sweagent.json":                         "sharegpt: 5 of 5",
	"adp/codeactinstruct/sample_std.json":                                             "adp: 5 of 5",
	"adp/nebius_SWE-agent-trajectories/sample_raw.json":                               "nebius-swe-agent: 5 of 5",
	"adp/nebius_SWE-agent-trajectories/sample_sft.json":                               "sharegpt: 5 of 5",
	"adp/nebius_SWE-agent-trajectories/sample_sft/sample_sft_openhands.json":          "sharegpt: 5 of 5",
	"adp/nebius_SWE-agent-trajectories/sample_std.json":                               "adp: 5 of 5",
	"adp/openhands/sample_sft.json":                                                   "sharegpt: 5 of 5",
	"adp/openhands/sample_sft/sample_sft_openhands.json":                              "sharegpt: 5 of 5",
	"adp/openhands/sample_sft/sample_sft_sweagent.json":                               "sharegpt: 4 of 4",
	"adp/openhands/sample_std.json":                                                   "adp: 4 of 5, unknown_part 1",
	"adp/swe-gym_openhands_sampled_trajectories/sample_raw.json":                      "openhands: 5 of 5",
	"adp/swe-gym_openhands_sampled_trajectories/sample_sft.json":                      "sharegpt: 5 of 5",
	"adp/swe-gym_openhands_sampled_trajectories/sample_sft/sample_sft_openhands.json": "sharegpt: 5 of 5",
	"adp/swe-gym_openhands_sampled_trajectories/sample_sft/sample_sft_sweagent.json":  "sharegpt: 5 of 5",
	"adp/swe-gym_openhands_sampled_trajectories/sample_std.json":                      "adp: 5 of 5",
	"adp/swe-smith/sample_raw.json":                                                   "swe-smith: 5 of 5",
	"adp/swe-smith/sample_sft.json":                                                   "sharegpt: 5 of 5",
	"adp/swe-smith/sample_sft/sample_sft_openhands.json":                              "sharegpt: 5 of 5",
	"adp/swe-smith/sample_sft/sample_sft_sweagent.json":                               "sharegpt: 5 of 5",
	"adp/swe-smith/sample_std.json":                                                   "adp: 5 of 5",
	"adp/toucan_1_5m/sample_raw.json":                                                 "openai: 1 of 1",
	"adp/toucan_1_5m/sample_sft.json":                                                 "sharegpt: 1 of 1",
	"adp/toucan_1_5m/sample_sft/sample_sft_openhands.json":                            "sharegpt: 1 of 1",
	"adp/toucan_1_5m/sample_sft/sample_sft_sweagent.json":                             "sharegpt: 1 of 1",
	"adp/toucan_1_5m/sample_std.json":                                                 "adp: 1 of 1",
	"atif/nat_exmp01_atif.json":                                                       "atif: 1 of 1",
	"atif/nat_exmp02_atif.json":                                                       "atif: 1 of 1",
	"atif/nat_exmp03_atif.json":                                                       "atif: 1 of 1",
	"atif/nat_exmp04_atif.json":                                                       "atif: 1 of 1",
	"atif/nat_exmp05_atif.json":                                                       "atif: 1 of 1",
	"atif/nat_exmp06_atif.json":                                                       "atif: 1 of 1",
	"atif/nat_exmp06_atof.jsonl":                                                      "atif: 0 of 1, event_stream 1",
	"atif/openagents_login-trace.trajectory.json":                                     "atif: 1 of 1",
	"claude_code/agentsview/valid_session.jsonl":                                      "claude-code: 1 of 1",
	"claude_code/claude-code-log/edge_cases.jsonl":                                    "claude-code: 0 of 1, bad_message 1",
	"claude_code/claude-code-log/representative_messages.jsonl":                       "claude-code: 1 of 1",
	"claude_code/claude-code-log/session_b.jsonl":                                     "claude-code: 1 of 1",
	"claude_code/claude-code-log/todowrite_examples.jsonl":                            "claude-code: 1 of 1",
	"claude_code/claude-code-transcripts/sample_session.json":                         "claude-code: 2 of 2",
	"claude_code/claude-code-transcripts/sample_session.jsonl":                        "claude-code: 1 of 1",
	"codex/agentsview/fc_args_1.jsonl":                                                "codex: 1 of 1",
	"codex/agentsview/fc_args_2.jsonl":                                                "codex: 1 of 1",
	"codex/agentsview/fc_stdin.jsonl":                                                 "codex: 1 of 1",
	"codex/agentsview/function_calls.jsonl":                                           "codex: 1 of 1",
	"codex/agentsview/standard_session.jsonl":                                         "codex: 1 of 1",
	"codex/exec_stream/stream-output-1.jsonl":                                         "codex: 0 of 1, event_stream 1",
	"codex/exec_stream/stream-output-2.jsonl":                                         "codex: 0 of 1, event_stream 1",
	"codex/exec_stream/stream-output-3.jsonl":                                         "codex: 0 of 1, event_stream 1",
	"codex/exec_stream/stream-output-4.jsonl":                                         "codex: 0 of 1, event_stream 1",
	"codex/exec_stream/stream-output-5.jsonl":                                         "codex: 0 of 1, event_stream 1",
	"codex/exec_stream/stream-output-multi-1.jsonl":                                   "codex: 0 of 1, event_stream 1",
	"codex/openagents/codex-rollout.sample.jsonl":                                     "codex: 1 of 1",
	"gemini_cli/agentsview/standard_session.json":                                     "gemini-cli: 1 of 1",
	"gemini_cli/agentsview/system_messages.json":                                      "gemini-cli: 0 of 1, no_messages 1",
	"gemini_cli/agentsview/thinking_only.json":                                        "gemini-cli: 1 of 1",
	"gemini_cli/agentsview/tool_calls.json":                                           "gemini-cli: 1 of 1",
	"openai_chat/llamafactory_v1_sft_demo.jsonl":                                      "openai: 500 of 500",
	"openai_chat/ms-swift_chatml.jsonl":                                               "openai: 3 of 3",
	"openai_chat/ms-swift_conversations.jsonl":                                        "sharegpt: 3 of 3",
	"openai_chat/ms-swift_multi_modal_1.jsonl":                                        "ms-swift: 1 of 3, image_part 2",
	"openai_chat/ms-swift_sharegpt.jsonl":                                             "ms-swift: 3 of 3",
	"openai_chat/ms-swift_swift_multi.jsonl":                                          "ms-swift: 3 of 3",
	"openai_chat/tinker_conversations.jsonl":                                          "openai: 128 of 128",
	"pi/assistant-message-with-thinking-code.json":                                    "none: 0 of 1, unknown_format 1",
	"pi/before-compaction.jsonl":                                                      "pi: 3 of 3",
	"pi/large-session.jsonl":                                                          "pi: 1 of 1",
	"sharegpt/glaive_toolcall_en_demo.json":                                           "sharegpt: 300 of 300",
	"sharegpt/reason_tool_use_demo_50.jsonl":                                          "openai: 50 of 50",
}

func TestAutoNamesTheDialectOfEveryRealFile(t *testing.T) {
	seen := map[string]bool{}
	eachRealFile(t, func(name string, list []formattest.Outcome) {
		seen[name] = true
		got := summarise(list)
		t.Logf("%-80s %s", name, got)
		if want := autoOutcomes[name]; got != want {
			t.Errorf("%s: got %q, want %q; first reject: %v", name, got, want, firstReject(list))
		}
	})
	for name := range autoOutcomes {
		if !seen[name] {
			t.Errorf("%s was not read", name)
		}
	}
}

// eachRealFile reads every file beside the repository that belongs to the
// formats of the table.
func eachRealFile(t *testing.T, use func(name string, list []formattest.Outcome)) {
	for _, dir := range []string{"adp", "atif", "claude_code", "codex", "gemini_cli", "openai_chat", "pi", "sharegpt"} {
		err := filepath.WalkDir(formattest.Fixture(t, dir), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			name, err := filepath.Rel(formattest.FixturesDir, path)
			use(name, formattest.ReadAll(t, dialect.Input{Path: path}))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// namedBy is the dialect that auto finds for a record, or none.
func namedBy(rec format.Record) string {
	name := "none"
	if rec.Err != nil {
		return name
	}
	// A record that is not JSON has no dialect.
	_ = pyjson.WithIndex(rec.Raw, func(v pyjson.Value) error {
		d, err := dialect.Choose(dialect.Auto, rec, v)
		if err == nil {
			name = d.Name
		}
		return err
	})
	return name
}

func summarise(list []formattest.Outcome) string {
	var names, reasons []string
	counts, parsed := map[string]int{}, 0
	for _, o := range list {
		if name := namedBy(o.Record); !slices.Contains(names, name) {
			names = append(names, name)
		}
		var r *format.Reject
		if errors.As(o.Err, &r) {
			counts[r.Reason]++
		} else {
			parsed++
		}
	}
	for reason, n := range counts {
		reasons = append(reasons, fmt.Sprintf(", %s %d", reason, n))
	}
	slices.Sort(reasons)
	return fmt.Sprintf("%s: %d of %d%s", strings.Join(names, "+"), parsed, len(list), strings.Join(reasons, ""))
}

// supplied are the options that a record's gaps ask for.
func supplied(t *format.Trajectory) style.RenderOptions {
	opt := style.RenderOptions{DefaultSystem: "D", Specials: []string{"<|im_end|>"}}
	if t.SystemUnrecorded {
		opt.System = "S"
	}
	if t.ToolsUnrecorded {
		opt.Tools = json.RawMessage(`[{"type":"function","function":{"name":"f"}}]`)
	}
	return opt
}

// Every word that an assistant is made to say stands in the record, once the
// system prompt and the tools that it lacks are supplied.
func TestNoRealSessionGainsWords(t *testing.T) {
	chats := 0
	eachRealFile(t, func(name string, list []formattest.Outcome) {
		for _, o := range list {
			if o.Err != nil {
				continue
			}
			recorded := map[string]bool{}
			if err := pyjson.WithIndex(o.Record.Raw, func(v pyjson.Value) error {
				recordedWords(v, recorded)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			for _, as := range []protocol.Style{"openhands", "qwen", "keep"} {
				chat, _, err := style.Render(o.T, as, supplied(o.T))
				if err != nil {
					continue
				}
				chats++
				formattest.CheckChat(t, chat)
				for i, turn := range chat {
					if word := invented(recorded, turn.Content); turn.Role == format.Assistant && word != "" {
						t.Errorf("%s:%d in style %s: turn %d holds %q, which the record does not", name, o.Record.Line, as, i+1, word)
					}
				}
			}
		}
	})
	t.Logf("%d chats", chats)
}

func TestWhatASessionLacksIsAskedForNotGuessed(t *testing.T) {
	session := formattest.MustParse(t, "codex", `{"lines":[{"type":"session_meta","payload":{"id":"s"}},`+
		`{"type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"Q"}]}},`+
		`{"type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{}","call_id":"c"}}]}`)
	tools := json.RawMessage(`[{"type":"function","function":{"name":"shell"}}]`)
	for _, row := range []struct {
		opt  style.RenderOptions
		want string
	}{
		{style.RenderOptions{DefaultSystem: "a default is a guess"}, format.NoSystem},
		{style.RenderOptions{System: "S"}, format.NoTools},
		{style.RenderOptions{Tools: tools}, format.NoSystem},
		{style.RenderOptions{System: "S", Tools: tools}, ""},
	} {
		_, _, err := style.Render(session, "openhands", row.opt)
		if got := formattest.ReasonOf(t, err); got != row.want {
			t.Errorf("%+v: got %q, want %q", row.opt, got, row.want)
		}
		if row.want == format.NoTools && !strings.HasSuffix(err.Error(), "supply tools: FILE in the recipe, --tools FILE on the command line") {
			t.Errorf("the way out is not told: %v", err)
		}
	}
}

// A log that leaves the system prompt out says nothing of it; a chat as it was
// sent, without one, had none.
func TestADefaultStandsOnlyWhereTheAgentHadNoSystemPrompt(t *testing.T) {
	const call = `"tool_calls":[{"tool_call_id":"1","function_name":"f","arguments":{}}]`
	for _, row := range []struct{ dialect, record, want string }{
		{"adp", `{"id":"1","content":[{"class_":"text_observation","source":"user","content":"Q"},{"class_":"message_action","content":"A"}]}`, format.NoSystem},
		{"adp", `{"id":"1","content":[{"class_":"text_observation","source":"user","name":"system","content":"S"},{"class_":"text_observation","source":"user","content":"Q"},{"class_":"message_action","content":"A"}]}`, ""},
		{"atif", `{"schema_version":"ATIF-v1.4","steps":[{"source":"user","message":"Q"},{"source":"agent","message":"A",` + call + `}]}`, format.NoSystem},
		{"atif", `{"schema_version":"ATIF-v1.4","steps":[{"source":"system","message":"S"},{"source":"user","message":"Q"},{"source":"agent","message":"A",` + call + `}]}`, ""},
		{"atif", `{"schema_version":"ATIF-v1.4","steps":[{"source":"user","message":"Q"},{"source":"agent","message":"A"}]}`, ""},
		{"sharegpt", `{"conversations":[{"from":"human","value":"Q"},{"from":"gpt","value":"A"}]}`, ""},
		{"openai", `{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]}`, ""},
	} {
		_, _, err := style.Render(formattest.MustParse(t, row.dialect, row.record), "openhands", style.RenderOptions{DefaultSystem: "D", Tools: json.RawMessage(`[{"name":"f"}]`)})
		if got := formattest.ReasonOf(t, err); got != row.want {
			t.Errorf("%s: got %q, want %q", row.record, got, row.want)
		}
	}
}
