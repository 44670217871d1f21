package convert

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/tokenize/chat"
)

// sessionRecord is a record of several calls with their results, some of which
// are out of the loss. Every text of it is there once.
func sessionRecord(t *testing.T, r *rand.Rand) format.Record {
	t.Helper()
	words := func(n int, what string) string { return what + strings.Repeat(" word", r.IntN(n)) }
	messages := []any{
		map[string]any{"role": "system", "content": words(40, "You fix bugs.")},
		map[string]any{"role": "user", "content": words(40, "Fix this one.")},
	}
	for step := range 1 + r.IntN(12) {
		id := fmt.Sprint("call", step)
		call := map[string]any{"id": id, "type": "function", "function": map[string]any{"name": "bash", "arguments": map[string]any{"command": fmt.Sprint("look at ", step)}}}
		act := map[string]any{"role": "assistant", "content": words(60, fmt.Sprint("Thought ", step)), "tool_calls": []any{call}}
		if r.IntN(4) == 0 {
			act["weight"] = 0
		}
		messages = append(messages, act, map[string]any{"role": "tool", "tool_call_id": id, "content": words(300, fmt.Sprint("Result ", step))})
	}
	messages = append(messages, map[string]any{"role": "assistant", "content": "All is done."})
	raw, err := json.Marshal(map[string]any{"id": "x", "messages": messages})
	if err != nil {
		t.Fatal(err)
	}
	return format.Record{File: "x.jsonl", Line: 1, Raw: raw}
}

// learned are the texts inside the loss, sorted.
func learned(c *Converter, rows ...Row) (texts []string) {
	for _, row := range rows {
		for _, s := range row.Example.Spans {
			texts = append(texts, string(c.template.Tokenizer().Decode(row.Example.IDs[s.Start:s.End])))
		}
	}
	slices.Sort(texts)
	return texts
}

func eachSession(t *testing.T, policy string, see func(c *Converter, whole, got Result)) (over int) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 150 {
		window := 50 + r.IntN(1500)
		o := Options{Style: "openhands", Masks: true, Window: window, OverWindow: policy}
		c := converter(t, o)
		rec := sessionRecord(t, r)
		whole, got := c.Worker().Convert(rec, Tokenised), c.Convert(rec, Fitted)
		if whole.Err != nil || got.Err != nil {
			t.Fatal(whole.Err, got.Err)
		}
		for _, row := range got.Rows() {
			again := new(chat.Example)
			if c.template.Apply(again, row.Chat); !slices.Equal(again.IDs, row.Example.IDs) || !slices.Equal(again.Spans, row.Example.Spans) {
				t.Fatal("a row's ids are not those of its chat")
			}
			if len(row.Example.IDs) > window || row.Example.Trained() == 0 || row.Chat[len(row.Chat)-1].Role != format.Assistant {
				t.Fatalf("a row of %d tokens, %d trained, for a window of %d", len(row.Example.IDs), row.Example.Trained(), window)
			}
		}
		if n := len(whole.Example.IDs); n > window {
			over++
			if got.Fit.Tokens != n || got.Fit.Trained != whole.Example.Trained() {
				t.Fatalf("a conversation of %d tokens, %d trained, is told as %+v", n, whole.Example.Trained(), got.Fit)
			}
			see(c, whole, got)
			continue
		}
		if rows := got.Rows(); got.Fit.Tokens != 0 || len(rows) != 1 || !slices.Equal(rows[0].Example.IDs, whole.Example.IDs) || !slices.Equal(got.Notes, whole.Notes) {
			t.Fatalf("%s changes a conversation that fits", policy)
		}
	}
	return over
}

func TestEveryPolicyKeepsToTheWindow(t *testing.T) {
	for _, policy := range slices.Sorted(maps.Keys(OverWindow)) {
		t.Run(policy, func(t *testing.T) {
			kept := 0
			over := eachSession(t, policy, func(_ *Converter, _, got Result) {
				if (got.Fit.Why == "") != (len(got.Rows()) > 0) {
					t.Fatalf("%d rows, and %q", len(got.Rows()), got.Fit.Why)
				}
				kept += min(1, len(got.Rows()))
			})
			t.Logf("%d of %d that are too long are kept", kept, over)
			if wants := OverWindow[policy].fit != nil; over < 20 || wants != (kept > 5) {
				t.Errorf("%d of %d that are too long are kept", kept, over)
			}
		})
	}
}

