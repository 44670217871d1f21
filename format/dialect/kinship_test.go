package dialect_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
)

// chatRow is a row of a log that grows: n questions and their answers.
func chatRow(system string, n int, more string) string {
	messages := []string{fmt.Sprintf(`{"role":"system","content":%q}`, system)}
	for i := range n {
		messages = append(messages, fmt.Sprintf(`{"role":"user","content":"q%d"},{"role":"assistant","content":"a%d"}`, i, i))
	}
	return fmt.Sprintf(`{"messages":[%s]%s}`, strings.Join(messages, ","), more)
}

// callRow is a row in which the assistant acts, its arguments spelled as given.
func callRow(n int, arguments string) string {
	messages := []string{`{"role":"user","content":"q"}`}
	for i := range n {
		messages = append(messages, fmt.Sprintf(`{"role":"assistant","tool_calls":[{"id":"call_%d","type":"function","function":{"name":"f","arguments":%q}}]},{"role":"tool","tool_call_id":"call_%d","content":"r"}`, i, arguments, i))
	}
	return fmt.Sprintf(`{"messages":[%s]}`, strings.Join(messages, ","))
}

func codexRollout(id, more string, items ...string) string {
	lines := []string{fmt.Sprintf(`{"type":"session_meta","payload":{"id":%q%s}}`, id, more)}
	for _, item := range items {
		lines = append(lines, `{"type":"response_item","payload":`+item+`}`)
	}
	return strings.Join(lines, "\n")
}

func codexSays(role, text string) string {
	return fmt.Sprintf(`{"type":"message","role":%q,"content":[{"type":"input_text","text":%q}]}`, role, text)
}

// trainsLast is a chatRow of which the last answer alone is in the loss.
func trainsLast(n int) string {
	last := fmt.Sprintf(`"content":"a%d"`, n-1)
	row := strings.ReplaceAll(chatRow("S", n, ""), `"role":"assistant"`, `"role":"assistant","weight":0`)
	return strings.Replace(row, `"weight":0,`+last, last, 1)
}

func inSession(id string, lines ...said) []said {
	for i := range lines {
		lines[i] = with(lines[i], said{"sessionId": id})
	}
	return lines
}

