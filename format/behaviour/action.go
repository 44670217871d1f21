package behaviour

import (
	"slices"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/format/pyjson"
)

// An Action is one call as every dialect's calls look alike: native, as
// function tags in the text, or as JSON between <tool_call> tags.
type Action struct {
	Tool     string
	args     []argument
	result   string // the text that answered it
	answered bool
	Effect   Effect // what it is for; only steps fills it in
}

// An argument is one named value of a call, spelled as Python's str() does.
type argument struct{ name, text string }

// Arg returns the first of the named arguments that the call has.
func (a Action) Arg(names ...string) string {
	for _, name := range names {
		for _, given := range a.args {
			if given.name == name && given.text != "" {
				return given.text
			}
		}
	}
	return ""
}

// same says that two actions do the same.
func (a Action) same(b Action) bool {
	return a.Tool == b.Tool && slices.Equal(a.args, b.args)
}

// HasCall says that an assistant message acts, in whatever dialect.
func HasCall(m format.Message) bool {
	return m.Role == format.Assistant && (len(m.Calls) > 0 || len(protocol.TagSpans(m.Content)) > 0 || len(JSONCalls(m.Content)) > 0)
}

// ActionsOf reads the calls of one message. Native calls come alone: text
// beside them is prose.
func ActionsOf(m format.Message) []Action {
	if m.Role != format.Assistant {
		return nil
	}
	if len(m.Calls) > 0 {
		return actionsFrom(m.Calls)
	}
	var list []Action
	for _, c := range protocol.TagSpans(m.Content) {
		a := Action{Tool: c.Name}
		for _, p := range c.Params {
			a.args = append(a.args, argument{p.Name, p.Value(m.Content)})
		}
		list = append(list, a)
	}
	if list != nil {
		return list
	}
	return JSONCalls(m.Content)
}

func callArguments(call format.Call) []argument {
	var args []argument
	// What is no JSON was refused when the record was parsed.
	_ = pyjson.WithIndex(call.Arguments, func(root pyjson.Value) error {
		for _, m := range root.Entries() {
			args = append(args, argument{m.Name, string(pyjson.AppendStr(nil, m.Value))})
		}
		return nil
	})
	return args
}

// JSONCalls reads <tool_call> blocks of JSON at the end of a text; what is
// no call is prose.
func JSONCalls(text string) []Action {
	_, calls, err := protocol.HermesCalls(text)
	if err != nil {
		return nil
	}
	return actionsFrom(calls)
}

// fenceCall reads the command of a dialect whose actions are the last fenced
// block of a turn.
func fenceCall(m format.Message) []Action {
	_, calls, err := protocol.TickedCall(m.Content)
	if err != nil || m.Role != format.Assistant {
		return nil
	}
	return actionsFrom(calls)
}

func actionsFrom(calls []format.Call) []Action {
	var list []Action
	for _, call := range calls {
		list = append(list, Action{Tool: call.Name, args: callArguments(call)})
	}
	return list
}

// A Step is one assistant message and what it did, in the order of the calls.
type Step struct {
	Message int // index into Messages
	Actions []Action
}

// Steps reads every assistant message. Fenced blocks count as actions only
// where the scaffold's protocol has them, and no other.
func Steps(t *format.Trajectory) []Step {
	list := stepsBy(t, ActionsOf)
	if !slices.ContainsFunc(list, func(s Step) bool { return len(s.Actions) > 0 }) && protocol.FencesAct(t) {
		list = stepsBy(t, fenceCall)
	}
	return list
}

func stepsBy(t *format.Trajectory, read func(format.Message) []Action) []Step {
	var list []Step
	for i, m := range t.Messages {
		if m.Role == format.Assistant {
			s := Step{Message: i, Actions: read(m)}
			answer(t, &s)
			for k := range s.Actions {
				d := EffectOf(s.Actions[k])
				d.source = slices.ContainsFunc(d.Writes, isSource)
				s.Actions[k].Effect = d
			}
			list = append(list, s)
		}
	}
	return list
}

// answer finds the results of a step: tool messages by id or in order; for
// calls in the text the user turn that follows.
func answer(t *format.Trajectory, s *Step) {
	native := t.Messages[s.Message].Calls
	ids := make([]string, len(s.Actions))
	for i := range min(len(ids), len(native)) {
		ids[i] = native[i].ID
	}
	waiting := protocol.WaitFor(ids)
	for _, m := range t.Messages[s.Message+1:] {
		if m.Role != format.ToolRole {
			if m.Role == format.User && len(native) == 0 && len(s.Actions) > 0 && !s.Actions[0].answered {
				s.settle(0, m.Content)
			}
			return
		}
		if i, found := waiting.Take(m.CallID); found {
			s.settle(i, m.Content)
		}
	}
}

func (s *Step) settle(i int, result string) {
	s.Actions[i].result, s.Actions[i].answered = result, true
}