func TestCutKeepsTheBeginning(t *testing.T) {
	eachSession(t, "cut", func(c *Converter, whole, got Result) {
		if got.Fit.Why != "" {
			return
		}
		if n := len(got.Chat); !slices.EqualFunc(got.Chat, whole.Chat[:n], sameTurn) || n == len(whole.Chat) {
			t.Fatal("what is left is not the beginning")
		}
		if got.Notes[len(got.Notes)-1] != format.NoteCut {
			t.Fatalf("nothing is told: %v", got.Notes)
		}
		if last := got.Chat[len(got.Chat)-1]; last.Untrained {
			t.Fatal("the last turn is out of the loss")
		}
	})
}

func sameTurn(a, b format.Turn) bool {
	return a.Role == b.Role && a.Content == b.Content && a.Untrained == b.Untrained
}

func TestSplitTrainsWhatTheWholeTrainsAndNothingTwice(t *testing.T) {
	most := 0
	eachSession(t, "split", func(c *Converter, whole, got Result) {
		if got.Fit.Why != "" {
			return
		}
		want := learned(c, Row{whole.Chat, whole.Example})
		if have := learned(c, got.Rows()...); !slices.Equal(have, want) {
			t.Fatalf("%d parts train %q, the whole %q", len(got.Rows()), have, want)
		}
		for _, row := range got.Rows() {
			if !slices.EqualFunc(row.Chat[:2], whole.Chat[:2], sameTurn) {
				t.Fatal("a part does not begin with the system text and the task")
			}
		}
		most = max(most, len(got.Rows()))
	})
	if most < 4 {
		t.Errorf("no conversation became more than %d rows", most)
	}
}

func TestElideTakesTheOldestResultsAndNoTurnOfTheAssistant(t *testing.T) {
	eachSession(t, "elide", func(c *Converter, whole, got Result) {
		if got.Fit.Why != "" {
			return
		}
		if have, want := learned(c, got.Rows()...), learned(c, Row{whole.Chat, whole.Example}); !slices.Equal(have, want) {
			t.Fatalf("trained is %q, in the whole %q", have, want)
		}
		marks, passed := 0, false
		for i, turn := range got.Chat {
			switch was := whole.Chat[i].Content; {
			case strings.Contains(turn.Content, "characters left out …]"):
				if marks++; passed {
					t.Fatalf("turn %d has a mark, and an older one has none", i)
				}
			case turn.Content != was:
				t.Fatalf("turn %d is changed without a mark", i)
			case turn.Role == format.User && i > 1 && len(was) > 150: // a short one is no longer than its mark
				passed = true
			}
		}
		told := len(got.Notes) - len(whole.Notes)
		if marks == 0 || told != marks || got.Notes[len(got.Notes)-1] != format.NoteElided {
			t.Fatalf("%d marks, notes %v", marks, got.Notes)
		}
		if whole.Traj == got.Traj || !strings.HasPrefix(whole.Traj.Messages[3].Content, "Result 0") {
			t.Fatal("the trajectory of another conversion was changed")
		}
	})
}

// What Qwen3 hides of the middle of a conversation it would show at the end of a
// part, and an empty thought is not what the record says.
func TestWhatTheTemplateHidesIsNotCut(t *testing.T) {
	const talk = `{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a","reasoning_content":"because"},
		{"role":"user","content":"more"},{"role":"assistant","content":"b","reasoning_content":"so"}]}`
	for policy, why := range map[string]string{"cut": hidden, "split": hidden, "elide": "the window does not hold it without its observations either"} {
		c := converter(t, Options{Style: "openhands", Masks: true, Window: 30, OverWindow: policy})
		options := c.options
		options.Template = "qwen3"
		c, err := New(c.source, options)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Convert(format.Record{File: "x", Line: 1, Raw: []byte(talk)}, Fitted); got.Err != nil || got.Fit.Why != why {
			t.Errorf("%s: %v, %q", policy, got.Err, got.Fit.Why)
		}
	}
}

func TestAPolicyThatRowsCannotFollowIsRefused(t *testing.T) {
	for want, o := range map[string]Options{
		`unknown policy over the window "splitt", did you mean "split"? (known: cut, drop, elide, fail, split)`:              {OverWindow: "splitt"},
		"over the window split: parts overlap, and rows of text cannot keep the overlap out of the loss (output tokens can)": {OverWindow: "split"},
	} {
		o.Template = "qwen2.5"
		if _, err := New(nil, o); err == nil || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
