package dialect_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// v0Action is an agent's action with the response it came from.
func v0Action(id int, response, content string, calls ...string) string {
	var list []string
	for _, call := range calls {
		list = append(list, fmt.Sprintf(`{"id":%q,"function":{"name":"f","arguments":"{}"}}`, call))
	}
	return fmt.Sprintf(`{"id":%d,"source":"agent","action":"run","args":{"command":"c"},"tool_call_metadata":{"tool_call_id":%q,"function_name":"f",
		"model_response":{"id":%q,"model":"m","choices":[{"message":{"role":"assistant","content":%q,"tool_calls":[%s]}}]}}}`,
		id, calls[0], response, content, strings.Join(list, ","))
}

func v0Result(id int, call, content string) string {
	return fmt.Sprintf(`{"id":%d,"source":"agent","observation":"think","content":%q,"tool_call_metadata":{"tool_call_id":%q,"function_name":"f"}}`, id, content, call)
}

const v0Ask = `{"id":1,"source":"user","action":"message","args":{"content":"q"}}`

// v0Line says what a history becomes: each message by role, content and
// calls, or the reason that there is none.
func v0Line(tb testing.TB, record string) string {
	tb.Helper()
	tr, err := formattest.ParseRecord("openhands", record)
	if err != nil {
		return formattest.ReasonOf(tb, err)
	}
	var parts []string
	for _, m := range tr.Messages {
		part := string(m.Role[0]) + ":" + m.Content
		for _, call := range m.Calls {
			part += "(" + call.Name + call.ID + ")"
		}
		parts = append(parts, part+m.CallID)
	}
	return strings.Join(parts, " ")
}

