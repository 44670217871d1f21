package dialect_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// qwenLog is one logged call: n turns so far, then the response, if any.
func qwenLog(system, promptID string, turns int, response string) string {
	messages := []string{`{"role":"system","content":"` + system + `"}`}
	for i := range turns {
		messages = append(messages, fmt.Sprintf(`{"role":"user","content":"q%d"}`, i))
		if i < turns-1 {
			messages = append(messages, fmt.Sprintf(`{"role":"assistant","content":"a%d"}`, i))
		}
	}
	answer := `null,"error":{"message":"no"}`
	if response != "" {
		answer = `{"model":"m","choices":[{"message":{"role":"assistant","content":"` + response + `"}}]},"error":null`
	}
	return fmt.Sprintf(`{"timestamp":"t","request":{"model":"m","messages":[%s],"tools":[]},"response":%s,"context":{"promptId":%q},"system":{}}`,
		strings.Join(messages, ","), answer, promptID)
}

// logDigit is what the names of a test's logs differ in: the last digit of the
// UUID's part.
var logDigit = regexp.MustCompile(`Z-0000000([0-9a-f])`)

func TestTheLastLogOfAQwenSessionIsTheRecord(t *testing.T) {
	dir := t.TempDir()
	for name, log := range map[string]string{
		"T10-00-00.000Z-00000001":              qwenLog("S", "s1########0", 1, "a0"),
		"T10-00-01.000Z-00000002":              qwenLog("S remembers", "s1########1", 2, "a1"),
		"T10-00-02.000Z-00000003":              qwenLog("S", "s2########0", 1, "other"),
		"T10-00-03.000Z-00000004-side-query-t": qwenLog("S", "side-query:t", 1, "title"),
		"T10-00-04.000Z-00000005-subagent-x-1": qwenLog("X", "s1#x-1#0", 1, "sub"),
		"T10-00-05.000Z-00000006-subagent-x-1": qwenLog("X", "s1#x-1#1", 2, "subs"),
		"T10-00-06.000Z-00000007":              qwenLog("S", "s1########2", 3, "a2"),
		"T10-00-07.000Z-00000008":              qwenLog("S", "s1########3", 4, ""),
		"T10-00-08.000Z-00000009":              `{"request":`,
		"T10-00-09.000Z-0000000a-forked_query": qwenLog("S", "forked_query", 4, "fork"),
	} {
		if err := os.WriteFile(filepath.Join(dir, "openai-2026-01-01"+name+".json"), []byte(log), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// A session beside the logs is read as ever.
	const session = `{"uuid":"u","sessionId":"s3","type":"user","message":{"role":"user","parts":[{"text":"q"}]}}` + "\n" +
		`{"uuid":"v","parentUuid":"u","sessionId":"s3","type":"assistant","message":{"role":"model","parts":[{"text":"a"}]}}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "session.jsonl"), []byte(session), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, formatName := range []string{dialect.Auto, "qwen-code"} {
		got := map[string][]string{}
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: dir, Format: formatName}) {
			if o.Err != nil {
				reason := formattest.ReasonOf(t, o.Err)
				got[reason] = append(got[reason], logDigit.FindStringSubmatch(o.Record.File)[1])
				continue
			}
			got["read"] = append(got["read"], o.T.Messages[len(o.T.Messages)-1].Content)
		}
		want := map[string][]string{
			"read": {"other", "subs", "a2", "a"}, format.Superseded: {"1", "2", "5"}, format.SideCall: {"4", "a"}, format.NoAssistant: {"8"}, format.NotJSON: {"9"},
		}
		if !maps.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: got %v, want %v", formatName, got, want)
		}
	}
}

// Logs that name no conversation are one only where one holds the other's
// response.
func TestUnnamedQwenLogsGiveWayToWhatHoldsThem(t *testing.T) {
	for _, c := range []struct {
		name, want string
		logs       []string
	}{
		{"the same question, two answers", "2 parsed", []string{qwenLog("S", "", 1, "yes"), qwenLog("S", "", 1, "no")}},
		{"the same question and answer", "2 parsed", []string{qwenLog("S", "", 1, "a0"), qwenLog("S", "", 1, "a0")}},
		{"a log that goes on", "1 parsed, 1 superseded", []string{qwenLog("S", "", 1, "a0"), qwenLog("T", "", 2, "a1")}},
		{"one that goes on from another answer", "2 parsed", []string{qwenLog("S", "", 1, "no"), qwenLog("S", "", 2, "a1")}},
	} {
		files := map[string]string{}
		for i, log := range c.logs {
			files[fmt.Sprintf("openai-2026-01-01T10-00-0%d.000Z-00000000.json", i)] = log
		}
		if got := formattest.Tally(t, formattest.ReadAll(t, dialect.Input{Path: formattest.Tree(t, files)})); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// The next prompt spells a call's arguments anew and leaves null content out.
func TestAnUnnamedQwenLogKnowsItsCallsAgain(t *testing.T) {
	const call = `"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":`
	first := strings.Replace(qwenLog("S", "", 1, "a0"), `"content":"a0"`, `"content":null,`+call+`"{\"a\": 1}"}}]`, 1)
	second := strings.Replace(qwenLog("S", "", 2, "a1"), `"content":"a0"`, call+`"{\"a\":1}"}}]`, 1)
	second = strings.Replace(second, `{"role":"user","content":"q1"}`, `{"role":"tool","tool_call_id":"1","content":"r"}`, 1)
	dir := formattest.Tree(t, map[string]string{
		"openai-2026-01-01T10-00-01.000Z-00000001.json": first, "openai-2026-01-01T10-00-02.000Z-00000002.json": second,
	})
	if got := formattest.Tally(t, formattest.ReadAll(t, dialect.Input{Path: dir})); got != "1 parsed, 1 superseded" {
		t.Errorf("got %s", got)
	}
}

func TestASupersededQwenLogSaysByWhat(t *testing.T) {
	edited := strings.Replace(qwenLog("S", "s########1", 2, "a1"), "q1", "Q1", 1)
	for _, c := range []struct{ name, first, second, want string }{
		{"goes on", qwenLog("S", "s########0", 1, "a0"), qwenLog("S", "s########1", 2, "a1"), "a later log of the same conversation goes on from the prompt of this one"},
		{"asked again", qwenLog("S", "s########0", 1, "yes"), qwenLog("S", "s########0", 1, "no"), "a later log of the same conversation asks again, with the prompt of this one"},
		{"edited", qwenLog("S", "s########1", 2, "a1"), edited, "a later log of the same conversation asks again, with all of this one's prompt but its last message"},
		{"unnamed", qwenLog("S", "", 1, "a0"), qwenLog("S", "", 2, "a1"), "a later log holds this one's prompt and response"},
	} {
		list := formattest.ReadAll(t, dialect.Input{Path: formattest.Tree(t, map[string]string{
			"openai-2026-01-01T10-00-01.000Z-00000001.json": c.first, "openai-2026-01-01T10-00-02.000Z-00000002.json": c.second,
		})})
		if reason := formattest.ReasonOf(t, list[0].Err); reason != format.Superseded || !strings.HasSuffix(list[0].Err.Error(), ": "+c.want) || list[1].Err != nil {
			t.Errorf("%s: got %v, then %v", c.name, list[0].Err, list[1].Err)
		}
	}
}

// What sorts between two logs, a file or a directory, does not cut their folder
// in two.
func TestALogFolderIsOneWhateverLiesBetweenItsFiles(t *testing.T) {
	dir := formattest.Tree(t, map[string]string{
		"openai-2026-01-01T10-00-01.000Z-00000001.json":      qwenLog("S", "s########0", 1, "a0"),
		"openai-2026-01-01T10-00-02.000Z-00000002.json":      qwenLog("S", "s########1", 2, "a1"),
		"openai-2026-01-01T10-00-02.json":                    `{"messages":[` + formattest.AskOK + `]}`,
		"openai-2026-01-01T10-00-03.000Z-00000003/chat.json": `{"messages":[` + formattest.AskOK + `]}`,
		"openai-2026-01-01T10-00-04.000Z-00000004.json":      qwenLog("S", "s########2", 3, "a2"),
	})
	var got []string
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: dir}) {
		name, _ := filepath.Rel(dir, o.Record.File)
		got = append(got, strings.TrimPrefix(name, "openai-2026-01-01T10-00-")+" "+formattest.ReasonOf(t, o.Err))
	}
	want := []string{
		"01.000Z-00000001.json superseded", "02.000Z-00000002.json superseded", "04.000Z-00000004.json ",
		"02.json ", "03.000Z-00000003/chat.json ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q,\nwant %q", got, want)
	}
}

func TestACompressedQwenSessionGivesARecordAStretch(t *testing.T) {
	dir := t.TempDir()
	compressed := strings.Replace(qwenLog("S", "s1########2", 2, "a2"), "q0", "summary of q0", 1)
	for name, log := range map[string]string{
		"1": qwenLog("S", "s1########0", 2, "a1"), "2": qwenLog("S", "s1########1", 3, "a2"), "3": compressed,
	} {
		if err := os.WriteFile(filepath.Join(dir, "openai-2026-01-01T10-00-0"+name+".000Z-00000000.json"), []byte(log), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := formattest.Tally(t, formattest.ReadAll(t, dialect.Input{Path: dir})); got != "1 superseded, 2 parsed" {
		t.Errorf("got %s", got)
	}
}
