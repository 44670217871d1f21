package convert

import (
	"errors"
	"fmt"
	"slices"

	"trainyard/format"
	"trainyard/format/dialect"
	"trainyard/format/edit"
	"trainyard/format/evidence"
	"trainyard/format/loss"
	"trainyard/format/style"
	"trainyard/tokenize/chat"
)

// A Stage is a place on the road of a record.
type Stage int

const (
	Read      Stage = iota // as the file holds it; nothing was done yet
	Parsed                 // a trajectory
	Judged                 // what the evidence says of it is known
	Edited                 // the edits that were asked for are made
	Rendered               // a chat, or messages with calls where no style is given
	Tokenised              // token ids, and which of them are learned from
	Fitted                 // the rows that a dataset takes of it, none over the window
)

// stages lead from one place to the next; stages[Parsed] leads to Parsed.
var stages = [...]func(*Converter, *Result, format.Record) error{
	Parsed: (*Converter).parse, Judged: (*Converter).judge, Edited: (*Converter).edit, Rendered: (*Converter).render, Tokenised: (*Converter).tokenise, Fitted: (*Converter).fit,
}

// A Converter takes the records of one source along the road. It holds buffers:
// each goroutine needs one of its own, see [Converter.Worker].
type Converter struct {
	source      *dialect.Source
	options     Options
	filtered    Stage // where Keep is asked; Read for never
	edits       *edit.Editing
	loss        *loss.Loss
	rendered    style.RenderOptions // of the main agent
	subagent    style.RenderOptions
	template    *chat.Template
	tokenizer   string
	example     chat.Example
	examples    []*chat.Example // of parts
	undescribed []*undescribed  // of the main agent and, where its tools are given apart, of subagents
}

// New makes the converter of a source, nil where Options.Parse is given or
// [Converter.For] gives it. Its error joins all that is wrong with
// the options.
func New(src *dialect.Source, o Options) (*Converter, error) {
	template, err := o.template()
	if err != nil {
		return nil, err
	}
	tok := template.Tokenizer()
	if _, known := style.Styles[o.Style]; !known && o.Style != "" {
		return nil, fmt.Errorf("no way of writing tools is called %q", o.Style)
	}
	if err := o.checkWindow(); err != nil {
		return nil, err
	}
	if o.Judge == nil {
		o.Judge, _ = evidence.NewJudge(evidence.Accept{}) // no evidence is no error
	}
	c := &Converter{source: src, options: o, template: template, tokenizer: tok.Name(), filtered: o.filterStage()}
	var faults, more []error
	c.rendered, faults = o.renderOptions(template, tok, o.Main)
	if c.subagent = c.rendered; o.Main != o.Subagent {
		c.subagent, more = o.renderOptions(template, tok, o.Subagent)
	}
	c.watchTools()
	c.edits, err = edit.NewEdits(o.Edits, edit.Env{CountTokens: tok.Count, ReadFile: o.readFile, Specials: c.rendered.Specials})
	faults = append(slices.Concat(faults, more), err)
	c.loss, err = loss.New(o.Loss)
	return c, errors.Join(append(faults, err)...)
}

// Worker is a copy with buffers of its own. What edits count is shared.
func (c *Converter) Worker() *Converter {
	w := *c
	w.example, w.examples = chat.Example{}, nil
	return &w
}

// For is a converter of another source with the same options and counts.
func (c *Converter) For(src *dialect.Source) *Converter {
	other := c.Worker()
	other.source = src
	return other
}

// Template is the chat template that conversations are tokenised with.
func (c *Converter) Template() *chat.Template { return c.template }

// Tokenizer names the vocabulary that token ids are of.
func (c *Converter) Tokenizer() string { return c.tokenizer }

// Edits are the edits that records go through, with what they count.
func (c *Converter) Edits() *edit.Editing { return c.edits }

// Loss are the policies that say which turns are learned from.
func (c *Converter) Loss() *loss.Loss { return c.loss }

// A Result is what became of one record.
type Result struct {
	Reached Stage              // the last stage that was reached
	Traj    *format.Trajectory // from Parsed on; edits change it in place
	Verdict evidence.Verdict   // from Judged on
	LeftOut evidence.LeftOut   // why Keep leaves the record out, if it does, from where it is asked on
	Notes   []string           // what edits and rendering changed, those of edits first
	Met     Met                // tools that the converter keeps an eye on
	Chat    format.Chat        // from Rendered on; nil without a style
	taken   bool               // policies took turns out of the loss
	// Example is valid until the next Convert of the same Converter.
	Example *chat.Example
	Fit     Fit // from Fitted on
	// Err is why the road ended before the stage that was asked for: a
	// *format.Reject, or what is no fault of the record. It is nil for a record
	// that was left because it is not accepted, or not kept.
	Err error
}

