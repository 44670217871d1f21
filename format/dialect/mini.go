package dialect

import (
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/container"
	"trainyard/format/pyjson"
)

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

func claimMini(rec format.Record, v pyjson.Value) claim {
	switch {
	case strings.HasPrefix(v.Get("trajectory_format").Text(), "mini-swe-agent"):
		return byMarker
	case v.Get("messages").Kind() == pyjson.KindArray && v.Get("info", "mini_version").Present():
		return byShape
	case v.Kind() == pyjson.KindArray && container.KindOf(rec.File) == container.Whole && pyjson.FirstOf(v).Get("role").Present():
		return byShape
	}
	return notMine
}

func parseMini(rec format.Record, v pyjson.Value) (*format.Trajectory, error) {
	list := v
	if v.Kind() == pyjson.KindObject {
		list = v.Get("messages")
	}
	if list.Kind() != pyjson.KindArray {
		return nil, format.Rejectf(format.NoMessages, "no list of messages in a record with %s", describeKeys(v))
	}
	t := &format.Trajectory{InstanceID: instanceOfFile(rec.File)}
	identify(t, v)
	t.Teacher = format.NameOr(t.Teacher, v.Get("info", "config", "model", "model_name").Text())
	readInfo(t, v.Get("info"))
	recorded := t.CostUSD
	for i, item := range list.Elements() {
		if err := addMini(t, item); err != nil {
			return nil, format.Within(err, format.Place("message", i))
		}
	}
	t.MarkUnrecordedTools()
	if recorded != 0 {
		t.CostUSD = recorded
	}
	return t, nil
}

// addMini appends what one entry of the list says. The exit entry that ends
// a v2 list was never part of the conversation: it says how the run ended.
func addMini(t *format.Trajectory, item pyjson.Value) error {
	addMiniUsage(t, item.Get("extra"), item.Get("usage"))
	if item.Get("role").Text() == "exit" {
		extra := item.Get("extra")
		t.ExitStatus = format.NameOr(t.ExitStatus, extra.Get("exit_status").Text())
		if text := extra.Get("submission").Text(); t.Patch == "" && isDiff(text) {
			t.Patch = text
		}
		return nil
	}
	read := readMiniMessage
	if item.Get("object").Text() == "response" || !item.Get("role").Present() && item.Get("type").Present() {
		read = api.ReadResponsesItem
	}
	if t.Tools == nil {
		t.Tools = api.ResponseTools(item.Get("tools"))
	}
	m, err := read(item)
	if err == nil {
		t.Messages = append(t.Messages, m)
	}
	return err
}

func readMiniMessage(item pyjson.Value) (format.Message, error) {
	m, err := api.ReadMessage(item)
	if err != nil || m.Role != format.Assistant || m.Reasoning != "" {
		return m, err
	}
	answer := pyjson.FirstOf(item.Get("extra", "response", "choices")).Get("message")
	m.Reasoning = pyjson.FirstScalar(answer.Get("reasoning_content"), answer.Get("reasoning"))
	return m, nil
}

// addMiniUsage sums what the calls cost: v1 keeps the whole answer of the
// model in extra.response, v2 its price in extra.cost, Responses objects
// their own usage.
func addMiniUsage(t *format.Trajectory, extra, own pyjson.Value) {
	cost, _ := extra.Get("cost").Float()
	t.CostUSD += cost
	usage := extra.Get("response", "usage")
	if own.Present() {
		usage = own
	}
	for _, name := range []string{"prompt_tokens", "input_tokens"} {
		t.PromptTokens += usage.Get(name).Count()
	}
	for _, name := range []string{"completion_tokens", "output_tokens"} {
		t.CompletionTokens += usage.Get(name).Count()
	}
}
