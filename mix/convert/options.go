package convert

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"trainyard/format"
	"trainyard/format/edit"
	"trainyard/format/evidence"
	"trainyard/format/loss"
	"trainyard/format/protocol"
	"trainyard/format/regular"
	"trainyard/format/style"
	"trainyard/tokenize"
	"trainyard/tokenize/chat"
)

// Options say how the records of one source become conversations.
type Options struct {
	Template string // a key of chat.Templates
	// Tokenizer is the vocabulary to write in; nil is the template's own.
	Tokenizer *tokenize.Tokenizer
	Chat      chat.Options // how the template writes; the zero value is for training
	// Parse reads the records that no dialect is for, such as chats that are to be
	// tokenised as they stand; nil means the dialect of the source.
	Parse func(format.Record) (*format.Trajectory, error)
	Judge *evidence.Judge // nil: nothing is judged, so every record is unknown
	// Keep chooses among the records; nil keeps all.
	Keep *evidence.Filter
	// WantedOnly ends the road of a record that is not accepted, at Judged, and
	// of one that Keep leaves out, as soon as that is known.
	WantedOnly bool
	Edits      []edit.Spec    // in this order
	Loss       loss.Spec      // which turns are learned from, asked when the edits are made; empty: all
	Style      protocol.Style // a key of style.Styles; empty keeps calls as structure
	Reasoning  format.Reasoning
	Verbatim   bool   // keep line ends and leading empty lines as recorded
	Values     string // a key of style.Values; empty is the style's own way
	// Supplied is for every record, Main and Subagent for those of one kind of
	// agent, in its place.
	Supplied
	Main, Subagent Supplied
	ToolPrompt     *style.ToolPrompt // nil: the style's own words
	// Masks says that rows can keep single turns out of the loss, Parts that they
	// can do so with parts of them; without, a record that asks for that is rejected
	// at Tokenised.
	Masks, Parts bool
	// Window is the longest row, in tokens; 0 is no limit. OverWindow, a key of the
	// registry of that name, says what becomes of a longer one; empty is Drop.
	Window     int
	OverWindow string
	// ReadFile reads those files and those of edits; nil means regular.ReadFile.
	ReadFile func(path string) ([]byte, error)
}

// Supplied are the files with what records may lack: the system text, and the
// list of tools. Empty means none.
type Supplied struct{ System, Tools string }

// over puts what is said of one kind of agent over what is said of all.
func (s Supplied) over(all Supplied) Supplied {
	return Supplied{cmp.Or(s.System, all.System), cmp.Or(s.Tools, all.Tools)}
}

// template is the chat template as it is asked for.
func (o *Options) template() (*chat.Template, error) {
	tok := o.Tokenizer
	if tok == nil {
		var err error
		if tok, err = chat.ForTemplate(o.Template); err != nil {
			return nil, err
		}
	}
	template, err := chat.NewTemplate(o.Template, tok)
	if err != nil {
		return nil, err
	}
	return template.With(o.Chat)
}

// checkWindow refuses a policy that rows cannot follow.
func (o *Options) checkWindow() error {
	policy, known := OverWindow[cmp.Or(o.OverWindow, Drop)]
	switch {
	case !known:
		return format.UnknownName("policy over the window", o.OverWindow, slices.Sorted(maps.Keys(OverWindow)))
	case policy.Masks && !o.Masks:
		return fmt.Errorf("over the window %s: parts overlap, and rows of text cannot keep the overlap out of the loss (output tokens can)", o.OverWindow)
	}
	return nil
}

// filterStage is the first place at which all is known that Keep looks at.
func (o *Options) filterStage() Stage {
	switch {
	case o.Keep == nil:
		return Read
	case o.Keep.NeedsTokens():
		return Tokenised
	case o.Keep.NeedsEdits():
		return Rendered
	}
	return Judged
}

// renderOptions reads the files that a rendering of one kind of agent needs and
// tells all that is wrong with them.
func (o *Options) renderOptions(t *chat.Template, tok *tokenize.Tokenizer, agent Supplied) (style.RenderOptions, []error) {
	r := style.RenderOptions{
		DefaultSystem: t.DefaultSystem(), Specials: tok.Specials(), KeepCRLF: o.Verbatim, KeepLead: o.Verbatim, Values: o.Values, ToolPrompt: o.ToolPrompt,
		Reasoning: o.Reasoning, ThoughtsFrom: t.ThoughtsFrom(),
	}
	var errSystem, errTools error
	files := agent.over(o.Supplied)
	r.System, errSystem = fromFile(o.readFile, "system", files.System, style.ReadSystem)
	r.Tools, errTools = fromFile(o.readFile, "tools", files.Tools, func(file []byte) (json.RawMessage, error) { return style.ReadTools(file) })
	return r, []error{errSystem, errTools}
}

// ToolPrompt reads a file with the wording of tools; no path gives none.
func ToolPrompt(path string, readFile func(string) ([]byte, error)) (*style.ToolPrompt, error) {
	return fromFile(readFile, "tool prompt", path, style.ParseToolPrompt)
}

// fromFile reads one file; no name gives nothing.
func fromFile[T any](readFile func(string) ([]byte, error), what, path string, read func([]byte) (T, error)) (got T, err error) {
	if path == "" {
		return got, nil
	}
	text, err := readFile(path)
	if err == nil {
		got, err = read(text)
	}
	if err != nil {
		return got, fmt.Errorf("%s: %s: %w", what, path, err)
	}
	return got, nil
}

func (o *Options) readFile(path string) ([]byte, error) {
	if o.ReadFile != nil {
		return o.ReadFile(path)
	}
	return regular.ReadFile(path)
}
