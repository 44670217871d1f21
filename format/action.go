package format

import "slices"

// An action is one call as every dialect's calls look alike: native, as
// function tags in the text, or as JSON between <tool_call> tags.
type action struct {
	tool     string
	args     []argument
	result   string // the text that answered it
	answered bool
	deed     deed // what it is for; only steps fills it in
}

// An argument is one named value of a call, spelled as Python's str() does.
type argument struct{ name, text string }

// arg returns the first of the named arguments that the call has.
func (a action) arg(names ...string) string {
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
func (a action) same(b action) bool {
	return a.tool == b.tool && slices.Equal(a.args, b.args)
}

// hasCall says that an assistant message acts, in whatever dialect.
func hasCall(m Message) bool {
	return m.Role == Assistant && (len(m.Calls) > 0 || len(tagSpans(m.Content)) > 0 || len(jsonCalls(m.Content)) > 0)
}

// actionsOf reads the calls of one message. Native calls come alone: text
// beside them is prose.
func actionsOf(m Message) []action {
	if m.Role != Assistant {
		return nil
	}
	if len(m.Calls) > 0 {
		return actionsFrom(m.Calls)
	}
	var list []action
	for _, c := range tagSpans(m.Content) {
		a := action{tool: c.name}
		for _, p := range c.params {
			a.args = append(a.args, argument{p.name, p.value(m.Content)})
		}
		list = append(list, a)
	}
	if list != nil {
		return list
	}
	return jsonCalls(m.Content)
}

func callArguments(call Call) []argument {
	var args []argument
	// What is no JSON was refused when the record was parsed.
	_ = withIndex(call.Arguments, func(root value) error {
		for _, m := range root.entries() {
			args = append(args, argument{m.name, string(appendStr(nil, m.value))})
		}
		return nil
	})
	return args
}

// jsonCalls reads <tool_call> blocks of JSON at the end of a text; what is
// no call is prose.
func jsonCalls(text string) []action {
	_, calls, err := hermesCalls(text)
	if err != nil {
		return nil
	}
	return actionsFrom(calls)
}

// fenceCall reads the command of a dialect whose actions are the last fenced
// block of a turn.
func fenceCall(m Message) []action {
	_, calls, err := tickedCall(m.Content)
	if err != nil || m.Role != Assistant {
		return nil
	}
	return actionsFrom(calls)
}

func actionsFrom(calls []Call) []action {
	var list []action
	for _, call := range calls {
		list = append(list, action{tool: call.Name, args: callArguments(call)})
	}
	return list
}

// A step is one assistant message and what it did.
type step struct {
	message int // index into Messages
	actions []action
}

// steps reads every assistant message. Fenced blocks count as actions only
// in a trajectory that has no other.
func (t *Trajectory) steps() []step {
	list := t.stepsBy(actionsOf)
	if !slices.ContainsFunc(list, func(s step) bool { return len(s.actions) > 0 }) {
		list = t.stepsBy(fenceCall)
	}
	return list
}

func (t *Trajectory) stepsBy(read func(Message) []action) []step {
	var list []step
	for i, m := range t.Messages {
		if m.Role == Assistant {
			s := step{message: i, actions: read(m)}
			t.answer(&s)
			for k := range s.actions {
				d := deedOf(s.actions[k])
				d.source = slices.ContainsFunc(d.writes, isSource)
				s.actions[k].deed = d
			}
			list = append(list, s)
		}
	}
	return list
}

// answer finds the results of a step: tool messages by id or in order; for
// calls in the text the user turn that follows.
func (t *Trajectory) answer(s *step) {
	native := t.Messages[s.message].Calls
	for _, m := range t.Messages[s.message+1:] {
		if m.Role != ToolRole {
			if m.Role == User && len(native) == 0 && len(s.actions) > 0 && !s.actions[0].answered {
				s.settle(0, m.Content)
			}
			return
		}
		for i := range s.actions {
			known := i < len(native) && native[i].ID != "" && m.CallID != ""
			if !s.actions[i].answered && (!known || native[i].ID == m.CallID) {
				s.settle(i, m.Content)
				break
			}
		}
	}
}

func (s *step) settle(i int, result string) {
	s.actions[i].result, s.actions[i].answered = result, true
}
