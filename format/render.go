package format

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// A Style is a way of writing tools, calls and results as text.
type Style string

// A Rendering is what stands behind a style.
type Rendering struct {
	Summary string
	tools   func(*page, *Trajectory) (string, error) // stands after the system text
	write   func(*page, []Message) error             // appends turns for what follows it
}

// Styles holds every style by name.
var Styles = map[Style]Rendering{
	"keep":      {Summary: "text as recorded; records with structured calls are rejected", tools: keepTools, write: keepMessages},
	"openhands": {Summary: "<function=NAME> tags, one call a turn, results as user turns", tools: openhandsTools, write: openhandsMessages},
	"qwen":      {Summary: "what the stock Qwen2.5 template renders for native tools", tools: qwenTools, write: qwenMessages},
}

// StyleNames lists the styles in alphabetical order.
func StyleNames() []string {
	var names []string
	for _, style := range slices.Sorted(maps.Keys(Styles)) {
		names = append(names, string(style))
	}
	return names
}

// RenderOptions are what a rendering needs to know besides the trajectory.
type RenderOptions struct {
	// System supplies or replaces the record's system text; empty keeps it.
	System string
	// Tools supplies tool descriptions (a JSON array) where the record has none.
	Tools json.RawMessage
	// DefaultSystem is written out where a record has no system text, so that
	// no template adds its own. Empty: such a record is rejected.
	DefaultSystem string
	// Specials are the strings a trainer's tokenizer would turn into special
	// tokens wherever they stand in text; see Neutralise.
	Specials []string
	// KeepCRLF leaves "\r\n" as it is; else it becomes "\n".
	KeepCRLF bool
}

// Notes: the edits a rendering makes, besides the rendering itself. Each
// edit adds its note once, so counting equal notes counts edits.
const (
	NoteDefaultSystem  = "default_system"          // no system text: the default is written out
	NoteSystem         = "supplied_system"         // the given system text stands in place of the record's, or of none
	NoteTools          = "supplied_tools"          // the record has no tool list: the given one is described
	NoteLateSystem     = "late_system_as_user"     // a system message after the start becomes a user turn
	NoteMerged         = "merged_consecutive"      // two turns of one role joined by an empty line
	NoteSplitCalls     = "split_parallel_calls"    // a turn with several calls became one turn per call
	NoteDroppedCall    = "dropped_unanswered_call" // a parallel call without a result
	NoteDroppedTail    = "dropped_tail"            // a message after the last assistant turn
	NoteDroppedEmpty   = "dropped_empty_assistant" // an assistant turn without text or call
	NoteTrimmedLeading = "trimmed_leading_newline" // assistant text that began on a later line
	NoteCRLF           = "crlf_to_lf"              // a text with Windows line ends
	NoteNeutralised    = "neutralised_special"     // a special-token string that was broken up
	NoteDroppedTools   = "dropped_tools"           // style keep left the tool list out
	NoteRendered       = "tools_already_in_text"   // the record's text holds its tools and calls already
)

// A page is a chat being written.
type page struct {
	opt      RenderOptions
	rendered bool // the record's text holds calls already
	turns    []Turn
	notes    []string
}

func (p *page) note(key string) { p.notes = append(p.notes, key) }

func (p *page) add(role Role, text string, untrained bool) {
	p.turns = append(p.turns, Turn{Role: role, Content: text, Untrained: untrained})
}

// Render writes a trajectory as a chat in the given style. The chat has one
// non-empty system turn, then user and assistant in turns, ending on
// assistant. Nothing is invented: text is recorded text, the style's frame
// around calls and results, or opt.DefaultSystem. Neighbours of one role are
// joined by an empty line; if either is outside the loss, so is the whole.
// The error is a *Reject without a place, or an unknown style.
func Render(t *Trajectory, as Style, opt RenderOptions) (Chat, []string, error) {
	style, ok := Styles[as]
	if !ok {
		return nil, nil, unknownName("tool style", string(as), StyleNames())
	}
	p := &page{opt: opt, rendered: hasRenderedCalls(t)}
	t = p.supplied(t)
	system, rest := p.splitSystem(t.Messages)
	tools, err := style.tools(p, t)
	if err != nil {
		return nil, nil, err
	}
	if system == "" {
		if opt.DefaultSystem == "" {
			return nil, nil, reject(NoSystem, "the record has no system text and there is no default for it")
		}
		system = opt.DefaultSystem
		p.note(NoteDefaultSystem)
	}
	if err := style.write(p, rest); err != nil {
		return nil, nil, err
	}
	chat, err := p.chat(system + tools)
	return chat, p.notes, err
}

