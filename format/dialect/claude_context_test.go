package dialect_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// A said is a line of a session of Claude Code: NAME, its parent ("-" for none)
// and what else stands in it.
type said map[string]any

func line(name, parent, kind string, more said) said {
	l := said{"uuid": name, "parentUuid": parent, "sessionId": "s", "type": kind, "isSidechain": false}
	if parent == "-" {
		l["parentUuid"] = nil
	}
	maps.Copy(l, more)
	return l
}

func ask(name, parent, text string) said {
	return line(name, parent, "user", said{"message": said{"role": "user", "content": text}})
}

// answer says its own name, and calls the tools c1, c2, ….
func answer(name, parent string, calls ...string) said {
	content := []said{{"type": "text", "text": name}}
	for _, id := range calls {
		content = append(content, said{"type": "tool_use", "id": id, "name": "Read", "input": said{}})
	}
	return line(name, parent, "assistant", said{"message": said{"id": "m" + name, "role": "assistant", "model": "m", "content": content}})
}

func result(name, parent, call string) said {
	return line(name, parent, "user", said{"message": said{"role": "user", "content": []said{{"type": "tool_result", "tool_use_id": call, "content": "got " + call}}}})
}

func boundary(name string, meta said) said {
	return line(name, "-", "system", said{"subtype": "compact_boundary", "compactMetadata": meta})
}

func summed(name, parent string) said {
	l := ask(name, parent, "SUMMARY")
	l["isCompactSummary"] = true
	return l
}

func attached(name, parent string, a said) said {
	return line(name, parent, "attachment", said{"attachment": a})
}

func with(l said, more said) said {
	l = maps.Clone(l)
	maps.Copy(l, more)
	return l
}

// sessionFile writes the lines, one a line.
func sessionFile(t *testing.T, lines ...said) string {
	t.Helper()
	var b strings.Builder
	for _, l := range lines {
		raw, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(raw, '\n'))
	}
	return b.String()
}

// seen sums a record up: its messages in short, an untrained turn in brackets, a
// condensed context behind "~", notes behind it.
func seen(t *testing.T, o formattest.Outcome) string {
	t.Helper()
	if o.Err != nil {
		return formattest.ReasonOf(t, o.Err)
	}
	var parts []string
	for _, m := range o.T.Messages {
		text := strings.ReplaceAll(m.Content, "\n", "/")
		if m.Untrained {
			text = "[" + text + "]"
		}
		parts = append(parts, string(m.Role)[:1]+":"+text)
	}
	if o.T.Condensed {
		parts = append(parts, "~")
	}
	counts := map[string]int{}
	for _, note := range o.T.Notes {
		counts[note]++
	}
	for _, note := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[note], note))
	}
	return strings.Join(parts, " ")
}

func allSeen(t *testing.T, in dialect.Input) []string {
	var got []string
	for _, o := range formattest.ReadAll(t, in) {
		got = append(got, seen(t, o))
	}
	return got
}

