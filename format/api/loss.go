package api

import (
	"fmt"

	"trainyard/format"
	"trainyard/format/pyjson"
)

// A Loss is what the members of one message say of learning from it. Every
// trainer has members of its own; a record may have those of several.
type Loss struct {
	excluded bool
	included bool         // by a member that outranks a detail of parts
	weight   string       // one that is neither 0 nor 1, as recorded
	detail   pyjson.Value // axolotl's spans
	asked    string       // the member by which a trainer would learn from any role
	wrong    string       // a member that says neither yes nor no
}

// lossMarks read those members. OpenAI's API has weight; axolotl train and
// train_detail, by names that its configuration chooses; ms-swift loss and
// loss_scale; LLaMA-Factory loss (PR 10471) and, in its v1, loss_weight; verl
// trainable, or loss_mask (PR 5472), which Scale-SWE has too; slime loss and
// step_loss_mask; SWE-Lego's LLaMA-Factory turn_mask and torchtune masked, which
// are true where nothing is learned.
var lossMarks = map[string]func(l *Loss, name string, v pyjson.Value){
	"weight":          (*Loss).weigh,
	"loss_scale":      (*Loss).weigh,
	"loss_weight":     (*Loss).weighAny,
	"train":           (*Loss).trainAny,
	"training":        (*Loss).trainAny,
	"loss":            (*Loss).train,
	"trainable":       (*Loss).train,
	"loss_mask":       (*Loss).weigh,
	"step_loss_mask":  (*Loss).step,
	"turn_mask":       (*Loss).hide,
	"masked":          (*Loss).hide,
	"train_detail":    (*Loss).part,
	"training_detail": (*Loss).part,
}

// Read takes in one member of a message, if it says anything of the loss.
func (l *Loss) Read(name string, v pyjson.Value) {
	mark := lossMarks[name]
	if null := v.Kind() == pyjson.KindNull; mark != nil && (v.Present() || null && name == "step_loss_mask") {
		mark(l, name, v)
	}
}

// readMember is Read for a message of which nothing may be said at all, which is
// nil and stays so.
func (l *Loss) readMember(name []byte, v pyjson.Value) *Loss {
	if lossMarks[string(name)] == nil {
		return l
	}
	if l == nil {
		l = &Loss{}
	}
	l.Read(string(name), v)
	return l
}

// ReadLoss reads the marks among the members of v, which are a message's own,
// into the message, whose role and content are known.
func ReadLoss(m *format.Message, v pyjson.Value) error {
	var l *Loss
	for name, member := range v.Members() {
		l = l.readMember(name.Bytes(), member)
	}
	return l.Apply(m)
}

// truth reads a flag as Python would: a number is true unless it is 0.
func (l *Loss) truth(name string, v pyjson.Value) (yes, said bool) {
	if f, ok := v.Float(); ok {
		return f != 0, true
	}
	switch string(v.Raw()) {
	case "true", "false":
		return v.Raw()[0] == 't', true
	}
	l.wrong = fmt.Sprintf("%s is %s", name, pyjson.Clip(string(v.Raw())))
	return false, false
}

func (l *Loss) train(name string, v pyjson.Value) {
	yes, said := l.truth(name, v)
	l.excluded = l.excluded || said && !yes
}

func (l *Loss) trainAny(name string, v pyjson.Value) {
	yes, _ := l.truth(name, v)
	if l.train(name, v); yes {
		l.included, l.asked = true, name
	}
}

func (l *Loss) hide(name string, v pyjson.Value) {
	yes, _ := l.truth(name, v)
	l.excluded = l.excluded || yes
}

// step is slime's: anything but 1 keeps the turn out of the loss.
func (l *Loss) step(_ string, v pyjson.Value) {
	f, ok := v.Float()
	l.excluded = l.excluded || !ok || f != 1
}

func (l *Loss) weigh(name string, v pyjson.Value) {
	f, ok := v.Float()
	if ok && f != 0 && f != 1 {
		l.weight = fmt.Sprintf("%s is %s", name, pyjson.Clip(string(v.Raw())))
		return
	}
	l.train(name, v)
}

func (l *Loss) weighAny(name string, v pyjson.Value) {
	l.weigh(name, v)
	if f, ok := v.Float(); ok && f != 0 {
		l.asked = name
	}
}

func (l *Loss) part(name string, v pyjson.Value) {
	if l.detail = v; v.Kind() != pyjson.KindArray {
		l.wrong = fmt.Sprintf("%s is %s, not a list", name, v.Kind())
	}
}

// Apply puts what was read into the message, whose role and content are known.
// It refuses marks that no row can say: weights, and the words of others.
func (l *Loss) Apply(m *format.Message) error {
	switch {
	case l == nil:
		return nil
	case l.wrong != "":
		return format.Rejectf(format.LossMark, "%s, where a yes or a no should stand", l.wrong)
	case m.Role != format.Assistant && l.asked != "":
		return format.Rejectf(format.LossMark, "%s asks to learn from a message of role %s: rows hold the assistant's words alone as the loss", l.asked, m.Role)
	case m.Role != format.Assistant:
		return nil
	case m.Untrained || l.excluded:
		m.Untrained, m.Masked = true, nil
		return nil
	case l.weight != "":
		return format.Rejectf(format.LossMark, "%s: rows say of a token that it is learned or that it is not", l.weight)
	case !l.detail.Present() || m.Masked != nil:
		return nil
	case l.detail.Length() == 0:
		m.Untrained = !l.included
		return nil
	}
	details, err := readDetails(l.detail)
	if err != nil {
		return err
	}
	return maskParts(m, details)
}
