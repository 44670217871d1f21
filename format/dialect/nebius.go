package dialect

import (
	"trainyard/format"
	"trainyard/format/api"
	"trainyard/format/pyjson"
)

// nebius reads nebius/SWE-agent-trajectories: turns of role, text and mask,
// with the system prompt in a column of its own.
var nebius = Dialect{
	Name:    "nebius-swe-agent",
	Summary: "nebius SWE-agent-trajectories rows: role ai, text, mask; success is in target",
	claim: func(_ format.Record, v pyjson.Value) claim {
		turn := pyjson.FirstOf(v.Get("trajectory"))
		if isNebiusTurn(turn) {
			return byShape
		}
		return notMine
	},
	parse: parseNebius,
}

// isNebiusTurn recognises a turn by its columns; which of them are there
// depends on how the row was stored, for null ones may be left out.
func isNebiusTurn(turn pyjson.Value) bool {
	for _, column := range []string{"text", "mask", "system_prompt"} {
		if turn.Get(column).Kind() != pyjson.KindMissing {
			return turn.Get("role").Present()
		}
	}
	return false
}

var nebiusRoles = map[string]format.Role{"system": format.System, "user": format.User, "ai": format.Assistant}

func parseNebius(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	t := &format.Trajectory{ExitStatus: v.Get("exit_status").Text(), Patch: v.Get("generated_patch").Text()}
	err := api.Decoded(v.Get("trajectory"), func(list pyjson.Value) error {
		if list.Kind() != pyjson.KindArray {
			return format.Rejectf(format.NoMessages, "trajectory is %s, not an array", list.Kind())
		}
		for i, turn := range list.Elements() {
			m, err := readNebiusTurn(turn)
			if err != nil {
				return format.Within(err, format.Place("turn", i))
			}
			t.Messages = append(t.Messages, m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	identify(t, v)
	return t, nil
}

// readNebiusTurn reads one turn. An answer whose mask is false is kept and
// not learned from.
func readNebiusTurn(turn pyjson.Value) (format.Message, error) {
	role, ok := nebiusRoles[turn.Get("role").Text()]
	if !ok {
		return format.Message{}, format.Rejectf(format.BadRole, "role %q is none of system, user, ai", pyjson.Clip(turn.Get("role").Scalar()))
	}
	text := turn.Get("text")
	if !text.Present() && role == format.System {
		text = turn.Get("system_prompt")
	}
	if text.Present() && text.Kind() != pyjson.KindText {
		return format.Message{}, format.Rejectf(format.BadMessage, "text is %s", text.Kind())
	}
	m := format.Message{Role: role, Content: text.Text()}
	mask := turn.Get("mask")
	m.Untrained = role == format.Assistant && mask.Present() && api.Excluded(mask)
	return m, nil
}

// nebiusOpenHands reads nebius/SWE-rebench-openhands-trajectories, and other
// rows that keep OpenAI messages in a column named trajectory.
var nebiusOpenHands = Dialect{
	Name:    "nebius-openhands",
	Summary: "nebius SWE-rebench-openhands-trajectories rows: OpenAI messages in trajectory; success is in resolved",
	claim: func(_ format.Record, v pyjson.Value) claim {
		list := v.Get("trajectory")
		switch turn := pyjson.FirstOf(list); {
		case turn.Get("role").Present() && !isNebiusTurn(turn):
			return byShape
		case list.Kind() == pyjson.KindText && v.Get("instance_id").Present():
			return bySharing
		}
		return notMine
	},
	parse: parseNebiusOpenHands,
}

func parseNebiusOpenHands(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	list := v.Get("trajectory")
	if !list.Present() {
		return nil, format.Rejectf(format.NoMessages, "no trajectory in a record with %s", describeKeys(v))
	}
	return rowOf(v, list)
}
