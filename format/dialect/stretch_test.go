package dialect_test

import (
	"slices"
	"strings"
	"testing"

	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// A stretch of a log whose prompt changed begins with turns that the stretch
// before it trains.
func TestAStretchTrainsWhatWasSaidInIt(t *testing.T) {
	cut := func(log string) string { return strings.Replace(log, `"q0"`, `"summary of q0"`, 1) }
	for _, c := range []struct {
		name, dir string
		files     map[string]string
		want      []string
	}{
		{"OpenHands", "llm_completions", map[string]string{
			"llm_completions/o__n-1/m-1757015025.1.json": callLog("S", 2, "1"),
			"llm_completions/o__n-1/m-1757015026.1.json": callLog("S", 3, "2"),
			"llm_completions/o__n-1/m-1757015027.1.json": cut(callLog("S", 2, "3")),
			"llm_completions/o__n-1/m-1757015028.1.json": cut(callLog("S", 3, "4")),
		}, []string{"s:S u:q0 a:a0 u:q1 a:a1 u:q2 a:a2", "s:S u:summary of q0 a:[a0] u:q1 a:a1 u:q2 a:a2 ~ 1 repeated_turn"}},
		{"Qwen-Code", ".", map[string]string{
			"openai-2026-01-01T10-00-01.000Z-00000001.json": qwenLog("S", "s1########0", 2, "a1"),
			"openai-2026-01-01T10-00-02.000Z-00000002.json": qwenLog("S", "s1########1", 3, "a2"),
			"openai-2026-01-01T10-00-03.000Z-00000003.json": cut(qwenLog("S", "s1########2", 3, "a2")),
			"openai-2026-01-01T10-00-04.000Z-00000004.json": cut(qwenLog("S", "s1########3", 4, "a3")),
		}, []string{"superseded", "s:S u:q0 a:a0 u:q1 a:a1 u:q2 a:a2", "superseded", "s:S u:summary of q0 a:[a0] u:q1 a:[a1] u:q2 a:a2 u:q3 a:a3 ~ 2 repeated_turn"}},
	} {
		if got := allSeen(t, dialect.Input{Path: formattest.Tree(t, c.files)}); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestASegmentOfASessionTrainsWhatWasSaidInIt(t *testing.T) {
	const (
		piStart = `{"type":"session","id":"s","cwd":"/"}` + "\n" +
			`{"type":"message","id":"1","parentId":null,"message":{"role":"user","content":"q"}}` + "\n" +
			`{"type":"message","id":"2","parentId":"1","message":{"role":"assistant","content":"a","stopReason":"stop"}}` + "\n"
		piKept   = `{"type":"compaction","id":"3","parentId":"2","summary":"so far","firstKeptEntryId":"2"}` + "\n"
		piOn     = `{"type":"message","id":"4","parentId":"3","message":{"role":"assistant","content":"b","stopReason":"stop"}}`
		qwenUser = `{"uuid":"1","parentUuid":null,"sessionId":"s","type":"user","message":{"role":"user","parts":[{"text":"q"}]}}` + "\n"
		qwenSays = `{"uuid":"2","parentUuid":"1","sessionId":"s","type":"assistant","message":{"role":"model","parts":[{"text":"a"}]}}` + "\n"
		geminiQA = `{"sessionId":"s","projectHash":"p"}` + "\n" + `{"id":"1","type":"user","content":"q"}` + "\n" + `{"id":"2","type":"gemini","content":"a"}` + "\n"
		meta     = `{"type":"session_meta","payload":{"id":"s"}}` + "\n"
	)
	item := func(role, text string) string {
		return `{"type":"response_item","payload":` + codexSays(role, text) + "}\n"
	}
	for _, c := range []struct {
		name, content string
		want          []string
	}{
		{"Pi", piStart + piKept + piOn, []string{"u:q a:a", "u:so far a:[a] a:b ~"}},
		{"Pi, gone back to before a compaction", piStart + piKept + piOn + "\n" + `{"type":"message","id":"5","parentId":"2","message":{"role":"user","content":"r"}}` + "\n" +
			`{"type":"message","id":"6","parentId":"5","message":{"role":"assistant","content":"c","stopReason":"stop"}}`, []string{"u:q a:a", "u:q a:[a] u:r a:c 1 abandoned_branch"}},
		{"Pi, what was kept is gone", piStart + strings.Replace(piKept, `"firstKeptEntryId":"2"`, `"firstKeptEntryId":"x"`, 1) + piOn, []string{"u:q a:a", "lost_context"}},
		{"Pi, a parent is gone", piStart + strings.Replace(piOn, `"parentId":"3"`, `"parentId":"x"`, 1), []string{"lost_context"}},
		{"Pi, a call that failed", piStart + `{"type":"message","id":"4","parentId":"2","message":{"role":"assistant","content":"half","stopReason":"aborted"}}` + "\n" +
			`{"type":"message","id":"5","parentId":"4","message":{"role":"assistant","content":"b","stopReason":"stop"}}`, []string{"u:q a:a a:b 1 aborted_turn"}},
		{"Qwen-Code", qwenUser + qwenSays + `{"uuid":"3","parentUuid":"2","sessionId":"s","type":"system","subtype":"chat_compression","systemPayload":{"compressedHistory":[{"role":"user","parts":[{"text":"so far"}]},{"role":"model","parts":[{"text":"Got it."}]}]}}` + "\n" +
			`{"uuid":"4","parentUuid":"3","sessionId":"s","type":"assistant","message":{"role":"model","parts":[{"text":"b"}]}}`, []string{"u:q a:a", "u:so far a:[Got it.] a:b ~"}},
		{"Qwen-Code, a compression that is not written down", qwenUser + qwenSays + `{"uuid":"3","parentUuid":"2","sessionId":"s","type":"system","subtype":"chat_compression","systemPayload":{}}` + "\n" +
			`{"uuid":"4","parentUuid":"3","sessionId":"s","type":"assistant","message":{"role":"model","parts":[{"text":"b"}]}}`, []string{"lost_context"}},
		{"Qwen-Code, the start is gone", qwenSays, []string{"lost_context"}},
		{"Gemini, compressed", geminiQA + `{"$set":{"messages":[{"id":"k","type":"user","content":"so far"},{"id":"l","type":"gemini","content":"Got it."}]}}` + "\n" + `{"id":"3","type":"gemini","content":"b"}`,
			[]string{"u:q a:a", "u:so far a:[Got it.] a:b ~"}},
		{"Gemini, a checkpoint of the same", geminiQA + `{"$set":{"messages":[{"id":"1","type":"user","content":"q"},{"id":"2","type":"gemini","content":"a"}]}}`, []string{"u:q a:a"}},
		{"Gemini, rewound", geminiQA + `{"$rewindTo":"2"}` + "\n" + `{"id":"3","type":"gemini","content":"b"}`, []string{"u:q a:b 1 abandoned_branch"}},
		{"Codex", meta + item("user", "q") + item("assistant", "a") + `{"type":"compacted","payload":{"message":"","replacement_history":[` + codexSays("user", "so far") + `,` + codexSays("assistant", "kept") + `]}}` + "\n" + item("assistant", "b"),
			[]string{"u:q a:a", "u:so far a:[kept] a:b ~"}},
		{"Codex, what it left is not told", meta + item("user", "q") + item("assistant", "a") + `{"type":"compacted","payload":{"message":"so far"}}` + "\n" + item("assistant", "b"), []string{"u:q a:a", "lost_context"}},
		{"Codex, an agent that summarises", strings.Replace(meta, `"id":"s"`, `"id":"s","source":{"subagent":"compact"}`, 1) + item("user", "q") + item("assistant", "a"), []string{"side_call"}},
	} {
		if got := allSeen(t, dialect.Input{Path: formattest.Write(t, "s.jsonl", c.content)}); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}
