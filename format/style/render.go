package style

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
)

// A Rendering is what stands behind a style.
type Rendering struct {
	Summary string
	Limits  string                                                // what it cannot say or leaves to others; empty where nothing is known
	Worded  bool                                                  // a ToolPrompt says how its tools are worded
	tools   func(*chatWriter, *format.Trajectory) (string, error) // stands after the system text
	write   func(*chatWriter, []format.Message) error             // appends turns for what follows it
	values  string                                                // the key of Values that it writes unless told otherwise; empty where there is no choice
	// callTags: the style's own calls stand between <tool_call> tags, so that a
	// system text that shows them shows notation.
	callTags bool
	// prompted says that scaffolds of this style describe their tools in the
	// system text: one that is supplied makes up for tools that are not recorded.
	prompted bool
	// together says that the calls of a turn stay one turn, so that one of them
	// may be without a result of its own.
	together bool
}

// Styles holds every style by name.
var Styles = map[protocol.Style]Rendering{
	"adp":       adpStyle,
	"hermes":    hermesStyle,
	"keep":      {Summary: "text as recorded; records with structured calls are rejected", tools: keepTools, write: keepMessages},
	"openhands": {Summary: "<function=NAME> tags, one call a turn, results as user turns", Worded: true, values: "json", tools: openhandsTools, write: openhandsMessages},
	"qwen":      {Summary: "what the stock Qwen2.5 template renders for native tools", together: true, tools: qwenTools, write: qwenMessages},
	"r2e": {Summary: "R2E-Gym's <function=NAME> tags, arguments indented by two spaces", Limits: taggedLimits, Worded: true, values: "python",
		tools: r2eTools, write: r2eMessages, prompted: true, together: true},
	"swe-smith": {Summary: "SWE-smith's <function=NAME> tags, all calls of a turn at its end", Limits: taggedLimits, Worded: true, values: "python",
		tools: swesmithTools, write: swesmithMessages, prompted: true, together: true},
	"ticks": ticksStyle,
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
	// KeepLead leaves the empty lines that an assistant turn starts with, as
	// SWE-smith writes a call without a thought; else they are cut.
	KeepLead bool
	// Values is a key of the registry Values; empty is the style's own way.
	Values string
	// ToolPrompt is the scaffold's wording of its tools, for hermes and the
	// styles with function tags, and of results and the first user turn, for
	// adp, hermes and openhands; nil means our own.
	ToolPrompt *ToolPrompt
	// Undescribed is told the tool of every call that no list describes, from any
	// goroutine; nil tells none.
	Undescribed func(tool string)
	// Reasoning says what becomes of recorded thoughts.
	Reasoning format.Reasoning
	// ThoughtsFrom is the first turn of a chat whose thought the student's
	// template shows; nil where it has no place for thoughts.
	ThoughtsFrom func(format.Chat) int
}

// Render writes a trajectory as a chat in the given style. The chat has one
// non-empty system turn, then user and assistant in turns, ending on
// assistant. Nothing is invented: text is recorded text, the style's frame
// around calls and results, or opt.DefaultSystem. Neighbours of one role are
// joined by an empty line; what is outside the loss of either stays so.
// The notes are those of reading the record, then those of rendering it. The
// error is a *Reject without a place, or an unknown style.
func Render(t *format.Trajectory, as protocol.Style, opt RenderOptions) (format.Chat, []string, error) {
	style, ok := Styles[as]
	if !ok {
		return nil, nil, format.UnknownName("tool style", string(as), StyleNames())
	}
	if opt.Values == "" {
		opt.Values = style.values
	}
	p := newChatWriter(t, opt)
	if style.callTags && !p.rendered {
		p.callTags[format.System] = true
	}
	t = p.supplied(t)
	if err := p.missing(t, style); err != nil {
		return nil, nil, err
	}
	settled := p.settleThoughts(t.Messages)
	if err := p.cleanMasked(settled); err != nil {
		return nil, nil, err
	}
	system, rest := p.splitSystem(settled)
	tools, err := style.tools(p, t)
	if err != nil {
		return nil, nil, err
	}
	if p.whole && system != "" {
		system = ""
		p.note(format.NoteSystem)
	}
	if system == "" && !p.whole {
		if opt.DefaultSystem == "" {
			return nil, nil, format.Rejectf(format.NoSystem, "the record has no system text and there is no default for it")
		}
		system = opt.DefaultSystem
		p.note(format.NoteDefaultSystem)
	}
	if err := style.write(p, rest); err != nil {
		return nil, nil, withTogether(err)
	}
	chat, err := p.chat(p.lead + system + tools)
	return chat, p.notes, err
}

// withTogether adds to a missing result which styles do without it. Scaffolds
// that run the calls of a turn as one batch (Terminus-2) record one result.
func withTogether(err error) error {
	r, ok := err.(*format.Reject)
	if !ok || r.Reason != format.Unanswered {
		return err
	}
	var names []string
	for _, name := range StyleNames() {
		if Styles[protocol.Style(name)].together {
			names = append(names, name)
		}
	}
	return format.Rejectf(r.Reason, "%s; this style writes one call a turn, each with its result, while %s keep the calls of a turn together (tools: {as: NAME}, --tools-as NAME)",
		r.Detail, strings.Join(names, ", "))
}

// supplied puts the system text and the tools that the caller gives in their
// places. The record's own copy stays as it is.
func (p *chatWriter) supplied(t *format.Trajectory) *format.Trajectory {
	given := *t
	if p.opt.System != "" {
		rest := t.Messages
		for len(rest) > 0 && rest[0].Role == format.System && !t.SystemUnrecorded {
			rest = rest[1:]
		}
		given.Messages = append([]format.Message{{Role: format.System, Content: p.opt.System}}, rest...)
		p.note(format.NoteSystem)
	}
	if t.Tools == nil && len(p.opt.Tools) > 0 {
		given.Tools = p.opt.Tools
		if !p.rendered {
			p.note(format.NoteTools)
		}
	}
	p.noteUndescribed(&given)
	return &given
}

// missing refuses what the scaffold had and the record lacks.
func (p *chatWriter) missing(t *format.Trajectory, style Rendering) error {
	switch {
	case t.SystemUnrecorded && p.opt.System == "":
		return format.Rejectf(format.NoSystem, "the agent's system prompt is not in the record: %s", supplyHint("system"))
	case t.ToolsUnrecorded && t.Tools == nil && !p.rendered && !(style.prompted && p.opt.System != ""):
		return format.Rejectf(format.NoTools, "tools were called whose descriptions are not in the record: %s", supplyHint("tools"))
	}
	return nil
}

// splitSystem joins the system messages a trajectory starts with.
func (p *chatWriter) splitSystem(messages []format.Message) (string, []format.Message) {
	system := ""
	for len(messages) > 0 && messages[0].Role == format.System {
		text := p.clean(messages[0].Content, format.System)
		if system != "" && text != "" {
			p.note(format.NoteMerged)
		}
		system = format.JoinTexts(system, text)
		messages = messages[1:]
	}
	return system, messages
}
