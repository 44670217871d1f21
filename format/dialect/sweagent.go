package dialect

import (
	"path/filepath"
	"strings"

	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// sweagent reads the .traj files of SWE-agent: 0.x, where calls stand in the
// text, 1.0 with messages in every step, 1.1 and later with query, and
// demonstrations that hold a history alone.
var sweagent = Dialect{
	Name:    "sweagent",
	Summary: "SWE-agent .traj files, 0.x to 1.1 and later, and its demonstrations",
	Limits: "tool descriptions are not in the file: the recipe gives them, or the system text; " +
		"a step that is missing from the history is not rebuilt; demonstrations in YAML are not read",
	claim: claimSWEAgent,
	parse: parseSWEAgent,
}

func claimSWEAgent(_ format.Record, v pyjson.Value) claim {
	item, step := pyjson.FirstOf(v.Get("history")), pyjson.FirstOf(v.Get("trajectory"))
	switch {
	case step.Get("action").Present() && step.Get("observation").Present():
		return byShape
	case item.Get("role").Present() && (item.Get("agent").Present() || item.Get("message_type").Present()):
		return byShape
	}
	return notMine
}

func parseSWEAgent(rec format.Record, v pyjson.Value) (*format.Trajectory, error) {
	list := sweagentHistory(v)
	if !list.Present() {
		return nil, format.Rejectf(format.NoMessages, "neither history, nor messages or query in the last step of trajectory")
	}
	messages, err := readHistory(list)
	if err != nil {
		return nil, err
	}
	t := &format.Trajectory{Messages: messages, InstanceID: instanceOfFile(rec.File)}
	replay := v.Get("replay_config")
	err = api.Decoded(replay, func(replay pyjson.Value) error {
		if id := replay.Get("problem_statement", "id").Scalar(); id != "" {
			t.InstanceID = id
		}
		identify(t, v)
		t.Teacher = format.NameOr(t.Teacher, replay.Get("agent", "model", "name").Text())
		return nil
	})
	if err != nil {
		return nil, format.Within(err, "replay_config")
	}
	readInfo(t, v.Get("info"))
	t.MarkUnrecordedTools()
	return t, nil
}

// sweagentHistory is the whole conversation: the history, else what the last
// step holds of it. Query and messages may be cut or elided by SWE-agent's
// history processors, the history never is.
func sweagentHistory(v pyjson.Value) pyjson.Value {
	if history := v.Get("history"); history.Length() > 0 {
		return history
	}
	var last pyjson.Value
	for _, step := range v.Get("trajectory").Elements() {
		last = step
	}
	if messages := last.Get("messages"); messages.Present() {
		return messages
	}
	return last.Get("query")
}

// readInfo reads how a run ended and what it cost. A submission is a patch
// only where it is a diff: capture-the-flag runs submit flags.
func readInfo(t *format.Trajectory, info pyjson.Value) {
	t.ExitStatus = info.Get("exit_status").Text()
	if text := info.Get("submission").Text(); isDiff(text) {
		t.Patch = text
	}
	stats := info.Get("model_stats")
	t.CostUSD, _ = stats.Get("instance_cost").Float()
	if t.CostUSD == 0 {
		t.CostUSD, _ = stats.Get("total_cost").Float()
	}
	t.PromptTokens = stats.Get("tokens_sent").Count()
	t.CompletionTokens = stats.Get("tokens_received").Count()
}

func isDiff(text string) bool {
	return strings.Contains(text, "diff --git ") || strings.HasPrefix(text, "--- ") || strings.Contains(text, "\n--- ")
}

// readHistory reads SWE-agent's history items: OpenAI messages with a few
// members more. They may also come as JSON inside a string.
func readHistory(list pyjson.Value) ([]format.Message, error) {
	messages, err := api.ReadMessages(list)
	if err != nil {
		return nil, err
	}
	err = api.Decoded(list, func(list pyjson.Value) error {
		for i, item := range list.Elements() {
			readHistoryItem(&messages[i], item)
		}
		return nil
	})
	return messages, err
}

// readHistoryItem takes the members that only SWE-agent writes: the plural
// tool_call_ids, of which a result has one, and the marks of demonstrations,
// which are shown to the model and never learned from.
func readHistoryItem(m *format.Message, item pyjson.Value) {
	switch m.Role {
	case format.ToolRole:
		m.CallID = format.NameOr(m.CallID, pyjson.FirstOf(item.Get("tool_call_ids")).Text())
	case format.Assistant:
		demo := pyjson.IsTrue(item.Get("is_demo")) || item.Get("message_type").Text() == "demonstration"
		m.Untrained = m.Untrained || demo
	}
}

// instanceOfFile is the instance that a file of one trajectory is named
// after: SWE-agent and mini-swe-agent write ID/ID.traj and ID/ID.traj.json.
func instanceOfFile(path string) string {
	name := filepath.Base(path)
	for _, ending := range []string{".gz", ".zst", ".json"} {
		name = strings.TrimSuffix(name, ending)
	}
	id, isTraj := strings.CutSuffix(name, ".traj")
	if !isTraj {
		return ""
	}
	return id
}
