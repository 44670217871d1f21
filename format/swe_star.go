package format

// swestar reads SWE-Star rows, which hold a trajectory twice as JSON text:
// full, and stitched.
var swestar = Dialect{
	Name:    "swe-star",
	Summary: "SWE-Star rows: the trajectory as JSON text in full (read where present) and stitched",
	Limits:  "stitched is read only where full is missing: both are the same run",
	claim: func(_ Record, v value) claim {
		if v.get("stitched").present() && v.get("instance_id").present() {
			return byShape
		}
		return notMine
	},
	parse: func(_ Record, v value) (*Trajectory, error) {
		list := v.get("full")
		if !list.present() {
			list = v.get("stitched")
		}
		return rowOf(v, list)
	},
}

// rowOf reads a list of OpenAI messages that a row holds under a name of its
// own.
func rowOf(v, list value) (*Trajectory, error) {
	messages, err := readMessages(list)
	if err != nil {
		return nil, err
	}
	t := &Trajectory{Messages: messages}
	if t.Tools, err = readTools(v.get("tools")); err != nil {
		return nil, err
	}
	t.identify(v)
	t.markUnrecordedTools()
	return t, nil
}
