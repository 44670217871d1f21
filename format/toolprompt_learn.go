package format

import (
	"errors"
	"fmt"
	"strings"
)

const learnedComment = `The wording of a scaffold's tools, learned from a recording. See the
documentation of format.ToolPrompt for the sections and their slots.
`

// LearnToolPrompt derives a template file from recordings: a trajectory in
// which tools and calls stand as text, and the same one with its structure (a
// twin: its messages, the system text without tools, the tool list), or at
// least the tool list. Where there is no twin, the wording before the tools is
// taken to be one line. The template is tried on the recording it comes from:
// where it does not give the same text again, byte for byte, that is an error.
func LearnToolPrompt(trajectories []*Trajectory) ([]byte, error) {
	err := errors.New("no trajectory in which tools and calls stand as text")
	for _, text := range trajectories {
		if !hasRenderedCalls(text) || systemOf(text) == "" {
			continue
		}
		var file []byte
		if file, err = learnFrom(text, twinOf(text, trajectories)); err == nil {
			return file, nil
		}
	}
	return nil, fmt.Errorf("learn a tool prompt: %w", err)
}

// A twin is what is known of a text trajectory's structure. Without messages
// only the tools are.
type twin struct {
	tools    []byte
	messages []Message
}

// twinOf looks for the same conversation with its calls as structure.
func twinOf(text *Trajectory, trajectories []*Trajectory) twin {
	for _, t := range trajectories {
		if t.Tools == nil || hasRenderedCalls(t) || systemOf(t) == "" {
			continue
		}
		single, _, err := singleCalls(t.Messages)
		if err == nil && strings.HasPrefix(systemOf(text), systemOf(t)) &&
			strings.Contains(firstSaid(User, text.Messages), firstSaid(User, single)) && len(single) == len(text.Messages) {
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

func systemOf(t *Trajectory) string {
	if len(t.Messages) == 0 || t.Messages[0].Role != System {
		return ""
	}
	return t.Messages[0].Content
}

func firstSaid(role Role, messages []Message) string {
	for _, m := range messages {
		if m.Role == role {
			return m.Content
		}
	}
	return ""
}

func learnFrom(text *Trajectory, other twin) ([]byte, error) {
	if other.tools == nil {
		return nil, errors.New("no tool list goes with the text: give a recording that holds one")
	}
	p := &ToolPrompt{sections: map[string]string{}}
	system := systemOf(text)
	err := withIndex(other.tools, func(tools value) error {
		wording := system
		if len(other.messages) > 0 {
			wording = system[len(other.messages[0].Content):]
		}
		start, err := p.learnTools(wording, tools, len(other.messages) > 0)
		if err != nil {
			return err
		}
		return difference(p.suffix(tools), wording[start:])
	})
	if err != nil {
		return nil, err
	}
	if other.messages != nil {
		err = p.learnMessages(text.Messages, other.messages)
	} else {
		err = p.learnResults(text.Messages)
	}
	if err != nil {
		return nil, err
	}
	file := p.file(learnedComment)
	if _, err := ParseToolPrompt(file); err != nil {
		return nil, err
	}
	return file, nil
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
	near := func(s string) string { return clip(s[max(0, at-20):]) }
	return fmt.Errorf("the tools are not described in one way throughout: after %d bytes the recording has %q, its wording elsewhere gives %q",
		at, near(want), near(got))
}

// learnMessages compares the messages of twins: the frame around the first
// user turn, and the words before results.
func (p *ToolPrompt) learnMessages(text, structured []Message) error {
	first := true
	for i, m := range structured {
		got := text[i]
		switch {
		case m.Role == User && first:
			first = false
			if before, after, found := strings.Cut(got.Content, m.Content); found && got.Content != m.Content {
				p.sections["first user"] = literal(before) + "{{content}}" + literal(after)
			}
		case m.Role == ToolRole:
			head, found := strings.CutSuffix(got.Content, m.Content)
			if !found || got.Role != User {
				return fmt.Errorf("message %d: the result of %q does not stand in the text as it is", i+1, m.Name)
			}
			if err := p.learnResult(head, m.Name); err != nil {
				return fmt.Errorf("message %d: %w", i+1, err)
			}
		}
	}
	return nil
}

// learnResults does without a twin: what follows a call is its result, under
// a line that names the tool.
func (p *ToolPrompt) learnResults(text []Message) error {
	for i, m := range text[1:] {
		name, _, found := strings.Cut(afterLast(text[i].Content, "<function="), ">")
		line, _, more := strings.Cut(m.Content, "\n")
		if !found || !more || m.Role != User || text[i].Role != Assistant || !strings.Contains(line, name) {
			continue
		}
		return p.learnResult(line+"\n", name)
	}
	return nil
}

func afterLast(text, mark string) string {
	if i := strings.LastIndex(text, mark); i >= 0 {
		return text[i+len(mark):]
	}
	return ""
}

func (p *ToolPrompt) learnResult(head, name string) error {
	section := strings.ReplaceAll(literal(head), name, "{{name}}") + "{{content}}"
	if name == "" {
		section = literal(head) + "{{content}}"
	}
	if known, ok := p.sections["result"]; ok && known != section {
		return fmt.Errorf("results are announced in two ways: %q and %q", clip(known), clip(section))
	}
	p.sections["result"] = section
	return nil
}