func TestHistoriesAreShownAsTheScaffoldShowsThem(t *testing.T) {
	say := func(source, text string) string {
		return fmt.Sprintf(`{"id":50,"source":%q,"action":"message","args":{"content":%q}}`, source, text)
	}
	seen := func(kind, rest string) string {
		return fmt.Sprintf(`{"id":51,"source":"agent","observation":%q,%s}`, kind, rest)
	}
	for _, c := range []struct{ name, events, want string }{
		{"a call and its result", v0Action(2, "r", "t", "1") + "," + v0Result(3, "1", "o"), "u:q a:t(f1) t:o1"},
		{"results of one response in the order of its calls", v0Action(2, "r", "t", "1", "2") + "," + v0Action(3, "r", "t", "2", "1") + "," + v0Result(4, "2", "b") + "," + v0Result(5, "1", "a"),
			"u:q a:t(f1)(f2) t:a1 t:b2"},
		{"a response that was never answered is not shown", v0Action(2, "r", "lost", "1") + "," + v0Action(3, "s", "t", "2") + "," + v0Result(4, "2", "o"), "u:q a:t(f2) t:o2"},
		{"a response at the end is shown", v0Action(2, "r", "t", "1"), "u:q a:t(f1)"},
		{"an error without a call is a user's turn", v0Action(2, "r", "t", "1") + "," + v0Result(3, "1", "o") + "," + seen("error", `"content":"bad"`) + "," + say("agent", "sorry"),
			"u:q a:t(f1) t:o1 u:bad\n[Error occurred in processing last action] a:sorry"},
		{"a rejected action", v0Action(2, "r", "t", "1") + "," + seen("user_rejected", `"content":"no","tool_call_metadata":{"tool_call_id":"1"}`), "u:q a:t(f1) t:OBSERVATION:\nno\n[Last action has been rejected by the user]1"},
		{"what the user ran", `{"id":2,"source":"user","action":"run","args":{"command":"ls"}},` + `{"id":3,"source":"user","observation":"run","content":"a","extras":{"metadata":{"exit_code":0}}},` + say("agent", "ok"),
			"u:q u:User executed the command:\nls u:\nObserved result of command executed by user:\na\n[Command finished with exit code 0] a:ok"},
		{"what is never shown", seen("agent_state_changed", `"content":""`) + "," + seen("null", `"content":""`) + "," + seen("recall", `"content":"x"`) + "," + say("agent", "ok"), "u:q a:ok"},
		{"a browser's page", v0Action(2, "r", "t", "1") + "," + seen("browse", `"content":"page","tool_call_metadata":{"tool_call_id":"1"}`), "u:q a:t(f1) t:page1"},
		{"a delegate's answer", v0Action(2, "r", "t", "1") + "," + seen("delegate", `"content":"","extras":{"outputs":{"content":"done"}},"tool_call_metadata":{"tool_call_id":"1"}`), "u:q a:t(f1) t:done1"},
		{"an edit in the words of 2025-01", v0Action(2, "r", "t", "1") + "," + seen("edit", `"content":"diff","extras":{"impl_source":"oh_aci","formatted_output_and_error":"edited"},"tool_call_metadata":{"tool_call_id":"1"}`), "u:q a:t(f1) t:edited1"},
		{"an edit whose diff is not recorded", v0Action(2, "r", "t", "1") + "," + seen("edit", `"content":"","extras":{"impl_source":"llm_based_edit"},"tool_call_metadata":{"tool_call_id":"1"}`), format.LostContext},
		{"an unknown observation", seen("telepathy", `"content":"x"`), format.LostContext},
		{"a message without a source", `{"id":2,"action":"message","args":{"content":"x"}}`, format.LostContext},
		{"an image", `{"id":2,"source":"user","action":"message","args":{"content":"x","image_urls":["data:"]}}`, format.ImagePart},
		{"neither action nor observation", `{"id":2}`, format.BadMessage},
		{"no step of the agent", `{"id":2,"source":"user","action":"recall","args":{}}`, format.NoAssistant},
	} {
		if got := v0Line(t, `{"history":[`+v0Ask+","+c.events+`]}`); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestLongObservationsAreCutAsTheScaffoldCutsThem(t *testing.T) {
	long := strings.Repeat("ä", 7) + strings.Repeat("b", 8)
	record := fmt.Sprintf(`{"metadata":{"llm_config":{"max_message_chars":10}},"history":[%s,%s,%s]}`, v0Ask, v0Action(2, "r", "t", "1"), v0Result(3, "1", long))
	const want = "u:q a:t(f1) t:äääää\n[... Observation truncated due to length ...]\nbbbbb1"
	if got := v0Line(t, record); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := v0Line(t, strings.Replace(record, `:10}`, `:15}`, 1)); !strings.HasSuffix(got, long+"1") {
		t.Errorf("a text of just the limit: got %q", got)
	}
}

func TestACondensedEventListIsOneRecordForEachView(t *testing.T) {
	events := []string{v0Ask, v0Action(2, "r", "a", "1"), v0Result(3, "1", "o"),
		`{"id":4,"source":"agent","action":"condensation","args":{"forgotten_event_ids":[2,3],"summary":"S","summary_offset":1}}`,
		v0Action(5, "s", "b", "2"), v0Result(6, "2", "p")}
	path := formattest.Write(t, "run.json", "["+strings.Join(events, ",\n")+"]")
	var got []string
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
		got = append(got, v0Line(t, string(o.Record.Raw)))
	}
	if want := []string{"u:q a:a(f1) t:o1", "u:q u:S a:b(f2) t:p2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What both views show is trained in the first.
func TestASecondViewTrainsWhatCameSince(t *testing.T) {
	events := []string{v0Ask, v0Action(2, "r", "a", "1"), v0Result(3, "1", "o"), v0Action(4, "s", "b", "2"), v0Result(5, "2", "p"),
		`{"id":6,"source":"agent","action":"condensation","args":{"forgotten_event_ids":[2,3],"summary":"S","summary_offset":1}}`,
		v0Action(7, "u", "c", "3"), v0Result(8, "3", "q")}
	list := formattest.ReadAll(t, dialect.Input{Path: formattest.Write(t, "run.json", "["+strings.Join(events, ",\n")+"]")})
	var got []string
	for _, o := range list {
		got = append(got, seen(t, o))
	}
	if want := []string{"u:q a:a t:o a:b t:p", "u:q u:S a:[b] t:p a:c t:q ~"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestABrokenEventListIsOneReject(t *testing.T) {
	whole := "[" + v0Ask + "," + v0Action(2, "r", "a", "1") + "]"
	for content, want := range map[string]string{
		whole:                   "1 parsed",
		whole[:len(whole)-10]:   "1 not_json",
		whole[:len(whole)-1]:    "1 not_json",
		"[" + v0Ask + ",7]":     "1 bad_message",
		strings.Repeat(" ", 90): "1 empty_file",
		"[" + v0Ask + "," + strings.Repeat(v0Ask+",", 60) + v0Ask + "]": "1 too_large",
	} {
		if got := formattest.Tally(t, formattest.ReadAll(t, dialect.Input{Path: formattest.Write(t, "run.json", content), MaxRecord: 2000})); got != want {
			t.Errorf("%.60s…: got %s, want %s", content, got, want)
		}
	}
}

// A condensed run logs a prompt that no longer continues the one before; what
// follows is a stretch of its own.
func TestAFolderOfACondensedRunIsOneRecordForEachStretch(t *testing.T) {
	log := func(time int, messages ...string) string {
		var list []string
		for i, text := range messages {
			role, mark := []string{"user", "assistant"}[i%2], ""
			if i == len(messages)-1 {
				mark = `,"cache_control":{"type":"ephemeral"}` // moves from call to call
			}
			list = append(list, fmt.Sprintf(`{"role":%q,"content":[{"type":"text","text":%q%s}]}`, role, text, mark))
		}
		return fmt.Sprintf(`{"messages":[%s],"response":{"choices":[{"message":{"role":"assistant","content":"answer %d"}}]},"timestamp":%d}`, strings.Join(list, ","), time, time)
	}
	files := map[string]string{}
	for i, content := range []string{
		log(1, "q"), log(2, "q", "a", "r 9 turns left"), log(3, "q", "a", "r", "b", "s"), log(4, "q", "a", "r", "b", "s"), // asked twice
		log(5, "q", "SUMMARY", "s"), log(6, "q", "SUMMARY", "s", "c", "t"),
		log(7, "condense this"),
	} {
		files[fmt.Sprintf("o__n-1/m-17570150%02d.5.json", i)] = content
	}
	var got []string
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: completionDir(t, files)}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		got = append(got, fmt.Sprintf("%d %s", len(o.T.Messages), o.T.Messages[len(o.T.Messages)-1].Content))
	}
	if want := []string{"6 answer 4", "6 answer 6"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGzippedRowsWithCompletionsAreRead(t *testing.T) {
	row := `{"instance_id":"o__n-1","history":[` + v0Ask + `],"raw_completions":{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"from the log"}],"tools":[]}}`
	path := filepath.Join(t.TempDir(), "output.with_completions.jsonl.gz")
	if err := os.WriteFile(path, []byte(gzipped(t, row+"\n"+row)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
		if o.Err != nil || o.T.Messages[1].Content != "from the log" || o.T.InstanceID != "o__n-1" {
			t.Errorf("got %+v, %v", o.T, o.Err)
		}
	}
}

// Whatever the events are, every word of the agent is one of the record.
func TestNoEventOfOpenHandsAddsWords(t *testing.T) {
	for _, path := range []string{"testdata/openhands-sdk", formattest.FixturesDir + "/openhands_v0", formattest.FixturesDir + "/openhands_sdk_v1/llm_data"} {
		if _, err := dialect.Open(dialect.Input{Path: path}); err != nil {
			t.Logf("not read: %v", err)
			continue
		}
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: path}) {
			if o.Err != nil {
				continue
			}
			if o.T.SystemUnrecorded {
				o.T.Messages = slices.Insert(o.T.Messages, 0, format.Message{Role: format.System, Content: "S"})
			}
			o.T.SystemUnrecorded, o.T.ToolsUnrecorded, o.T.Tools = false, false, json.RawMessage(nil)
			checkNothingInvented(t, o)
		}
	}
}
