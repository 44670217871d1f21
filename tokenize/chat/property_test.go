package chat

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"trainyard/format"
	"trainyard/format/style"
)

// The ids of a chat are those of its rendered text with added tokens on, as
// long as no content spells one; the spans hold the trained contents and
// nothing else, whatever stands in them.
func FuzzApplyEncodesTheTextAndTrainsOnTheContents(f *testing.F) {
	f.Add("s", "u", "a", "b", true)
	f.Add("", "\n", "\nfoo", " \n\tx", false)
	f.Add("e\u0301", ")\n", "\u0301a  ", "\r\n\r\n", false)
	f.Add("<think>\nx\n</think>", "<tool_call>", "<|im_end", "|>\xff", true)
	f.Fuzz(func(t *testing.T, system, user, one, two string, untrained bool) {
		chat := format.Chat{
			{Role: format.System, Content: strings.ToValidUTF8(system, "\ufffd")},
			{Role: format.User, Content: strings.ToValidUTF8(user, "\ufffd")},
			{Role: format.Assistant, Content: strings.ToValidUTF8(one, "\ufffd")},
			{Role: format.User, Content: strings.ToValidUTF8(user, "\ufffd")},
			{Role: format.Assistant, Content: strings.ToValidUTF8(two, "\ufffd"), Untrained: untrained},
		}
		for name := range Templates {
			expectEncodedText(t, template(t, name, Options{}), chat)
		}
		expectContents(t, chat)
	})
}

func expectEncodedText(t *testing.T, tp *Template, chat format.Chat) {
	t.Helper()
	var ex Example
	tp.Apply(&ex, chat)
	if ex.SpecialLiterals > 0 {
		return
	}
	text := rendered(tp, chat)
	if want := tp.tok.AppendAdded(nil, text); !slices.Equal(ex.IDs, want) {
		t.Errorf("%s: ids of %q\n%v, expected\n%v", tp.Name(), text, ex.IDs, want)
	}
}

// expectContents compares the spans of a trainer that encodes contents apart,
// so that no token belongs to a content and its header both.
func expectContents(t *testing.T, chat format.Chat) {
	t.Helper()
	tp := template(t, "qwen2.5", Options{Convention: "swift"})
	var ex Example
	tp.Apply(&ex, chat)
	var want [][]int32
	for _, turn := range chat {
		if turn.Role != format.Assistant || turn.Untrained {
			continue
		}
		var content Example
		tp.Apply(&content, format.Chat{{Role: format.System, Content: "s"}, {Role: format.Assistant, Content: turn.Content}})
		last := content.Turns[1]
		want = append(want, content.IDs[last.Start+3:last.End])
	}
	if len(ex.Spans) != len(want) {
		t.Fatalf("%d spans, expected %d", len(ex.Spans), len(want))
	}
	for i, s := range ex.Spans {
		if got := ex.IDs[s.Start:s.End]; !slices.Equal(got, want[i]) {
			t.Errorf("span %d holds %v, expected %v", i, got, want[i])
		}
	}
}

// A conversation that was flattened into text, as shards hold it, has the ids
// and spans of the native one, thoughts included.
func TestFlattenedConversationsHaveTheIdsOfNativeOnes(t *testing.T) {
	for _, name := range []string{"qwen2.5", "qwen3"} {
		tp := template(t, name, Options{})
		r := rand.New(rand.NewPCG(3, 5))
		for range 500 {
			native := randomTrajectory(r)
			if tp.ThoughtsFrom() != nil {
				think(r, native)
			}
			expectFlatLikeNative(t, tp, native)
		}
	}
}

func expectFlatLikeNative(t *testing.T, tp *Template, native *format.Trajectory) {
	t.Helper()
	chat, notes, err := style.Render(native, "qwen", style.RenderOptions{
		DefaultSystem: tp.DefaultSystem(), Specials: tp.tok.Specials(), KeepCRLF: true, ThoughtsFrom: tp.ThoughtsFrom(),
	})
	if err != nil {
		t.Fatal(err)
	}
	told := []string{format.NoteDefaultSystem, format.NoteUndescribed, format.NoteKeptReasoning, format.NoteDroppedReasoning}
	if extra := slices.DeleteFunc(notes, func(n string) bool { return slices.Contains(told, n) }); len(extra) > 0 {
		t.Fatalf("rendering edits the conversation: %v", extra)
	}
	var flat, full Example
	tp.Apply(&flat, chat)
	if err := tp.ApplyTools(&full, native.Messages, native.Tools); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(flat.IDs, full.IDs) || !slices.Equal(flat.Spans, full.Spans) || !slices.Equal(flat.Turns, full.Turns) {
		t.Fatalf("flattened\n%q\n%v, native\n%q\n%v", rendered(tp, chat), flat.Spans, tp.tok.Decode(full.IDs), full.Spans)
	}
}

