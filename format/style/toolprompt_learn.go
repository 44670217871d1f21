package style

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

const learnedComment = "The wording of a scaffold's tools, learned from a recording.\n\n"

// LearnToolPrompt derives a template file from recordings: a trajectory in
// which tools and calls stand as text, and the same one with its structure (a
// twin: its messages, the system text without tools, the tool list), or at
// least the tool list. Where there is no twin, the wording before the tools is
// taken to be one line. The template is tried on the recording it comes from:
// where it does not give the same text again, byte for byte, that is an error.
func LearnToolPrompt(trajectories []*format.Trajectory) ([]byte, error) {
	err := errors.New("no trajectory in which tools and calls stand as text")
	for _, text := range trajectories {
		if !protocol.HasRenderedCalls(text) || systemOf(text) == "" {
			continue
		}
		var file []byte
		if file, err = learnFrom(text, twinOf(text, trajectories)); err == nil {
			return file, nil
		}
		err = placed(err, text)
	}
	return nil, fmt.Errorf("learn a tool prompt: %w", err)
}

// placed says of which recording an error is.
func placed(err error, t *format.Trajectory) error {
	if t.File == "" {
		return err
	}
	return fmt.Errorf("%s:%d: %w", t.File, t.Line, err)
}

// A twin is what is known of a text trajectory's structure. Without messages
// only the tools are.
type twin struct {
	tools    []byte
	messages []format.Message
}

// twinOf looks for the same conversation with its calls as structure.
func twinOf(text *format.Trajectory, trajectories []*format.Trajectory) twin {
	for _, t := range trajectories {
		if t.Tools == nil || protocol.HasRenderedCalls(t) || systemOf(t) == "" {
			continue
		}
		single, _, err := protocol.SingleCalls(t.Messages)
		if err == nil && strings.Contains(systemOf(text), systemOf(t)) &&
			strings.Contains(firstSaid(format.User, text.Messages), firstSaid(format.User, single)) && len(single) == len(text.Messages) {
			return twin{t.Tools, single}
		}
	}
	if text.Tools != nil {
		return twin{tools: text.Tools}
	}
	for _, t := range trajectories {
		if t.Tools != nil {
			return twin{tools: t.Tools}
		}
	}
	return twin{}
}

func systemOf(t *format.Trajectory) string {
	if len(t.Messages) == 0 || t.Messages[0].Role != format.System {
		return ""
	}
	return t.Messages[0].Content
}

func firstSaid(role format.Role, messages []format.Message) string {
	for _, m := range messages {
		if m.Role == role {
			return m.Content
		}
	}
	return ""
}

func learnFrom(text *format.Trajectory, other twin) ([]byte, error) {
	if other.tools == nil {
		return nil, errors.New("no tool list goes with the text: give a recording that holds one")
	}
	p := &ToolPrompt{sections: map[string]string{}}
	system := systemOf(text)
	err := pyjson.WithIndex(other.tools, func(tools pyjson.Value) error {
		if len(other.messages) > 0 {
			return p.learnAround(system, other.messages[0].Content, tools)
		}
		start, err := p.learnTools(system, tools, false)
		if err != nil {
			return err
		}
		_, after, _ := p.around(tools)
		return difference(after, system[start:])
	})
	if err != nil {
		return nil, err
	}
	p.learnCall(text.Messages)
	if err := p.tryCalls(text.Messages, other.messages != nil); err != nil {
		return nil, err
	}
	if other.messages != nil {
		err = p.learnMessages(text.Messages, other.messages)
	} else {
		p.learnResults(text.Messages)
	}
	if err != nil {
		return nil, err
	}
	file := p.file(learnedComment + PromptWords() + "\n")
	if _, err := ParseToolPrompt(file); err != nil {
		return nil, err
	}
	return file, nil
}

// learnAround learns from a system text of which one part is the record's own:
// the tools stand behind it, or before.
func (p *ToolPrompt) learnAround(system, own string, tools pyjson.Value) error {
	before, after, _ := strings.Cut(system, own)
	_, err := p.learnTools(after, tools, true)
	if err == nil {
		p.sections["system"] = literal(before) + p.sections["system"]
	} else if _, errBefore := p.learnTools(before, tools, true); errBefore == nil {
		err = nil
		p.sections["system"] = strings.TrimPrefix(p.sections["system"], "{{system}}") + "{{system}}" + literal(after)
	}
	if err != nil {
		return err
	}
	gotBefore, gotAfter, _ := p.around(tools)
	return difference(gotBefore+own+gotAfter, system)
}

// difference says where what the template gives departs from the recording.
func difference(got, want string) error {
	if got == want {
		return nil
	}
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	near := func(s string) string { return pyjson.Clip(s[max(0, at-20):]) }
	return fmt.Errorf("the tools are not described in one way throughout: after %d bytes the recording has %q, its wording elsewhere gives %q",
		at, near(want), near(got))
}

