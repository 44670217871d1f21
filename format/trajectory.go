package format

import (
	"encoding/json"
	"slices"

	"trainyard/format/pyjson"
)

// A Role says who speaks in a message. Dialects map their own names (ai,
// gpt, human, developer, …) onto these four.
type Role string

const (
	System    Role = "system"
	User      Role = "user"
	Assistant Role = "assistant"
	ToolRole  Role = "tool" // the result of one call
)

// A Call is one use of a tool that an assistant message asks for.
type Call struct {
	ID   string // as recorded; empty where the scaffold has none
	Name string
	// Arguments is the JSON object as recorded, key order and number spelling
	// kept. Dialects that store it as a JSON string hand over its content.
	Arguments json.RawMessage
}

// A Message is one turn as the scaffold recorded it, before any rendering.
type Message struct {
	Role    Role
	Content string // text parts joined; valid UTF-8
	Calls   []Call // assistant only
	CallID  string // tool only: the call this answers
	Name    string // tool only: the tool that answered
	// ID is the message's own, as recorded: it tells a copy of a turn from
	// another turn of the same words. Empty where the scaffold has none.
	ID string
	// Reasoning is text the model wrote apart from its content. It is kept
	// for reports and never rendered into Content by itself.
	Reasoning string
	// Parts counts the text parts that Content was joined of, where the record
	// has parts at all.
	Parts int
	// Untrained marks an assistant message that the record itself excludes
	// from the loss (weight 0, train false, mask false).
	Untrained bool
	// Masked are the parts of an assistant's Content that the record excludes
	// from the loss, where it learns from others: see SetContent.
	Masked Spans
	// UntrainedThought says the same of all of Reasoning.
	UntrainedThought bool
}

// ThoughtUntrained says that there is a thought, which must stay outside the
// loss.
func (m *Message) ThoughtUntrained() bool {
	return m.Reasoning != "" && (m.Untrained || m.UntrainedThought)
}

// SetContent changes the content and keeps the masked parts on what they cover.
func (m *Message) SetContent(text string) {
	m.Masked = m.Masked.Carry(m.Content, text)
	m.Content = text
}

// A Trajectory is one rollout of one agent on one instance.
type Trajectory struct {
	Format     string // the dialect it was read as, a key of Dialects
	ID         string // unique within a source: the record's own, else instance plus content digest
	InstanceID string // empty where the record names none
	Repo       string // as the record or its ids have it (see NormalRepo); empty where unknown
	Teacher    string // the model that acted; empty where unknown
	Messages   []Message
	// How it ended and what it cost, where the record says so; zero is unknown.
	ExitStatus       string
	Patch            string  // unified diff that the agent left behind
	CostUSD          float64 // of all model calls
	PromptTokens     int64   // as billed, summed over the calls
	CompletionTokens int64
	// Tools is the JSON array of tool descriptions (OpenAI shape) as recorded;
	// nil where the record has none. Null members are part of it, but for those
	// with which Arrow pads structs.
	Tools json.RawMessage
	// ToolsUnrecorded says that calls were made with tools whose descriptions
	// the record does not hold; SystemUnrecorded, that the agent had a system
	// prompt of which the same is true. Render asks for them, never guesses.
	ToolsUnrecorded, SystemUnrecorded bool
	// Subagent says that another agent of the same session gave the task. Such an
	// agent has a system prompt and tools of its own.
	Subagent bool
	// Condensed says that the model saw a part of the conversation as a summary,
	// or with pieces cleared, as the messages here have it.
	Condensed bool
	// Forked says that the session was copied from another before it went on.
	Forked bool
	// Notes are what reading the record changed or left out, each once for
	// every time; rendering adds its own to them.
	Notes []string

	// places are where the record's members lie, so that a judge need not
	// look for them again.
	Places []pyjson.MemberPlace
	// file and line are where the record stands, for errors about it.
	File string
	Line int
}

// Note counts one change, or one thing left out, under the name of a note.
func (t *Trajectory) Note(name string) { t.Notes = append(t.Notes, name) }

// MarkUnrecordedTools looks for calls of tools that nothing describes.
func (t *Trajectory) MarkUnrecordedTools() {
	t.ToolsUnrecorded = t.ToolsUnrecorded || t.Tools == nil && t.Acts()
}

// Acts says that the agent called tools.
func (t *Trajectory) Acts() bool {
	return slices.ContainsFunc(t.Messages, func(m Message) bool { return len(m.Calls) > 0 })
}

// LacksSystem says that there are messages, and none before them all says who
// the agent is.
func (t *Trajectory) LacksSystem() bool {
	return len(t.Messages) > 0 && t.Messages[0].Role != System
}

// Steps counts the assistant messages, the unit of "agent steps" in reports.
func (t *Trajectory) Steps() int {
	n := 0
	for _, m := range t.Messages {
		if m.Role == Assistant {
			n++
		}
	}
	return n
}

// A Turn is one message of a chat: rendered, text only.
type Turn struct {
	Role    Role // System, User or Assistant
	Content string
	// Untrained marks an assistant turn that must stay outside the loss.
	Untrained bool
	// Masked are parts of an assistant's Content that must stay outside the
	// loss; no token that holds a byte of them is learned from.
	Masked Spans
}

// Marked says that some assistant's words of a chat must stay outside the loss.
func (c Chat) Marked() bool {
	return slices.ContainsFunc(c, func(t Turn) bool { return t.Untrained || len(t.Masked) > 0 })
}

// PartlyMarked says that of some turn only parts must stay outside the loss.
func (c Chat) PartlyMarked() bool {
	return slices.ContainsFunc(c, func(t Turn) bool { return !t.Untrained && len(t.Masked) > 0 })
}

// Turn is what a message says, and what of it is learned from.
func (m *Message) Turn() Turn {
	return Turn{Role: m.Role, Content: m.Content, Untrained: m.Untrained, Masked: m.Masked}
}

// Say makes a turn's text the content, and what of it is learned from.
func (m *Message) Say(t Turn) { m.Content, m.Untrained, m.Masked = t.Content, t.Untrained, t.Masked }

// A Chat is a conversation every trainer reads alike: one non-empty system
// turn, then user and assistant in strict alternation, ending on assistant.
type Chat []Turn
