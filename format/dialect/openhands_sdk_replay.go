package dialect

import (
	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// An sdkReplay turns events of the SDK into messages.
type sdkReplay struct {
	messages []format.Message
	tools    []byte
	response string         // of the assistant message that may still grow
	called   map[string]int // call id -> message that holds it
	ended    string
	foreign  bool // some events are another agent's
}

func (s *sdkReplay) step(m moment) error {
	response := s.response
	s.response = ""
	if m.summary != "" {
		s.messages = append(s.messages, format.Message{Role: format.User, Content: m.summary})
		return nil
	}
	switch event := m.event; event.Get("kind").Text() {
	case "SystemPromptEvent":
		return s.system(event)
	case "MessageEvent":
		return s.message(event)
	case "ActionEvent":
		s.response = response
		return s.action(event)
	case "ObservationEvent":
		return s.result(event, func(m *format.Message) error { return addOutput(m, event.Get("observation")) })
	case "AgentErrorEvent":
		return s.result(event, says(event.Get("error").Text()))
	case "UserRejectObservation":
		return s.result(event, says("Action rejected: "+event.Get("rejection_reason").Text()))
	case "CondensationSummaryEvent":
		s.messages = append(s.messages, format.Message{Role: format.User, Content: event.Get("summary").Text()})
	case "ConversationErrorEvent":
		s.ended = pyjson.FirstScalar(event.Get("code"), event.Get("detail"))
	case "ACPToolCallEvent":
		s.foreign = true
	}
	return nil
}

// system reads the prompt, in two parts where the second changes from run to
// run, and the tools where they are described as the model sees them.
func (s *sdkReplay) system(event pyjson.Value) error {
	m := format.Message{Role: format.System}
	for _, part := range []string{"system_prompt", "dynamic_context"} {
		if err := api.AddContent(&m, event.Get(part, "text"), "\n"); err != nil {
			return err
		}
	}
	s.messages = append(s.messages, m)
	for _, tool := range event.Get("tools").Elements() {
		if !tool.Get("function", "name").Present() {
			return nil
		}
	}
	var err error
	s.tools, err = api.ReadTools(event.Get("tools"))
	return err
}

func (s *sdkReplay) message(event pyjson.Value) error {
	m, err := api.ReadMessage(event.Get("llm_message"))
	if err != nil {
		return err
	}
	// The parts that the agent's context added follow the message's own.
	if err := api.AddContent(&m, event.Get("extended_content"), "\n"); err != nil {
		return err
	}
	s.messages = append(s.messages, m)
	return nil
}

// action appends a call; the calls of one response share a message.
func (s *sdkReplay) action(event pyjson.Value) error {
	call, err := api.ReadCall(event.Get("tool_call"))
	if err != nil {
		return err
	}
	response, last := event.Get("llm_response_id").Text(), len(s.messages)-1
	if s.response == "" || response != s.response {
		m := format.Message{Role: format.Assistant, Reasoning: event.Get("reasoning_content").Text()}
		if err := api.FillContent(&m, event.Get("thought")); err != nil {
			return format.Within(err, "thought")
		}
		s.messages = append(s.messages, m)
		last++
	}
	s.response = response
	s.messages[last].Calls = append(s.messages[last].Calls, call)
	s.called[call.ID] = last
	return nil
}

// addOutput adds an observation as the model sees it: failures are announced,
// and terminals add what the shell reported.
func addOutput(m *format.Message, observation pyjson.Value) error {
	if pyjson.IsTrue(observation.Get("is_error")) {
		m.Content, m.Parts = "[An error occurred during execution.]\n", 1
	}
	content := observation.Get("content")
	if !content.Present() {
		content = observation.Get("output")
	}
	metadata := observation.Get("metadata")
	if !metadata.Get("exit_code").Present() {
		return api.AddContent(m, content, "\n")
	}
	var said format.Message // a terminal glues its parts together
	if err := api.AddContent(&said, content, ""); err != nil {
		return err
	}
	addText(m, withMetadata(said.Content, metadata))
	return nil
}

// says adds a text of the scaffold's own.
func says(text string) func(*format.Message) error {
	return func(m *format.Message) error {
		addText(m, text)
		return nil
	}
}

// addText adds one part.
func addText(m *format.Message, text string) {
	if m.Parts > 0 {
		text = m.Content + "\n" + text
	}
	m.Content = text
	m.Parts++
}

// result appends what a call came back with. One whose call is not shown
// (condensed away, or before the log begins) is not shown either.
func (s *sdkReplay) result(event pyjson.Value, add func(*format.Message) error) error {
	id := event.Get("tool_call_id").Text()
	if _, ok := s.called[id]; !ok {
		return nil
	}
	m := format.Message{Role: format.ToolRole, CallID: id, Name: event.Get("tool_name").Text()}
	if err := add(&m); err != nil {
		return format.Within(err, "observation")
	}
	if err := api.AddContent(&m, event.Get("extended_content"), "\n"); err != nil {
		return err
	}
	s.messages = append(s.messages, m)
	return nil
}

// answered leaves out the calls that never got a result, as the SDK does,
// but those of the last message: there the conversation ended.
func (s *sdkReplay) answered() []format.Message {
	results := map[string]bool{}
	for _, m := range s.messages {
		if m.Role == format.ToolRole {
			results[m.CallID] = true
		}
	}
	var kept []format.Message
	for i, m := range s.messages {
		if len(m.Calls) > 0 && i < len(s.messages)-1 {
			var calls []format.Call
			for _, call := range m.Calls {
				if results[call.ID] {
					calls = append(calls, call)
				}
			}
			if m.Calls = calls; len(calls) == 0 {
				continue
			}
		}
		kept = append(kept, m)
	}
	return kept
}

// fromState reads what a conversation's state and its place tell: the model,
// and the instance that an evaluation's archive is named for.
func fromState(t *format.Trajectory, v, events pyjson.Value) {
	state := v.Get("base_state")
	if t.Teacher == "" {
		t.Teacher = state.Get("agent", "llm", "model").Text()
	}
	if t.ID == "" {
		t.ID = state.Get("id").Text()
	}
	if t.ExitStatus == "" {
		t.ExitStatus = state.Get("execution_status").Text()
	}
	usage := v.Get("base_state", "stats", "usage_to_metrics", "default")
	for _, event := range events.Elements() {
		if event.Get("key").Text() == "stats" {
			usage = event.Get("value", "usage_to_metrics", "default")
		}
	}
	if usage.Present() && t.PromptTokens == 0 {
		t.CostUSD, _ = usage.Get("accumulated_cost").Float()
		t.PromptTokens = usage.Get("accumulated_token_usage", "prompt_tokens").Count()
		t.CompletionTokens = usage.Get("accumulated_token_usage", "completion_tokens").Count()
		if t.Teacher == "" {
			t.Teacher = usage.Get("model_name").Text()
		}
	}
	if name := v.Get("archive").Text(); t.InstanceID == "" && name != "" {
		t.InstanceID = name
		t.Repo = format.RepoOfInstance(name)
	}
}