func TestNothingOfASourceIsTrainedTwice(t *testing.T) {
	first := []said{ask("u", "-", "TASK"), answer("a", "u"), ask("v", "a", "V"), answer("b", "v")}
	resumed := append(slices.Clone(first), ask("w", "b", "W"), answer("c", "w"))
	other := inSession("s2", ask("u", "-", "TASK"), answer("a", "u"), ask("x", "a", "X"), answer("d", "x"))
	stranger := inSession("s3", ask("1", "-", "TASK"), with(answer("2", "1"), said{"message": said{"id": "mm", "role": "assistant", "content": "a"}}), ask("3", "2", "X"), answer("4", "3"))
	call := `{"type":"function_call","call_id":"call_77","name":"shell","arguments":"{}"}`
	out := `{"type":"function_call_output","call_id":"call_77","output":"ok"}`
	parent := []string{codexSays("user", "Q"), call, out, codexSays("assistant", "A")}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"a resumed session", map[string]string{"1.jsonl": sessionFile(t, first...), "2.jsonl": sessionFile(t, resumed...)},
			[]string{"1.jsonl:1 superseded by 2.jsonl:1", "2.jsonl:1 u:TASK a:a u:V a:b u:W a:c"}},
		{"the longer one read first", map[string]string{"1.jsonl": sessionFile(t, resumed...), "2.jsonl": sessionFile(t, first...)},
			[]string{"1.jsonl:1 u:TASK a:a u:V a:b u:W a:c", "2.jsonl:1 superseded by 1.jsonl:1"}},
		{"three, the longest of which stays", map[string]string{"1.jsonl": sessionFile(t, first[:2]...), "2.jsonl": sessionFile(t, first...), "d/3.jsonl": sessionFile(t, resumed...)},
			[]string{"1.jsonl:1 superseded by d/3.jsonl:1", "2.jsonl:1 superseded by d/3.jsonl:1", "d/3.jsonl:1 u:TASK a:a u:V a:b u:W a:c"}},
		{"a copy", map[string]string{"1.jsonl": sessionFile(t, first...), "2.jsonl": sessionFile(t, first...)},
			[]string{"1.jsonl:1 u:TASK a:a u:V a:b", "2.jsonl:1 superseded by 1.jsonl:1"}},
		{"two that go on from one", map[string]string{"1.jsonl": sessionFile(t, first...), "2.jsonl": sessionFile(t, other...)},
			[]string{"1.jsonl:1 u:TASK a:a u:V a:b", "2.jsonl:1 u:TASK a:[a] u:X a:d 1 repeated_turn"}},
		{"two that begin with the same words", map[string]string{"1.jsonl": sessionFile(t, first...), "2.jsonl": sessionFile(t, stranger...)},
			[]string{"1.jsonl:1 u:TASK a:a u:V a:b", "2.jsonl:1 u:TASK a:a u:X a:4"}},
		{"a fork of Codex, known by the ids of calls", map[string]string{
			"rollout-1.jsonl": codexRollout("p", "", append(parent, codexSays("user", "P"), codexSays("assistant", "B"))...),
			"rollout-2.jsonl": codexRollout("f", "", append(parent, codexSays("user", "F"), codexSays("assistant", "C"))...),
		}, []string{"rollout-1.jsonl:1 u:Q a: t:ok a:A u:P a:B", "rollout-2.jsonl:1 u:Q a:[] t:ok a:[A] u:F a:C 2 repeated_turn"}},
		{"a fork of Codex, known by its head", map[string]string{
			"rollout-1.jsonl": codexRollout("p", "", codexSays("user", "Q"), codexSays("assistant", "A"), codexSays("user", "P"), codexSays("assistant", "B")),
			"rollout-2.jsonl": codexRollout("f", `,"forked_from_id":"p"`, codexSays("user", "Q"), codexSays("assistant", "A"), codexSays("user", "F"), codexSays("assistant", "C")),
		}, []string{"rollout-1.jsonl:1 u:Q a:A u:P a:B", "rollout-2.jsonl:1 u:Q a:[A] u:F a:C 1 repeated_turn"}},
		{"a fork whose parent is elsewhere", map[string]string{
			"rollout-2.jsonl": codexRollout("f", `,"forked_from_id":"p"`, codexSays("user", "Q"), codexSays("assistant", "A"), codexSays("user", "F"), codexSays("assistant", "C")),
		}, []string{"rollout-2.jsonl:1 u:Q a:A u:F a:C"}},
		{"a log that grows", map[string]string{"r.jsonl": chatRow("S", 1, "") + "\n" + chatRow("S", 3, "") + "\n" + chatRow("S", 2, "")},
			[]string{"r.jsonl:1 superseded by r.jsonl:2", "r.jsonl:2 s:S u:q0 a:a0 u:q1 a:a1 u:q2 a:a2", "r.jsonl:3 superseded by r.jsonl:2"}},
		{"one whose prompt changes with the day", map[string]string{"r.jsonl": chatRow("Monday", 1, `,"instance_id":"i"`) + "\n" + chatRow("Tuesday", 2, `,"instance_id":"i"`)},
			[]string{"r.jsonl:1 superseded by r.jsonl:2", "r.jsonl:2 s:Tuesday u:q0 a:a0 u:q1 a:a1"}},
		{"another prompt, and nothing says that it is the same", map[string]string{"r.jsonl": chatRow("S", 1, "") + "\n" + chatRow("T", 2, "")},
			[]string{"r.jsonl:1 s:S u:q0 a:a0", "r.jsonl:2 s:T u:q0 a:a0 u:q1 a:a1"}},
		{"arguments spelled anew", map[string]string{"a.jsonl": callRow(1, `{"a":1}`), "b.jsonl": callRow(2, `{"a": 1}`)},
			[]string{"a.jsonl:1 superseded by b.jsonl:1", "b.jsonl:1 u:q a: t:r a: t:r"}},
		{"a reminder behind the last question", map[string]string{"r.jsonl": strings.Replace(chatRow("S", 2, `,"instance_id":"i"`), `"q1"`, `"q1 <reminder>"`, 1) + "\n" + chatRow("S", 3, `,"instance_id":"i"`)},
			[]string{"r.jsonl:1 superseded by r.jsonl:2", "r.jsonl:2 s:S u:q0 a:a0 u:q1 a:a1 u:q2 a:a2"}},
		{"another question at the start", map[string]string{"r.jsonl": strings.Replace(chatRow("S", 1, `,"instance_id":"i"`), `"q0"`, `"Q0"`, 1) + "\n" + chatRow("S", 2, `,"instance_id":"i"`)},
			[]string{"r.jsonl:1 s:S u:Q0 a:a0", "r.jsonl:2 s:S u:q0 a:a0 u:q1 a:a1"}},
		{"equal rows are for the mix to choose from", map[string]string{"r.jsonl": chatRow("S", 1, "") + "\n" + chatRow("S", 1, "")},
			[]string{"r.jsonl:1 s:S u:q0 a:a0", "r.jsonl:2 s:S u:q0 a:a0 1 unique_id"}},
		{"rows that train their last turn each", map[string]string{"r.jsonl": trainsLast(1) + "\n" + trainsLast(2)},
			[]string{"r.jsonl:1 s:S u:q0 a:a0", "r.jsonl:2 s:S u:q0 a:[a0] u:q1 a:a1"}},
		{"a file whose first line is not read", map[string]string{"r.jsonl": `{"what":1}` + "\n" + chatRow("S", 1, "") + "\n" + chatRow("S", 2, "")},
			[]string{"r.jsonl:1 unknown_format", "r.jsonl:2 superseded by r.jsonl:3", "r.jsonl:3 s:S u:q0 a:a0 u:q1 a:a1"}},
	} {
		dir := formattest.Tree(t, c.files)
		var got []string
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: dir}) {
			name, err := filepath.Rel(dir, o.Record.File)
			if err != nil {
				t.Fatal(err)
			}
			text := seen(t, o)
			if text == "superseded" {
				text += " by " + o.Err.Error()[strings.LastIndex(o.Err.Error(), " ")+1:]
			}
			got = append(got, fmt.Sprintf("%s:%d %s", name, o.Record.Line, text))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// An id that several records have is made unique by their content, so that it
// stays when another record comes.
func TestAnIDIsMadeUniqueInAWayThatLasts(t *testing.T) {
	files := map[string]string{"b.jsonl": chatRow("S", 1, `,"id":"x"`), "c.jsonl": chatRow("V", 2, `,"id":"y"`), "d.jsonl": chatRow("T", 1, `,"id":"x"`)}
	before := ids(t, files)
	files["a.jsonl"] = chatRow("U", 1, `,"id":"x"`)
	after := ids(t, files)
	for file, id := range before {
		if after[file] != id {
			t.Errorf("%s: %q, and with another record of its id %q", file, id, after[file])
		}
	}
	if len(after) != 4 || after["b.jsonl"] == after["d.jsonl"] || !strings.HasPrefix(after["b.jsonl"], "x-") || after["c.jsonl"] != "y" {
		t.Errorf("got %v", after)
	}
}

func ids(t *testing.T, files map[string]string) map[string]string {
	got := map[string]string{}
	for _, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Tree(t, files)}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		got[filepath.Base(o.Record.File)] = o.T.ID
	}
	return got
}

