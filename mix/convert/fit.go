package convert

import (
	"fmt"
	"slices"

	"trainyard/format"
	"trainyard/mix/pack"
	"trainyard/tokenize/chat"
)

// A Policy says what becomes of a conversation that is longer than the window.
type Policy struct {
	Summary string
	// Masks says that its rows keep turns out of the loss that others train.
	Masks bool
	// fit makes what fits of it, or tells why nothing does; nil leaves it out.
	fit func(*Converter, *Result) (why string, err error)
}

// Fits says that it makes rows of a longer conversation.
func (p Policy) Fits() bool { return p.fit != nil }

// Drop and Fail leave a conversation out; under Fail there may be none.
const (
	Drop = "drop"
	Fail = "fail"
)

// OverWindow are the policies by name.
var OverWindow = map[string]Policy{
	Drop:    {Summary: "it is left out and counted"},
	"cut":   {Summary: "what follows the last trained turn that fits is cut off", fit: (*Converter).cut},
	"split": {Summary: "it becomes several rows, which overlap, and each turn is trained in one of them", Masks: true, fit: (*Converter).split},
	"elide": {Summary: "a mark takes the place of its oldest observations, until it fits", fit: (*Converter).elide},
	Fail:    {Summary: "nothing is prepared"},
}

// A Fit is what became of a conversation that is longer than the window.
type Fit struct {
	Tokens, Trained int    // of all of it; 0 says that it was not longer
	Why             string // why no row holds anything of it; empty where one does
	Parts           []Row  // of one that was split; valid as long as Result.Example
}

// A Row is what one row of a dataset holds.
type Row struct {
	Chat    format.Chat
	Example *chat.Example
}

// Rows are what a dataset takes of a record from Fitted on.
func (r *Result) Rows() []Row {
	switch {
	case r.Fit.Why != "":
		return nil
	case len(r.Fit.Parts) > 0:
		return r.Fit.Parts
	}
	return []Row{{r.Chat, r.Example}}
}

// fit keeps to the window, where there is one.
func (c *Converter) fit(r *Result, _ format.Record) (err error) {
	window, tokens := c.options.Window, len(r.Example.IDs)
	if window == 0 || tokens <= window {
		return nil
	}
	r.Fit = Fit{Tokens: tokens, Trained: r.Example.Trained()}
	policy := OverWindow[c.options.OverWindow]
	switch {
	case policy.fit == nil || r.Chat == nil:
		r.Fit.Why = fmt.Sprintf("%d tokens, the window holds %d", tokens, window)
	default:
		r.Fit.Why, err = policy.fit(c, r)
	}
	if r.Fit.Why != "" && len(r.Example.IDs) != tokens {
		c.template.Apply(r.Example, r.Chat) // as it was before a policy tried
	}
	return err
}

// cut leaves out what follows the last trained turn that fits.
func (c *Converter) cut(r *Result) (why string, err error) {
	if c.hidesThoughts(r) {
		return hidden, nil
	}
	whole, acts := conversation(r.Example)
	for room := c.options.Window; ; {
		n := whole.Cut(room)
		if n == 0 {
			return "no trained turn ends within the window", nil
		}
		kept := r.Chat[:acts[n-1]+1]
		c.template.Apply(r.Example, kept)
		over := len(r.Example.IDs) - c.options.Window
		if over <= 0 {
			r.Chat, r.Notes = kept, append(r.Notes, format.NoteCut)
			return "", nil
		}
		room -= over // a template may write more at a last turn than in the middle
	}
}

// hidden is why a conversation is neither cut nor split.
const hidden = "the template hides thoughts that it would show in a part of the conversation, and they are not written (mix.over_window=elide, or reasoning: drop)"

// hidesThoughts says that a part of the conversation would be written otherwise
// than in the whole: Qwen3's template shows thoughts after the last question.
func (c *Converter) hidesThoughts(r *Result) bool {
	return c.rendered.ThoughtsFrom != nil && c.rendered.Reasoning != format.DropReasoning && slices.Contains(r.Notes, format.NoteDroppedReasoning)
}

// conversation tells how long the steps of a chat are, and at which of its turns
// each begins.
func conversation(ex *chat.Example) (whole pack.Conversation, acts []int) {
	spans := ex.Spans
	for i, turn := range ex.Turns {
		trained := 0
		for ; len(spans) > 0 && spans[0].Start < turn.End; spans = spans[1:] {
			trained += spans[0].Len()
		}
		switch last := len(whole.Steps) - 1; {
		case ex.Roles[i] == format.Assistant:
			whole.Steps, acts = append(whole.Steps, pack.Step{Acts: turn.Len(), Trained: trained}), append(acts, i)
		case last < 0:
			whole.Head += turn.Len()
		default:
			whole.Steps[last].Answer += turn.Len()
		}
	}
	return whole, acts
}