// think gives assistant messages thoughts, and the conversation another
// question, so that some are shown and some are not.
func think(r *rand.Rand, t *format.Trajectory) {
	if t.Messages[0].Role != format.System {
		t.Messages = append([]format.Message{{Role: format.System, Content: "S"}}, t.Messages...)
	}
	if r.IntN(2) == 0 {
		t.Messages = append(t.Messages, format.Message{Role: format.User, Content: "and?"}, format.Message{Role: format.Assistant, Content: "so"})
	}
	for i := range t.Messages {
		m := &t.Messages[i]
		switch {
		case m.Role != format.Assistant:
		case m.Content != "" && r.IntN(3) == 0:
			m.Content = "<think>\nhm</think>\n" + m.Content
		default:
			m.Reasoning = pick(r, "", "hm", "first\n\nthen", "\nso\n")
		}
	}
}

// randomTrajectory alternates as chats do, so that flattening keeps every turn.
func randomTrajectory(r *rand.Rand) *format.Trajectory {
	say := func() string {
		return pick(r, "ok", "é日本 <b>", "look)\n", "a  ", "def f():\n\treturn {'a': 1}\n", "1234", "<tools>")
	}
	t := &format.Trajectory{}
	if r.IntN(4) > 0 {
		t.Messages = append(t.Messages, format.Message{Role: format.System, Content: say()})
	}
	if r.IntN(2) == 0 {
		t.Tools = json.RawMessage("[" + randomJSON(r, 3) + "]")
	}
	t.Messages = append(t.Messages, format.Message{Role: format.User, Content: say()})
	for range r.IntN(4) {
		act := format.Message{Role: format.Assistant, Untrained: r.IntN(3) == 0, Content: pick(r, "", say())}
		results := []format.Message{}
		for range 1 + r.IntN(2) {
			act.Calls = append(act.Calls, format.Call{Name: "run", Arguments: json.RawMessage(`{"x": ` + randomJSON(r, 2) + `}`)})
			results = append(results, format.Message{Role: format.ToolRole, Content: say()})
		}
		t.Messages = append(append(t.Messages, act), results...)
	}
	t.Messages = append(t.Messages, format.Message{Role: format.Assistant, Content: say()})
	return t
}

func TestAReusedExampleIsLikeAFreshOne(t *testing.T) {
	tp := template(t, "qwen3", Options{})
	var reused Example
	for _, c := range randomCases(200, true) {
		var fresh Example
		if err := tp.ApplyTools(&fresh, messages(c.Messages), c.Tools); err != nil {
			t.Fatal(err)
		}
		if err := tp.ApplyTools(&reused, messages(c.Messages), c.Tools); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(reused.IDs, fresh.IDs) || !slices.Equal(reused.Spans, fresh.Spans) || !slices.Equal(reused.Turns, fresh.Turns) {
			t.Fatal("a reused example differs from a fresh one")
		}
		tp.Apply(&reused, agentChat)
		tp.Apply(&fresh, agentChat)
		if !slices.Equal(reused.IDs, fresh.IDs) || reused.SpecialLiterals != fresh.SpecialLiterals {
			t.Fatal("a reused example differs from a fresh one")
		}
	}
}

// A chat costs no allocation once its example is warm; native calls and tools
// cost a few for each JSON object, which is read to be printed as Python does.
func TestAWarmExampleAllocatesNothingForText(t *testing.T) {
	if underRace {
		t.Skip("the race detector empties pools at random")
	}
	call := []format.Call{{Name: "run", Arguments: json.RawMessage(`{"command": "ls", "timeout": 1e1, "list": [1, 2.5, {"é": "\n"}]}`)}}
	native := []format.Message{{Role: format.User, Content: "u"}, {Role: format.Assistant, Calls: call}, {Role: format.ToolRole, Content: "a<|im_end|>"}}
	tools := json.RawMessage(`[{"name": "run", "required": ["command"]}, {"name": "stop"}]`)
	for name, layout := range Templates {
		tp := template(t, name, Options{})
		var ex Example
		if n := testing.AllocsPerRun(20, func() { tp.Apply(&ex, agentChat) }); n > 0 {
			t.Errorf("%s: %v allocations a chat", name, n)
		}
		if layout.noTools {
			continue
		}
		if n := testing.AllocsPerRun(20, func() { _ = tp.ApplyTools(&ex, native, tools) }); n > 20 {
			t.Errorf("%s: %v allocations a conversation with tools", name, n)
		}
	}
}

func TestOneTemplateServesManyGoroutines(t *testing.T) {
	tp := template(t, "qwen2.5", Options{})
	var want Example
	tp.Apply(&want, agentChat)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var ex Example
			for range 50 {
				if tp.Apply(&ex, agentChat); !slices.Equal(ex.IDs, want.IDs) {
					t.Error("ids differ between goroutines")
				}
			}
		})
	}
	wg.Wait()
}
