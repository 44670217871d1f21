package edit

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"trainyard/format"
	"trainyard/format/protocol"
)

// diversifyTools keeps a student from learning the names of one scaffold by heart:
// with foreign names 63 to 67 % of the conversations of such a student ended in
// errors (OpenHands software-agent-sdk, issue 2553). NeMo-Gym draws names anew for
// each run (diversify_tool_names); here what a trajectory is decides, so that
// another record moves nothing.
var diversifyTools = Edit{
	Name:    "diversify_tools",
	Summary: "give each trajectory one of several names for a tool, in calls, results and descriptions",
	Limits:  "prose that mentions a tool stays as it is; a trajectory that has a tool of the new name already is refused",
	Args: []Arg{
		{Name: "tools", Kind: ChoicesArg, Summary: "a list of {from, to}, where to is a list of names; the old name may be among them", Required: true},
		{Name: "seed", Kind: NumberArg, Summary: "another one draws other names; default: 1"},
	},
	prepare: func(given editArgs, _ Env) (change, error) {
		choices, seed := given.choices("tools"), max(given.number("seed"), 1)
		if err := checkChoices(choices); err != nil {
			return nil, err
		}
		return func(t *format.Trajectory) (int, error) { return diversify(t, choices, seed) }, nil
	},
	tools: func(given editArgs) (from []string) {
		for _, c := range given.choices("tools") {
			from = append(from, c.from)
		}
		return from
	},
}

// checkChoices refuses names that two tools of a trajectory could come to share.
func checkChoices(choices []choice) error {
	of := map[string]string{}
	for _, c := range choices {
		of[c.from] = c.from
	}
	for _, c := range choices {
		for _, name := range c.to {
			if other, taken := of[name]; taken && other != c.from {
				return fmt.Errorf("tools: %q could be %s as well as %s", name, other, c.from)
			}
			of[name] = c.from
		}
	}
	return nil
}

func diversify(t *format.Trajectory, choices []choice, seed int) (int, error) {
	described := protocol.ToolNames(t.Tools)
	var renames []rename
	for _, c := range choices {
		name := c.to[draw(seed, c.from, t)%uint64(len(c.to))]
		if name == c.from {
			continue
		}
		if slices.Contains(described, c.from) && slices.Contains(described, name) {
			return 0, format.Rejectf(format.EditFailed, "%q would become %q, which is another tool of the record", c.from, name)
		}
		renames = append(renames, rename{c.from, name})
	}
	return namesChange(nameEdit{tool: renamer(renames)})(t)
}

// draw is a number that depends on the tool and on what the trajectory is, and on
// nothing else.
func draw(seed int, tool string, t *format.Trajectory) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "diversify_tools %d %d:%s %d:%s %s", seed, len(tool), tool, len(t.InstanceID), t.InstanceID, t.ID))
	return binary.LittleEndian.Uint64(sum[:])
}