// Sessions that were resumed and forked at random: every turn is trained once,
// whichever of their files hold it.
func TestEveryTurnOfRelatedSessionsIsTrainedOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for round := range 30 {
		parents := []int{-1} // of each turn; a turn is a question and its answer
		for i := range 2 + r.IntN(12) {
			parents = append(parents, r.IntN(i+1))
		}
		files, want := map[string]string{}, map[string]int{}
		for i := range 1 + r.IntN(8) {
			var path []said
			for turn := r.IntN(len(parents)); turn >= 0; turn = parents[turn] {
				parent := "-"
				if parents[turn] >= 0 {
					parent = fmt.Sprintf("a%d", parents[turn])
				}
				q, a := fmt.Sprintf("q%d", turn), fmt.Sprintf("a%d", turn)
				path = append([]said{ask(q, parent, "ask"), answer(a, q)}, path...)
				want[a] = 1
			}
			name := fmt.Sprintf("s%d", r.IntN(1000)+1000*i)
			files[name+".jsonl"] = sessionFile(t, inSession(name, path...)...)
		}
		got := map[string]int{}
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: formattest.Tree(t, files)}) {
			if o.Err != nil && formattest.ReasonOf(t, o.Err) != format.Superseded {
				t.Fatal(o.Err)
			}
			if o.Err != nil {
				continue
			}
			for _, m := range o.T.Messages {
				if m.Role == format.Assistant && !m.Untrained {
					got[m.Content]++
				}
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("round %d, tree %v, %d files: trained %v", round, parents, len(files), got)
		}
	}
}
