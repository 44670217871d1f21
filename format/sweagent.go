package format

import (
	"path/filepath"
	"strings"
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

func claimSWEAgent(_ Record, v value) claim {
	item, step := firstOf(v.get("history")), firstOf(v.get("trajectory"))
	switch {
	case step.get("action").present() && step.get("observation").present():
		return byShape
	case item.get("role").present() && (item.get("agent").present() || item.get("message_type").present()):
		return byShape
	}
	return notMine
}

// firstOf is an array's first element.
func firstOf(list value) value {
	for _, element := range list.elements() {
		return element
	}
	return value{}
}

func parseSWEAgent(rec Record, v value) (*Trajectory, error) {
	list := sweagentHistory(v)
	if !list.present() {
		return nil, reject(NoMessages, "neither history, nor messages or query in the last step of trajectory")
	}
	messages, err := readHistory(list)
	if err != nil {
		return nil, err
	}
	t := &Trajectory{Messages: messages, InstanceID: instanceOfFile(rec.File)}
	replay := v.get("replay_config")
	err = decoded(replay, func(replay value) error {
		if id := replay.get("problem_statement", "id").scalar(); id != "" {
			t.InstanceID = id
		}
		t.identify(v)
		t.Teacher = nameOr(t.Teacher, replay.get("agent", "model", "name").text())
		return nil
	})
	if err != nil {
		return nil, within(err, "replay_config")
	}
	t.readInfo(v.get("info"))
	t.markUnrecordedTools()
	return t, nil
}

// sweagentHistory is the whole conversation: the history, else what the last
// step holds of it. Query and messages may be cut or elided by SWE-agent's
// history processors, the history never is.
func sweagentHistory(v value) value {
	if history := v.get("history"); history.length() > 0 {
		return history
	}
	var last value
	for _, step := range v.get("trajectory").elements() {
		last = step
	}
	if messages := last.get("messages"); messages.present() {
		return messages
	}
	return last.get("query")
}

// readInfo reads how a run ended and what it cost. A submission is a patch
// only where it is a diff: capture-the-flag runs submit flags.
func (t *Trajectory) readInfo(info value) {
	t.ExitStatus = info.get("exit_status").text()
	if text := info.get("submission").text(); isDiff(text) {
		t.Patch = text
	}
	stats := info.get("model_stats")
	t.CostUSD, _ = stats.get("instance_cost").float()
	if t.CostUSD == 0 {
		t.CostUSD, _ = stats.get("total_cost").float()
	}
	t.PromptTokens = stats.get("tokens_sent").count()
	t.CompletionTokens = stats.get("tokens_received").count()
}

func isDiff(text string) bool {
	return strings.Contains(text, "diff --git ") || strings.HasPrefix(text, "--- ") || strings.Contains(text, "\n--- ")
}

// count reads a number of things; anything but a number is none.
func (v value) count() int64 {
	f, ok := v.float()
	if !ok || f < 0 || f > 1<<53 {
		return 0
	}
	return int64(f)
}

// readHistory reads SWE-agent's history items: OpenAI messages with a few
// members more. They may also come as JSON inside a string.
func readHistory(list value) ([]Message, error) {
	messages, err := readMessages(list)
	if err != nil {
		return nil, err
	}
	err = decoded(list, func(list value) error {
		for i, item := range list.elements() {
			messages[i].readHistoryItem(item)
		}
		return nil
	})
	return messages, err
}

// readHistoryItem takes the members that only SWE-agent writes: the plural
// tool_call_ids, of which a result has one, the marks of demonstrations,
// which are shown to the model and never learned from, and thinking blocks.
func (m *Message) readHistoryItem(item value) {
	switch m.Role {
	case ToolRole:
		m.CallID = nameOr(m.CallID, firstOf(item.get("tool_call_ids")).text())
	case Assistant:
		demo := string(item.get("is_demo").raw()) == "true" || item.get("message_type").text() == "demonstration"
		m.Untrained = m.Untrained || demo
		for _, block := range item.get("thinking_blocks").elements() {
			m.Reasoning += block.get("thinking").text()
		}
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
