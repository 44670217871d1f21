package format

// nebius reads nebius/SWE-agent-trajectories: turns of role, text and mask,
// with the system prompt in a column of its own.
var nebius = Dialect{
	Name:    "nebius-swe-agent",
	Summary: "nebius SWE-agent-trajectories rows: role ai, text, mask; success is in target",
	claim: func(_ Record, v value) claim {
		turn := firstOf(v.get("trajectory"))
		if isNebiusTurn(turn) {
			return byShape
		}
		return notMine
	},
	parse: parseNebius,
}

// isNebiusTurn recognises a turn by its columns; which of them are there
// depends on how the row was stored, for null ones may be left out.
func isNebiusTurn(turn value) bool {
	for _, column := range []string{"text", "mask", "system_prompt"} {
		if turn.get(column).kind() != kindMissing {
			return turn.get("role").present()
		}
	}
	return false
}

var nebiusRoles = map[string]Role{"system": System, "user": User, "ai": Assistant}

func parseNebius(_ Record, v value) (*Trajectory, error) {
	t := &Trajectory{ExitStatus: v.get("exit_status").text(), Patch: v.get("generated_patch").text()}
	err := decoded(v.get("trajectory"), func(list value) error {
		if list.kind() != kindArray {
			return reject(NoMessages, "trajectory is %s, not an array", list.kind())
		}
		for i, turn := range list.elements() {
			m, err := readNebiusTurn(turn)
			if err != nil {
				return within(err, place("turn", i))
			}
			t.Messages = append(t.Messages, m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	t.identify(v)
	return t, nil
}

// readNebiusTurn reads one turn. An answer whose mask is false is kept and
// not learned from.
func readNebiusTurn(turn value) (Message, error) {
	role, ok := nebiusRoles[turn.get("role").text()]
	if !ok {
		return Message{}, reject(BadRole, "role %q is none of system, user, ai", clip(turn.get("role").scalar()))
	}
	text := turn.get("text")
	if !text.present() && role == System {
		text = turn.get("system_prompt")
	}
	if text.present() && text.kind() != kindText {
		return Message{}, reject(BadMessage, "text is %s", text.kind())
	}
	m := Message{Role: role, Content: text.text()}
	mask := turn.get("mask")
	m.Untrained = role == Assistant && mask.present() && excluded(mask)
	return m, nil
}

// nebiusOpenHands reads nebius/SWE-rebench-openhands-trajectories, and other
// rows that keep OpenAI messages in a column named trajectory.
var nebiusOpenHands = Dialect{
	Name:    "nebius-openhands",
	Summary: "nebius SWE-rebench-openhands-trajectories rows: OpenAI messages in trajectory; success is in resolved",
	claim: func(_ Record, v value) claim {
		list := v.get("trajectory")
		switch turn := firstOf(list); {
		case turn.get("role").present() && !isNebiusTurn(turn):
			return byShape
		case list.kind() == kindText && v.get("instance_id").present():
			return bySharing
		}
		return notMine
	},
	parse: parseNebiusOpenHands,
}

func parseNebiusOpenHands(_ Record, v value) (*Trajectory, error) {
	list := v.get("trajectory")
	if !list.present() {
		return nil, reject(NoMessages, "no trajectory in a record with %s", describeKeys(v))
	}
	messages, err := readMessages(list)
	if err != nil {
		return nil, err
	}
	t := &Trajectory{
		Messages: messages, ExitStatus: v.get("exit_status").text(), Patch: v.get("model_patch").text(),
	}
	if t.Tools, err = readTools(v.get("tools")); err != nil {
		return nil, err
	}
	t.identify(v)
	t.markUnrecordedTools()
	return t, nil
}
