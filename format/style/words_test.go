package style

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/formattest"
	"trainyard/format/protocol"
	"trainyard/tokenize/chat"
)

// A marker is a word that stands nowhere else, put into one thing that an
// assistant said, thought or did.
type marker struct{ word, kind string }

// marked puts a word into everything that the assistant of a trajectory says,
// thinks and does, in a copy.
func marked(t *format.Trajectory) (*format.Trajectory, []marker) {
	var list []marker
	next := func(kind string) string {
		word := fmt.Sprintf("zq%dzq", len(list))
		list = append(list, marker{word, kind})
		return word
	}
	c := *t
	c.Messages = slices.Clone(t.Messages)
	for i := range c.Messages {
		m := &c.Messages[i]
		if m.Role != format.Assistant {
			continue
		}
		thought, rest, found := protocol.SplitThink(m.Content)
		apart := !blank(m.Reasoning)
		if apart { // one note for each message, even if it thinks in two places
			m.Reasoning = next("thought") + " " + m.Reasoning
		}
		switch {
		case found && !blank(thought) && !apart:
			thought = next("thought") + " " + thought
			fallthrough
		case found:
			m.Content = "<think>" + thought + "</think>" + rest + " " + next("text")
		case !blank(m.Content):
			m.Content = next("text") + " " + m.Content
		}
		m.Calls = slices.Clone(m.Calls)
		for k := range m.Calls {
			arguments := fmt.Sprintf(`{"zz": "%s"`, next("call"))
			if rest := strings.TrimLeft(string(m.Calls[k].Arguments[1:]), " \n"); rest != "}" {
				arguments += ", " + rest
			} else {
				arguments += rest
			}
			m.Calls[k].Arguments = json.RawMessage(arguments)
		}
	}
	return &c, list
}

// students are those whose rows differ in thoughts.
var students = func() (list []*chat.Template) {
	for _, name := range []string{"qwen2.5", "qwen3"} {
		tok, _ := chat.ForTemplate(name)
		t, err := chat.NewTemplate(name, tok)
		if err != nil {
			panic(err)
		}
		list = append(list, t)
	}
	return list
}()

// Whatever the style, the student and the recipe: what an assistant said is in
// the chat, once, and in the text that the student's template makes of it; so is
// what it thought and did, or it is counted.
func checkWords(t *testing.T, where string, tr *format.Trajectory) {
	t.Helper()
	tr, list := marked(tr)
	for as := range Styles {
		for _, student := range students {
			for _, reasoning := range []format.Reasoning{format.StudentsOwn, format.KeepReasoning, format.DropReasoning} {
				for _, verbatim := range []bool{false, true} {
					opt := RenderOptions{
						DefaultSystem: "D", Specials: student.Tokenizer().Specials(), Reasoning: reasoning, ThoughtsFrom: student.ThoughtsFrom(),
						KeepCRLF: verbatim, KeepLead: verbatim,
					}
					if tr.SystemUnrecorded {
						opt.System = "S"
					}
					if tr.ToolsUnrecorded {
						opt.Tools = json.RawMessage(`[{"name":"f"}]`)
					}
					rendered, notes, err := Render(tr, as, opt)
					if err != nil {
						formattest.ReasonOf(t, err)
						continue
					}
					checkMarkers(t, fmt.Sprintf("%s as %s for %s, reasoning %q", where, as, student.Name(), reasoning), student, rendered, notes, list)
				}
			}
		}
	}
}

func checkMarkers(t *testing.T, where string, student *chat.Template, rendered format.Chat, notes []string, list []marker) {
	t.Helper()
	var example chat.Example
	student.Apply(&example, rendered)
	said, text := "", string(student.Tokenizer().Decode(example.IDs))
	for _, turn := range rendered {
		if turn.Role == format.Assistant {
			said += turn.Content + "\n"
		}
	}
	lost := map[string]int{}
	for _, m := range list {
		in, shown := strings.Count(said, m.word), strings.Count(text, m.word)
		if in > 1 || in != shown {
			t.Errorf("%s: a %s stands %d times in the row, %d times before the student", where, m.kind, in, shown)
		}
		if in == 0 {
			lost[m.kind]++
		}
	}
	counted := map[string]int{}
	for _, n := range notes {
		counted[n]++
	}
	if lost["text"] > 0 || lost["thought"] != counted[format.NoteDroppedReasoning] || lost["call"] != counted[format.NoteDroppedCall] {
		t.Errorf("%s: lost %v, counted %v", where, lost, counted)
	}
}

func TestNoWordOfAnAssistantIsLostWithoutACount(t *testing.T) {
	inputs, err := filepath.Glob(filepath.Join("..", "dialect", "testdata", "*", "*"))
	if err != nil || len(inputs) < 20 {
		t.Fatal(inputs, err)
	}
	for _, input := range inputs {
		if strings.HasSuffix(input, ".golden") || strings.Contains(input, "/fuzz/") {
			continue
		}
		for _, o := range formattest.ReadAll(t, dialect.Input{Path: input, Format: filepath.Base(filepath.Dir(input))}) {
			if o.Err == nil {
				checkWords(t, fmt.Sprintf("%s:%d", input, o.Record.Line), o.T)
			}
		}
	}
}

func TestNoWordOfARandomAssistantIsLostWithoutACount(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 13))
	for i := range 100 {
		checkWords(t, fmt.Sprintf("trajectory %d", i), randomThoughts(r))
	}
}

// randomThoughts is a conversation with thoughts, tags and calls in all places
// that records have them in.
func randomThoughts(r *rand.Rand) *format.Trajectory {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	text := func() string {
		return pick("", "so", "\n\nso", "a\r\nb", "<think>hm</think>so", "<think>\nhm\n</think>\n\n", "so <think>", "`</think>` it is", "hm\n</think>\n\nso",
			"<think>cut", "one <tool_call> two", "<think>a</think>b\n\n<think>c</think>d", "<|im_end|>", "<tool_response>\nx\n</tool_response>")
	}
	t := &format.Trajectory{Messages: []format.Message{{Role: format.System, Content: "S"}, {Role: format.User, Content: "q"}}}
	for range 1 + r.IntN(6) {
		m := format.Message{Role: format.Assistant, Content: text(), Reasoning: pick("", "", "hm", "hm </think> hm", "<think>hm</think>", "\n"), Untrained: r.IntN(5) == 0}
		var results []format.Message
		for k := range r.IntN(3) {
			id := fmt.Sprint(k)
			m.Calls = append(m.Calls, format.Call{ID: id, Name: "f", Arguments: json.RawMessage(pick(`{}`, `{"a": "<think>"}`, `{"a": "x </think> y", "b": [1]}`))})
			results = append(results, format.Message{Role: format.ToolRole, CallID: id, Content: pick("r", "", "<think>r</think>")})
		}
		t.Messages = append(append(t.Messages, m), results...)
		if r.IntN(3) == 0 {
			t.Messages = append(t.Messages, format.Message{Role: format.User, Content: pick("and?", "<tool_response>\nx\n</tool_response>", "")})
		}
	}
	t.Tools = json.RawMessage(`[{"type":"function","function":{"name":"f"}}]`)
	return t
}