// Convert takes a record to a stage, or as far as it comes. From Judged on it
// goes further where Keep has to know what lies there.
func (c *Converter) Convert(rec format.Record, until Stage) Result {
	if until >= Judged {
		until = max(until, c.filtered)
	}
	var r Result
	for next := Parsed; next <= until; next++ {
		if r.Err = stages[next](c, &r, rec); r.Err != nil {
			break
		}
		r.Reached = next
		if next == c.filtered {
			r.LeftOut, r.Err = c.options.Keep.Keep(c.subject(r, rec))
		}
		if r.Err != nil || c.options.WantedOnly && !r.wanted() {
			break
		}
	}
	return r
}

// wanted says that, as far as is known, a dataset takes the record.
func (r *Result) wanted() bool {
	return r.Reached < Judged || r.Verdict.Outcome == evidence.Accepted && r.LeftOut.Reason == ""
}

// subject is what a filter sees of a record.
func (c *Converter) subject(r Result, rec format.Record) evidence.Subject {
	s := evidence.Subject{Record: rec, Trajectory: r.Traj, Chat: r.Chat, CountTokens: c.template.Tokenizer().Count}
	if r.Example != nil {
		s.Tokens, s.Trained = len(r.Example.IDs), r.Example.Trained()
	}
	return s
}

func (c *Converter) parse(r *Result, rec format.Record) (err error) {
	if c.options.Parse != nil {
		r.Traj, err = c.options.Parse(rec)
	} else {
		r.Traj, err = c.source.Parse(rec)
	}
	return err
}

func (c *Converter) judge(r *Result, rec format.Record) (err error) {
	r.Verdict, err = c.options.Judge.Judge(rec, r.Traj)
	return err
}

func (c *Converter) edit(r *Result, _ format.Record) (err error) {
	r.Met.Edited = true
	if r.Notes, r.Met.Edits, err = c.edits.Watch(r.Traj); err != nil {
		return err
	}
	notes, err := c.loss.Apply(r.Traj)
	r.Notes, r.taken = append(r.Notes, notes...), len(notes) > 0
	return err
}

func (c *Converter) render(r *Result, _ format.Record) (err error) {
	var notes []string
	options, watch := c.optionsOf(r.Traj), c.undescribed[mainAgent]
	if r.Traj.Subagent {
		watch = c.undescribed[len(c.undescribed)-1]
	}
	options.Undescribed = func(tool string) { r.Met.Undescribed = append(r.Met.Undescribed, tool) }
	defer func() { watch.see(r.Met.Undescribed) }()
	r.Met.Subagent = r.Traj.Subagent
	if c.options.Style == "" {
		r.Traj, notes, err = style.Supply(r.Traj, options)
	} else {
		r.Chat, notes, err = style.Render(r.Traj, c.options.Style, options)
	}
	r.Notes = append(r.Notes, notes...)
	return err
}

// optionsOf are those of the agent that acted.
func (c *Converter) optionsOf(t *format.Trajectory) style.RenderOptions {
	if t.Subagent {
		return c.subagent
	}
	return c.rendered
}

// tokenise rejects a conversation that no trainer could be told the loss of.
func (c *Converter) tokenise(r *Result, _ format.Record) error {
	r.Example = &c.example
	if c.options.Style == "" {
		if err := c.template.ApplyTools(r.Example, r.Traj.Messages, r.Traj.Tools); err != nil {
			return format.Rejectf(format.BadMessage, "chat template %s: %v", c.template.Name(), err)
		}
		return nil
	}
	if !c.options.Masks && r.Chat.Marked() {
		return format.Rejectf(format.UntrainedTurns, "%s some of the assistant's words out of the loss, which rows of text cannot say (mix.output=tokens can)", r.keeper())
	}
	if !c.options.Parts && r.Chat.PartlyMarked() {
		return format.Rejectf(format.UntrainedTurns, "%s a part of a turn out of the loss, which rows of whole turns cannot say (mix.output=tokens can)", r.keeper())
	}
	c.template.Apply(r.Example, r.Chat)
	if r.Example.Trained() == 0 {
		return format.Rejectf(format.NoTrainedTokens, "%s every assistant turn out of the loss", r.keeper())
	}
	return nil
}

// keeper is who keeps words out of the loss, for rejects.
func (r *Result) keeper() string {
	if r.taken {
		return "the record, or the recipe's loss, keeps"
	}
	return "the record keeps"
}

// Warnings are the kinds of what in a tokenised chat would be read otherwise
// than it is meant.
func (c *Converter) Warnings(r Result) []string {
	return c.template.WarningKindsIn(r.Chat, r.Example)
}