// supplied puts the system text and the tools that the caller gives in their
// places. The record's own copy stays as it is.
func (p *page) supplied(t *Trajectory) *Trajectory {
	given := *t
	if p.opt.System != "" {
		rest := t.Messages
		for len(rest) > 0 && rest[0].Role == System {
			rest = rest[1:]
		}
		given.Messages = append([]Message{{Role: System, Content: p.opt.System}}, rest...)
		p.note(NoteSystem)
	}
	if t.Tools == nil && len(p.opt.Tools) > 0 {
		given.Tools = p.opt.Tools
		if !p.rendered {
			p.note(NoteTools)
		}
	}
	return &given
}

// splitSystem joins the system messages a trajectory starts with.
func (p *page) splitSystem(messages []Message) (string, []Message) {
	system := ""
	for len(messages) > 0 && messages[0].Role == System {
		text := p.clean(messages[0].Content, System)
		if system != "" && text != "" {
			p.note(NoteMerged)
		}
		system = joinTexts(system, text)
		messages = messages[1:]
	}
	return system, messages
}

// joinTexts puts an empty line between two texts, nothing beside an empty one.
func joinTexts(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n\n" + b
}

// clean makes recorded text safe for every trainer: line ends, special-token
// strings.
func (p *page) clean(text string, role Role) string {
	if !p.opt.KeepCRLF && strings.Contains(text, "\r\n") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		p.note(NoteCRLF)
	}
	specials := p.opt.Specials
	if p.rendered && role != User {
		specials = withoutCallTags(specials)
	}
	text, n := Neutralise(text, specials)
	for range n {
		p.note(NoteNeutralised)
	}
	return text
}

// chat joins, drops and trims turns until trainers agree on them.
func (p *page) chat(system string) (Chat, error) {
	chat := Chat{{Role: System, Content: system}}
	for _, turn := range p.turns {
		if turn.Role == Assistant && !p.trim(&turn) {
			continue
		}
		last := &chat[len(chat)-1]
		if turn.Role != last.Role {
			chat = append(chat, turn)
			continue
		}
		last.Content = joinTexts(last.Content, turn.Content)
		last.Untrained = last.Untrained || turn.Untrained
		p.note(NoteMerged)
	}
	for len(chat) > 1 && chat[len(chat)-1].Role != Assistant {
		chat = chat[:len(chat)-1]
		p.note(NoteDroppedTail)
	}
	switch {
	case len(chat) == 1:
		return nil, reject(NoAssistant, "no assistant turn with text or a call")
	case chat[1].Role == Assistant:
		return nil, reject(BadOrder, "the conversation starts with an assistant turn, before any user turn")
	}
	return chat, nil
}

// trim cuts the lines that an assistant turn leaves empty before its text:
// the tokenizer would join them to the header's newline, a token that never
// occurs when the model is asked. It says whether any text is left.
func (p *page) trim(turn *Turn) bool {
	text := strings.TrimLeft(turn.Content, " \t\r\n\v\f")
	if text == "" {
		p.note(NoteDroppedEmpty)
		return false
	}
	lead := turn.Content[:len(turn.Content)-len(text)]
	if cut := strings.LastIndexAny(lead, "\r\n"); cut >= 0 {
		turn.Content = turn.Content[cut+1:]
		p.note(NoteTrimmedLeading)
	}
	return true
}

// hasRenderedCalls says that calls stand in the text already, as a scaffold
// with mocked function calling logs them; the tool list does so too then.
func hasRenderedCalls(t *Trajectory) bool {
	tagged := false
	for _, m := range t.Messages {
		if len(m.Calls) > 0 || m.Role == ToolRole {
			return false
		}
		tagged = tagged || m.Role == Assistant && (strings.Contains(m.Content, "<function=") || strings.Contains(m.Content, "<tool_call>"))
	}
	return tagged
}

// writeText appends a message that is text in every style.
func (p *page) writeText(m Message) {
	if m.Role == System {
		m.Role = User
		p.note(NoteLateSystem)
	}
	p.add(m.Role, p.clean(m.Content, m.Role), m.Untrained)
}

func keepTools(p *page, t *Trajectory) (string, error) {
	if t.Tools != nil {
		p.note(NoteDroppedTools)
	}
	return "", nil
}

func keepMessages(p *page, messages []Message) error {
	for _, m := range messages {
		if len(m.Calls) > 0 || m.Role == ToolRole {
			return reject(Structured, "the record has structured calls: choose a tool style that writes them as text")
		}
		p.writeText(m)
	}
	return nil
}
