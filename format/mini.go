package format

import "strings"

// mini reads mini-swe-agent's .traj.json: v1 with commands in the text, v2
// in text, with tool calls, and with whole Responses objects as messages.
var mini = Dialect{
	Name:    "mini-swe-agent",
	Summary: "mini-swe-agent .traj.json: v1, v2 as text, with tool calls or Responses objects; bare lists of messages",
	Limits: "v2 writes an answer it could not parse only beside the error about it: that answer is left out, as the agent itself left it out; " +
		"a bare list is recognised only in a file named .traj.json or .traj",
	lists: true,
	claim: claimMini,
	parse: parseMini,
}

func claimMini(rec Record, v value) claim {
	switch {
	case strings.HasPrefix(v.get("trajectory_format").text(), "mini-swe-agent"):
		return byMarker
	case v.get("messages").kind() == kindArray && v.get("info", "mini_version").present():
		return byShape
	case v.kind() == kindArray && containerOf(rec.File) == wholeContainer && firstOf(v).get("role").present():
		return byShape
	}
	return notMine
}

func parseMini(rec Record, v value) (*Trajectory, error) {
	list := v
	if v.kind() == kindObject {
		list = v.get("messages")
	}
	if list.kind() != kindArray {
		return nil, reject(NoMessages, "no list of messages in a record with %s", describeKeys(v))
	}
	t := &Trajectory{InstanceID: instanceOfFile(rec.File)}
	t.identify(v)
	t.Teacher = nameOr(t.Teacher, v.get("info", "config", "model", "model_name").text())
	t.readInfo(v.get("info"))
	recorded := t.CostUSD
	for i, item := range list.elements() {
		if err := t.addMini(item); err != nil {
			return nil, within(err, place("message", i))
		}
	}
	t.markUnrecordedTools()
	if recorded != 0 {
		t.CostUSD = recorded
	}
	return t, nil
}

// addMini appends what one entry of the list says. The exit entry that ends
// a v2 list was never part of the conversation: it says how the run ended.
func (t *Trajectory) addMini(item value) error {
	t.addMiniUsage(item.get("extra"), item.get("usage"))
	if item.get("role").text() == "exit" {
		extra := item.get("extra")
		t.ExitStatus = nameOr(t.ExitStatus, extra.get("exit_status").text())
		if text := extra.get("submission").text(); t.Patch == "" && isDiff(text) {
			t.Patch = text
		}
		return nil
	}
	read := readMiniMessage
	if item.get("object").text() == "response" || !item.get("role").present() && item.get("type").present() {
		read = readResponsesItem
	}
	if t.Tools == nil {
		t.Tools = responseTools(item.get("tools"))
	}
	m, err := read(item)
	if err == nil {
		t.Messages = append(t.Messages, m)
	}
	return err
}

func readMiniMessage(item value) (Message, error) {
	m, err := readMessage(item)
	if err != nil || m.Role != Assistant || m.Reasoning != "" {
		return m, err
	}
	answer := firstOf(item.get("extra", "response", "choices")).get("message")
	m.Reasoning = firstScalar(answer.get("reasoning_content"), answer.get("reasoning"))
	return m, nil
}

// addMiniUsage sums what the calls cost: v1 keeps the whole answer of the
// model in extra.response, v2 its price in extra.cost, Responses objects
// their own usage.
func (t *Trajectory) addMiniUsage(extra, own value) {
	cost, _ := extra.get("cost").float()
	t.CostUSD += cost
	usage := extra.get("response", "usage")
	if own.present() {
		usage = own
	}
	for _, name := range []string{"prompt_tokens", "input_tokens"} {
		t.PromptTokens += usage.get(name).count()
	}
	for _, name := range []string{"completion_tokens", "output_tokens"} {
		t.CompletionTokens += usage.get(name).count()
	}
}
