package format

// swesmith reads the rows of the SWE-smith trajectory datasets, in their
// three styles: calls as XML tags or between ticks inside the text, or as
// structured tool calls with SWE-agent's history members.
var swesmith = Dialect{
	Name:    "swe-smith",
	Summary: "SWE-smith trajectory rows (xml, ticks, tool); messages may be JSON in a string",
	Limits:  "the patch column is not taken: in published rows it belongs to other instances; rows without traj_id are plain openai records",
	claim: func(_ Record, v value) claim {
		if v.get("messages").present() && v.get("instance_id").present() && v.get("traj_id").present() {
			return byShape
		}
		return notMine
	},
	parse: parseSWESmith,
}

func parseSWESmith(_ Record, v value) (*Trajectory, error) {
	list := v.get("messages")
	if !list.present() {
		return nil, reject(NoMessages, "no messages in a record with %s", describeKeys(v))
	}
	messages, err := readHistory(list)
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