// learnMessages compares the messages of twins: the frame around the first
// user turn, and the words around results.
func (p *ToolPrompt) learnMessages(text, structured []format.Message) error {
	if i := slices.IndexFunc(structured, func(m format.Message) bool { return m.Role == format.User }); i >= 0 {
		// An example before the task may hold the same words.
		words, content := text[i].Content, structured[i].Content
		if at := strings.LastIndex(words, content); at >= 0 && len(words) > len(content) {
			p.sections["first user"] = literal(words[:at]) + "{{content}}" + literal(words[at+len(content):])
		}
	}
	// A short result may be found in the words around it, the longest hardly.
	longest := -1
	for i, m := range structured {
		if m.Role == format.ToolRole && (longest < 0 || len(m.Content) > len(structured[longest].Content)) {
			longest = i
		}
	}
	if longest < 0 {
		return nil
	}
	words, content := text[longest].Content, structured[longest].Content
	head, found := strings.CutSuffix(words, content)
	tail := ""
	if !found {
		head, tail, found = strings.Cut(words, content)
	}
	if !found {
		return notAsItIs(longest, structured[longest])
	}
	p.learnResult(head, tail, structured[longest].Name)
	for i, m := range structured {
		if m.Role != format.ToolRole {
			continue
		}
		switch got, _ := p.result(m.Name, m.Content); {
		case text[i].Role != format.User || !strings.Contains(text[i].Content, m.Content):
			return notAsItIs(i, m)
		case got != text[i].Content:
			return fmt.Errorf("message %d: results are announced in two ways: %q and %q", i+1, pyjson.Clip(got), pyjson.Clip(text[i].Content))
		}
	}
	return nil
}

func notAsItIs(i int, m format.Message) error {
	return fmt.Errorf("message %d: the result of %q does not stand in the text as it is", i+1, m.Name)
}

// learnCall finds out whether blocks of JSON begin with the arguments.
func (p *ToolPrompt) learnCall(text []format.Message) {
	for _, m := range text {
		if _, calls, err := protocol.ParseCalls(m.Content, "hermes", nil); m.Role == format.Assistant && err == nil && len(calls) > 0 {
			block := m.Content[strings.LastIndex(m.Content, "<tool_call>")+len("<tool_call>"):]
			if strings.HasPrefix(strings.TrimLeft(block, "{ \t\r\n"), `"arguments"`) {
				p.sections["call"] = `{"arguments": {{arguments}}, "name": {{name}}}`
			}
			return
		}
	}
}

// tryCalls holds the calls of a recording in Hermes' blocks to the style that will
// write them, and its results too where no twin tells their words.
func (p *ToolPrompt) tryCalls(text []format.Message, twin bool) error {
	w := &chatWriter{opt: RenderOptions{ToolPrompt: p, KeepCRLF: true}}
	called := false
	for i, m := range text {
		if called && !twin && m.Role == format.User && !isHermesResult(m.Content) {
			return fmt.Errorf("message %d: a result in words that cannot be told from it (%q): give the same recording with its calls as structure too", i+1, pyjson.Clip(m.Content))
		}
		before, calls, err := protocol.ParseCalls(m.Content, "hermes", nil)
		if called = m.Role == format.Assistant && err == nil && len(calls) > 0; !called {
			continue
		}
		got, err := w.jsonCalls(format.Message{Role: format.Assistant, Content: before, Calls: calls}, jsonWords{w.hermesCall, w.hermesResult})
		if err != nil {
			return err
		}
		if got != m.Content {
			return fmt.Errorf("message %d: style hermes writes this call as %q, the recording has %q", i+1, pyjson.Clip(got[len(before):]), pyjson.Clip(m.Content[len(before):]))
		}
	}
	return nil
}

// isHermesResult says that a turn is results in the style's own words.
func isHermesResult(text string) bool {
	return strings.HasPrefix(text, "<tool_response>\n") && strings.HasSuffix(text, "\n</tool_response>")
}

// learnResults does without a twin: what follows a call is its result, under
// a line that names the tool.
func (p *ToolPrompt) learnResults(text []format.Message) {
	for i, m := range text[1:] {
		name, _, found := strings.Cut(afterLast(text[i].Content, "<function="), ">")
		line, _, more := strings.Cut(m.Content, "\n")
		if !found || !more || m.Role != format.User || text[i].Role != format.Assistant || !strings.Contains(line, name) {
			continue
		}
		p.learnResult(line+"\n", "", name)
		return
	}
}

func afterLast(text, mark string) string {
	if i := strings.LastIndex(text, mark); i >= 0 {
		return text[i+len(mark):]
	}
	return ""
}

func (p *ToolPrompt) learnResult(head, tail, name string) {
	slot := func(words string) string {
		if words = literal(words); name != "" {
			words = strings.ReplaceAll(words, name, "{{name}}")
		}
		return words
	}
	p.sections["result"] = slot(head) + "{{content}}" + slot(tail)
}