func TestARowHoldsWhatClaudeSaw(t *testing.T) {
	begin := []said{ask("u", "-", "TASK"), answer("a", "u", "c0"), result("r", "a", "c0"), ask("k1", "r", "KEPT"), answer("k2", "k1", "c1"), result("k3", "k2", "c1")}
	const first = "u:TASK a:a t:got c0 u:KEPT a:k2 t:got c1"
	kept := said{"anchorUuid": "s", "uuids": []string{"k1", "k2", "k3"}, "allUuids": []string{"k1", "k2", "k3"}}
	after := func(meta said, lines ...said) []said { return slices.Concat(begin, []said{boundary("b", meta)}, lines) }
	micro := func(name, parent string, calls ...string) said {
		return line(name, parent, "system", said{"subtype": "microcompact_boundary", "microcompactMetadata": said{"compactedToolIds": calls}})
	}
	reminded := said{"type": "hook_additional_context", "hookName": "H", "content": []string{"x", "y"}}
	const hook = "<system-reminder>/H hook additional context: x/y/</system-reminder>"
	for _, c := range []struct {
		name  string
		lines []said
		want  []string
	}{
		{"a compaction", after(said{}, summed("s", "b"), answer("n", "s")), []string{first, "u:SUMMARY a:n ~"}},
		{"kept messages", after(said{"preservedMessages": kept}, summed("s", "b"), answer("n", "s")),
			[]string{first, "u:SUMMARY u:KEPT a:[k2] t:got c1 a:n ~"}},
		{"a kept segment", after(said{"preservedSegment": said{"headUuid": "k1", "tailUuid": "k3", "anchorUuid": "s"}}, summed("s", "b"), answer("n", "s")),
			[]string{first, "u:SUMMARY u:KEPT a:[k2] t:got c1 a:n ~"}},
		{"the conversation goes on below what was kept", after(said{"preservedMessages": kept}, summed("s", "b"), answer("n", "k3")),
			[]string{first, "u:SUMMARY u:KEPT a:[k2] t:got c1 a:n ~"}},
		{"what was kept stands before the summary", after(said{"preservedSegment": said{"headUuid": "u", "tailUuid": "r", "anchorUuid": "b"}}, summed("s", "b"), answer("n", "s")),
			[]string{first, "u:TASK a:[a] t:got c0 u:SUMMARY a:n ~"}},
		{"what was kept is gone", after(said{"preservedMessages": said{"uuids": []string{"z"}}}, summed("s", "b"), answer("n", "s")), []string{first, "lost_context"}},
		{"a kept segment with a hole", after(said{"preservedSegment": said{"headUuid": "z", "tailUuid": "k3"}}, summed("s", "b"), answer("n", "s")), []string{first, "lost_context"}},
		{"no summary", after(said{}, answer("n", "b")), []string{first, "lost_context"}},
		{"nothing since", after(said{"preservedMessages": kept}, summed("s", "b")), []string{first, "no_assistant"}},
		{"the user goes back to before the compaction", after(said{"preservedMessages": kept}, summed("s", "b"), ask("v", "r", "OTHER"), answer("n", "v")),
			[]string{first, "u:TASK a:[a] t:got c0 u:OTHER a:n 1 abandoned_branch"}},
		{"lines that are written again", after(said{}, summed("s", "b"), answer("n", "s"), begin[0], begin[1], begin[2],
			boundary("b2", said{"preservedMessages": said{"uuids": []string{"n"}}}), summed("s2", "b2"), answer("o", "s2")),
			[]string{first, "u:SUMMARY a:n ~", "u:SUMMARY a:[n] a:o ~"}},
		{"a resumed file begins with a compaction", []said{boundary("b", said{"preservedMessages": kept}), summed("s", "b"), ask("k1", "s", "KEPT"), answer("k2", "k1", "c1"), result("k3", "k2", "c1"), answer("n", "k3")},
			[]string{"u:SUMMARY u:KEPT a:[k2] t:got c1 a:n ~"}},
		{"what stands before it is no conversation", []said{line("p", "-", "permission-mode", nil), boundary("b", said{}), summed("s", "b"), answer("n", "s")}, []string{"u:SUMMARY a:n ~"}},
		{"a compaction twice in a row", after(said{}, summed("s", "b"), boundary("b2", said{}), summed("s2", "b2"), answer("n", "s2")), []string{first, "u:SUMMARY a:n ~"}},
		{"a file that begins with a summary", []said{summed("s", "gone"), answer("n", "s")}, []string{"u:SUMMARY a:n ~"}},

		{"old results are cleared", slices.Concat(begin, []said{micro("m", "k3", "c0"), answer("n", "m")}),
			[]string{first, "u:TASK a:[a] t:[Old tool result content cleared] u:KEPT a:[k2] t:got c1 a:n ~ 1 cleared_result"}},
		{"the branch on which they were cleared is left", slices.Concat(begin, []said{micro("m", "k3", "c0"), answer("n", "m"), ask("v", "k3", "OTHER"), answer("o", "v")}),
			[]string{first, "u:TASK a:[a] t:got c0 u:KEPT a:[k2] t:got c1 u:OTHER a:o 1 abandoned_branch"}},
		{"cleared, and what it was is not told", slices.Concat(begin, []said{micro("m", "k3"), answer("n", "m")}), []string{first + " a:n ~"}},
		{"messages are taken out", slices.Concat(begin, []said{line("x", "k3", "system", said{"subtype": "snip_boundary", "snipMetadata": said{"removedUuids": []string{"a", "r"}}}), answer("n", "x")}),
			[]string{first, "u:TASK u:KEPT a:[k2] t:got c1 a:n ~"}},

		{"a skill", []said{ask("u", "-", "TASK"), answer("a", "u", "c"), result("r", "a", "c"), with(ask("i", "r", "SKILL"), said{"isMeta": true, "sourceToolUseID": "c"}), answer("n", "i")},
			[]string{"u:TASK a:a t:got c u:SKILL a:n"}},
		{"hooks between the results of parallel calls", []said{ask("u", "-", "TASK"), answer("a", "u", "c1", "c2"), result("r1", "a", "c1"), attached("h", "r1", reminded), result("r2", "a", "c2"), answer("n", "r2")},
			[]string{"u:TASK a:a t:got c1 t:got c2 u:" + hook + " a:n 1 attachment"}},
		{"what was attached on a branch that was left", []said{ask("u", "-", "TASK"), answer("a", "u"), ask("v", "a", "V"), attached("h", "v", reminded), answer("n", "h"), ask("w", "a", "W"), answer("o", "w")},
			[]string{"u:TASK a:a u:W a:o 2 abandoned_branch"}},
		{"what a local command printed", []said{ask("u", "-", "TASK"), line("l", "u", "system", said{"subtype": "local_command", "content": "<local-command-stdout>x</local-command-stdout>"}), answer("a", "l")},
			[]string{"u:TASK/<local-command-stdout>x</local-command-stdout> a:a"}},
		{"a side chain in its parent's file", []said{ask("u", "-", "TASK"), with(ask("v", "u", "SUB"), said{"isSidechain": true}), with(answer("w", "v"), said{"isSidechain": true}), answer("a", "u")},
			[]string{"u:TASK a:a 2 side_chain"}},
		{"the report of an API error", []said{ask("u", "-", "TASK"), with(answer("e", "u"), said{"isApiErrorMessage": true}), answer("a", "e")}, []string{"u:TASK a:a 1 client_turn"}},

		{"the first line has a parent", []said{ask("u", "gone", "TASK"), answer("a", "u")}, []string{"lost_context"}},
		{"a hole in the middle", []said{ask("u", "-", "TASK"), answer("a", "u"), ask("v", "gone", "V"), answer("n", "v")}, []string{"lost_context"}},
		{"no line hangs on another", []said{ask("u", "gone", "TASK"), answer("a", "lost")}, []string{"lost_context"}},
		{"a summary asked for without what it is of", []said{ask("u", "-", "Your task is to create a detailed summary of the conversation so far, paying attention"), answer("a", "u")}, []string{"lost_context"}},
		{"an agent that summarises", []said{with(ask("u", "-", "TASK"), said{"agentId": "acompact-01", "isSidechain": true}), with(answer("a", "u"), said{"isSidechain": true})}, []string{"side_call"}},
		{"an agent that suggests prompts", []said{with(ask("u", "-", "TASK"), said{"agentId": "aprompt_suggestion-01", "isSidechain": true}), with(answer("a", "u"), said{"isSidechain": true})}, []string{"side_call"}},
		{"an agent of the user's", []said{with(ask("u", "-", "TASK"), said{"agentId": "acomp", "isSidechain": true}), with(answer("a", "u"), said{"isSidechain": true})}, []string{"u:TASK a:a"}},
	} {
		in := dialect.Input{Path: formattest.Write(t, "agent.jsonl", sessionFile(t, c.lines...))}
		if got := allSeen(t, in); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestAnAttachmentIsKeptAsRecordedOrCounted(t *testing.T) {
	reminder := func(s string) string { return "<system-reminder>/" + s + "/</system-reminder> 1 attachment" }
	for _, c := range []struct{ attachment, want string }{
		{`{"type":"file","filename":"/x y","content":{"type":"text","file":{"content":"body"}}}`,
			`<system-reminder>/Called the Read tool with the following input: {"file_path":"/x y"}/</system-reminder>/<system-reminder>/Result of calling the Read tool:/body/</system-reminder> 1 attachment`},
		{`{"type":"file","filename":"x.png","content":{"type":"image","file":{"base64":"AAAA"}}}`, format.ImagePart},
		{`{"type":"hook_additional_context","hookName":"Stop","content":"be brief"}`, reminder("Stop hook additional context: be brief")},
		{`{"type":"hook_blocking_error","hookName":"PreToolUse:Edit","blockingError":{"command":"lint","blockingError":"no"}}`, reminder(`PreToolUse:Edit hook blocking error from command: "lint": no`)},
		{`{"type":"hook_success","hookName":"SessionStart","hookEvent":"SessionStart","content":"v1"}`, reminder("SessionStart hook success: v1")},
		{`{"type":"hook_success","hookName":"PostToolUse:Edit","hookEvent":"PostToolUse","content":"v1"}`, ""},
		{`{"type":"hook_non_blocking_error","stderr":"boom"}`, ""},
		{`{"type":"nested_memory","path":"/r/CLAUDE.md","content":{"path":"/r/CLAUDE.md","content":"use tabs"}}`, reminder("Contents of /r/CLAUDE.md://use tabs")},
		{`{"type":"queued_command","prompt":"and the docs"}`, reminder("and the docs")},
		{`{"type":"queued_command","prompt":[{"type":"text","text":"and the docs"}]}`, reminder("and the docs")},
		{`{"type":"edited_text_file","filename":"a","snippet":"1 x"}`, reminder("1 x")},
		{`{"type":"deferred_tools_delta","addedNames":["A"],"addedLines":["A: a tool"]}`, reminder("A: a tool")},
		{`{"type":"todo_reminder","content":[{"content":"x","status":"pending"}],"itemCount":1}`, " 1 lost_reminder"},
		{`{"type":"plan_mode","reminderType":"full"}`, " 1 lost_reminder"},
		{`{}`, " 1 lost_reminder"},
	} {
		raw := fmt.Sprintf(`{"lines":[{"type":"user","uuid":"u","sessionId":"s","message":{"role":"user","content":"Q"}},`+
			`{"type":"attachment","uuid":"t","parentUuid":"u","sessionId":"s","attachment":%s},`+
			`{"type":"assistant","uuid":"a","parentUuid":"t","sessionId":"s","message":{"id":"m","role":"assistant","content":"A"}}]}`, c.attachment)
		tr, err := formattest.ParseRecord("claude-code", raw)
		got := seen(t, formattest.Outcome{T: tr, Err: err})
		want := c.want
		if want != format.ImagePart {
			shown, note, _ := strings.Cut(want, " 1 ")
			if note != "" {
				note = " 1 " + note
			}
			if shown != "" {
				shown = "/" + shown
			}
			want = "u:Q" + shown + " a:A" + note
		}
		if got != want {
			t.Errorf("%s:\n got %q\nwant %q", c.attachment, got, want)
		}
	}
}
