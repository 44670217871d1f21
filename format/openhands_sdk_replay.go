package format

// An sdkReplay turns events of the SDK into messages.
type sdkReplay struct {
	messages []Message
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
		s.messages = append(s.messages, Message{Role: User, Content: m.summary})
		return nil
	}
	switch event := m.event; event.get("kind").text() {
	case "SystemPromptEvent":
		return s.system(event)
	case "MessageEvent":
		return s.message(event)
	case "ActionEvent":
		s.response = response
		return s.action(event)
	case "ObservationEvent":
		return s.result(event, toolOutput(event.get("observation")), event.get("extended_content"))
	case "AgentErrorEvent":
		return s.result(event, output{text: event.get("error").text()}, value{})
	case "UserRejectObservation":
		return s.result(event, output{text: "Action rejected: " + event.get("rejection_reason").text()}, value{})
	case "CondensationSummaryEvent":
		s.messages = append(s.messages, Message{Role: User, Content: event.get("summary").text()})
	case "ConversationErrorEvent":
		s.ended = firstScalar(event.get("code"), event.get("detail"))
	case "ACPToolCallEvent":
		s.foreign = true
	}
	return nil
}

// system reads the prompt, in two parts where the second changes from run to
// run, and the tools where they are described as the model sees them.
func (s *sdkReplay) system(event value) error {
	text := event.get("system_prompt", "text").text() + event.get("dynamic_context", "text").text()
	s.messages = append(s.messages, Message{Role: System, Content: text})
	for _, tool := range event.get("tools").elements() {
		if !tool.get("function", "name").present() {
			return nil
		}
	}
	var err error
	s.tools, err = readTools(event.get("tools"))
	return err
}

func (s *sdkReplay) message(event value) error {
	m, err := readMessage(event.get("llm_message"))
	if err != nil {
		return err
	}
	if err := m.extend(event.get("extended_content")); err != nil {
		return err
	}
	s.messages = append(s.messages, m)
	return nil
}

// extend appends the parts that the agent's context added to a message.
func (m *Message) extend(parts value) error {
	text := m.Content
	err := m.readContent(parts)
	m.Content = text + m.Content
	if !parts.present() {
		m.Content = text
	}
	return err
}

// action appends a call; the calls of one response share a message.
func (s *sdkReplay) action(event value) error {
	call, err := readCall(event.get("tool_call"))
	if err != nil {
		return err
	}
	response, last := event.get("llm_response_id").text(), len(s.messages)-1
	if s.response == "" || response != s.response {
		m := Message{Role: Assistant, Reasoning: event.get("reasoning_content").text()}
		if err := m.readContent(event.get("thought")); err != nil {
			return within(err, "thought")
		}
		s.messages = append(s.messages, m)
		last++
	}
	s.response = response
	s.messages[last].Calls = append(s.messages[last].Calls, call)
	s.called[call.ID] = last
	return nil
}

// An output is what a tool returned, in text and in parts.
type output struct {
	text  string
	parts value
}

// toolOutput is an observation as the model sees it: terminals add what the
// shell reported, and failures are announced.
func toolOutput(observation value) output {
	content := observation.get("content")
	if !content.present() {
		content = observation.get("output")
	}
	out := output{parts: content}
	if metadata := observation.get("metadata"); metadata.present() && metadata.get("exit_code").present() {
		var m Message
		if m.readContent(content) == nil {
			out = output{text: withMetadata(m.Content, metadata)}
		}
	}
	if string(observation.get("is_error").raw()) == "true" {
		out.text = "[An error occurred during execution.]\n" + out.text
	}
	return out
}

// result appends what a call came back with. One whose call is not shown
// (condensed away, or before the log begins) is not shown either.
func (s *sdkReplay) result(event value, out output, extended value) error {
	id := event.get("tool_call_id").text()
	if _, ok := s.called[id]; !ok {
		return nil
	}
	m := Message{Role: ToolRole, CallID: id, Name: event.get("tool_name").text()}
	if out.parts.present() {
		if err := m.readContent(out.parts); err != nil {
			return within(err, "observation")
		}
	}
	m.Content = out.text + m.Content
	if err := m.extend(extended); err != nil {
		return err
	}
	s.messages = append(s.messages, m)
	return nil
}

// answered leaves out the calls that never got a result, as the SDK does,
// but those of the last message: there the conversation ended.
func (s *sdkReplay) answered() []Message {
	results := map[string]bool{}
	for _, m := range s.messages {
		if m.Role == ToolRole {
			results[m.CallID] = true
		}
	}
	var kept []Message
	for i, m := range s.messages {
		if len(m.Calls) > 0 && i < len(s.messages)-1 {
			var calls []Call
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
func (t *Trajectory) fromState(v, events value) {
	state := v.get("base_state")
	if t.Teacher == "" {
		t.Teacher = state.get("agent", "llm", "model").text()
	}
	if t.ID == "" {
		t.ID = state.get("id").text()
	}
	if t.ExitStatus == "" {
		t.ExitStatus = state.get("execution_status").text()
	}
	usage := v.get("base_state", "stats", "usage_to_metrics", "default")
	for _, event := range events.elements() {
		if event.get("key").text() == "stats" {
			usage = event.get("value", "usage_to_metrics", "default")
		}
	}
	if usage.present() && t.PromptTokens == 0 {
		t.CostUSD, _ = usage.get("accumulated_cost").float()
		t.PromptTokens = usage.get("accumulated_token_usage", "prompt_tokens").count()
		t.CompletionTokens = usage.get("accumulated_token_usage", "completion_tokens").count()
		if t.Teacher == "" {
			t.Teacher = usage.get("model_name").text()
		}
	}
	if name := v.get("archive").text(); t.InstanceID == "" && name != "" {
		t.InstanceID = name
		t.Repo = repoOfInstance(name)
	}
}
