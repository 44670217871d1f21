package dialect

import (
	"encoding/json"
	"fmt"
	"strconv"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// A replay builds the conversation that a V0 agent's model saw from the
// events that were kept of it (openhands/memory/conversation_memory.py). The
// assistant's messages are the model's own: every event holds the response
// it came from.
type replay struct {
	messages []format.Message
	tools    []byte
	maxChars int // the longest observation, in characters
	teacher  string
	finished bool
	// A response whose calls are not all answered yet. It is shown to the
	// model only together with the results, in the order of the calls.
	response string
	pending  *format.Message
	results  map[string]format.Message
}

// parseV0Events builds a trajectory from a history.
func parseV0Events(v pyjson.Value) (t *format.Trajectory, err error) {
	events := eventsOf(v)
	if firstEvent(events).Kind() == pyjson.KindMissing {
		return nil, format.Rejectf(format.NoMessages, "an OpenHands row without events, raw_completions or messages: read the llm_completions folder beside it")
	}
	r := replay{maxChars: 30_000, results: map[string]format.Message{}}
	if n, ok := v.Get("metadata", "llm_config", "max_message_chars").Float(); ok && n > 0 {
		r.maxChars = int(min(n, 1<<40))
	}
	view := v0View(events)
	for i, m := range view {
		from := len(r.messages)
		if err := r.step(m); err != nil {
			return nil, format.Within(err, fmt.Sprintf("event %d of those shown", i+1))
		}
		if m.copied && copies(v) {
			r.keepOut(from)
		}
	}
	r.flush(true)
	t = &format.Trajectory{Messages: r.messages, Tools: r.tools, Condensed: isCondensed(view)}
	if t.Steps() == 0 {
		return nil, format.Rejectf(format.NoAssistant, "the run ended before the agent acted (error: %q)", pyjson.Clip(v.Get("error").Text()))
	}
	identify(t, v)
	t.ID = sessionID(t.ID, v)
	account(t, v)
	if t.Teacher == "" {
		t.Teacher = r.teacher
	}
	if t.ExitStatus == "" && r.finished {
		t.ExitStatus = "finish"
	}
	t.SystemUnrecorded = t.LacksSystem()
	t.MarkUnrecordedTools()
	return t, nil
}

// keepOut takes what the model said in the last step out of the loss.
func (r *replay) keepOut(from int) {
	keepOut(r.messages[from:])
	if r.pending != nil {
		r.pending.Untrained = true
	}
}

func (r *replay) step(m moment) error {
	switch {
	case m.summary != "":
		r.say(format.User, m.summary)
		return nil
	case m.event.Get("observation").Kind() == pyjson.KindText:
		return r.observation(m.event)
	case m.event.Get("action").Kind() == pyjson.KindText:
		return r.action(m.event)
	}
	return format.Rejectf(format.BadMessage, "an event that is neither an action nor an observation")
}

func (r *replay) say(role format.Role, text string) {
	r.messages = append(r.messages, format.Message{Role: role, Content: text})
}

// argsOf finds an action's arguments: under args, or in the event itself
// before 2024-11.
func argsOf(event pyjson.Value) pyjson.Value {
	if args := event.Get("args"); args.Present() {
		return args
	}
	return event
}

func (r *replay) action(event pyjson.Value) (err error) {
	args, source := argsOf(event), event.Get("source").Text()
	kind := event.Get("action").Text()
	r.finished = kind == "finish" && source != "user"
	switch {
	case kind == "system":
		r.say(format.System, args.Get("content").Text())
		r.tools, err = api.ReadTools(args.Get("tools"))
		return err
	case kind == "message":
		return r.message(args, source)
	case kind == "recall":
		return nil
	case source == "user" && kind == "run":
		r.say(format.User, "User executed the command:\n"+args.Get("command").Text())
		return nil
	case source == "user" || source == "environment":
		return nil
	case event.Get("tool_call_metadata").Present():
		return r.call(event.Get("tool_call_metadata"))
	}
	return r.textAction(kind, args)
}

// message appends what the user or the agent said. Before events had a
// source, only the first message was certainly the user's.
func (r *replay) message(args pyjson.Value, source string) error {
	for _, images := range []string{"image_urls", "images_urls"} {
		if args.Get(images).Length() > 0 {
			return format.Rejectf(format.ImagePart, "a message with images: only text can be trained on")
		}
	}
	switch {
	case source == "agent":
		r.flush(false)
		r.say(format.Assistant, args.Get("content").Text())
	case source == "user", len(r.messages) == 0:
		r.say(format.User, args.Get("content").Text())
	default:
		return format.Rejectf(format.LostContext, "a message of source %q: who said it is not recorded", pyjson.Clip(source))
	}
	return nil
}

// call appends the response that an action came from, once: the actions of
// parallel calls share it.
func (r *replay) call(metadata pyjson.Value) error {
	response := metadata.Get("model_response")
	id := response.Get("id").Text()
	if r.pending != nil && id == r.response && id != "" {
		return nil
	}
	var message pyjson.Value
	for _, choice := range response.Get("choices").Elements() {
		message = choice.Get("message")
		break
	}
	if !message.Present() {
		return format.Rejectf(format.LostContext, "an action whose model response is not recorded")
	}
	m, err := api.ReadMessage(message)
	if err != nil {
		return format.Within(err, "model_response")
	}
	r.flush(false)
	r.response, r.pending = id, &m
	if r.teacher == "" {
		r.teacher = response.Get("model").Text()
	}
	return nil
}

// flush appends the pending response and its results. A response that was
// never answered in full was never shown to the model again, so it is left
// out unless the history ends on it.
func (r *replay) flush(atEnd bool) {
	if r.pending == nil {
		return
	}
	answered := 0
	for _, call := range r.pending.Calls {
		if _, ok := r.results[call.ID]; ok {
			answered++
		}
	}
	if answered == len(r.pending.Calls) || atEnd {
		r.messages = append(r.messages, *r.pending)
		for _, call := range r.pending.Calls {
			if result, ok := r.results[call.ID]; ok {
				r.messages = append(r.messages, result)
				delete(r.results, call.ID)
			}
		}
	}
	r.pending = nil
	clear(r.results)
}

// wordless are the members of an action's arguments that its model did not
// write, or that are its thought.
var wordless = map[string]bool{
	"thought": true, "action": true, "is_confirmed": true, "confirmation_state": true, "action_risk": true, "security_risk": true, "keep_prompt": true,
	"kernel_init_code": true, "blocking": true, "hidden": true, "is_static": true, "cwd": true, "background": true, "id": true, "timestamp": true,
	"source": true, "message": true, "timeout": true, "include_extra": true, "outputs": true,
}

// textAction appends an action of CodeAct 1.x, whose model wrote its calls as
// text that was not kept: its thought, and a call by the event's own name and
// arguments.
func (r *replay) textAction(kind string, args pyjson.Value) error {
	r.flush(false)
	arguments := []byte{'{'}
	for name, member := range args.Members() {
		if wordless[name.Text()] || !member.Present() {
			continue
		}
		if len(arguments) > 1 {
			arguments = append(arguments, ',')
		}
		arguments = append(append(append(arguments, name.Raw()...), ':'), member.Raw()...)
	}
	call := format.Call{Name: kind, Arguments: json.RawMessage(append(arguments, '}'))}
	r.messages = append(r.messages, format.Message{Role: format.Assistant, Content: args.Get("thought").Text(), Calls: []format.Call{call}})
	return nil
}

// observation appends what came back: the result of a call, or a user turn
// where nothing was called.
func (r *replay) observation(event pyjson.Value) error {
	if event.Get("observation").Text() == "recall" {
		return nil
	}
	metadata := event.Get("tool_call_metadata")
	text, err := r.observed(event, metadata.Present())
	if err != nil {
		return err
	}
	result := format.Message{Role: format.ToolRole, CallID: metadata.Get("tool_call_id").Text(), Name: metadata.Get("function_name").Text(), Content: text}
	switch last := len(r.messages) - 1; {
	case metadata.Present() && r.pending != nil:
		r.results[result.CallID] = result
		if len(r.results) == len(r.pending.Calls) {
			r.flush(false)
		}
	case metadata.Present():
		return nil // its response was condensed away, so the model did not see it
	case last >= 0 && r.pending == nil && len(r.messages[last].Calls) == 1 && r.messages[last].Calls[0].ID == "":
		result.Name = r.messages[last].Calls[0].Name
		r.messages = append(r.messages, result)
	default:
		r.say(format.User, text)
	}
	return nil
}

func eventNumber(s string) (float64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return float64(n), err == nil
}
