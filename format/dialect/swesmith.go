package dialect

import (
	"trainyard/format"
	"trainyard/format/pyjson"
)

// swesmith reads the rows of the SWE-smith trajectory datasets, in their
// three styles: calls as XML tags or between ticks inside the text, or as
// structured tool calls with SWE-agent's history members.
var swesmith = Dialect{
	Name:    "swe-smith",
	Summary: "SWE-smith trajectory rows (xml, ticks, tool); messages may be JSON in a string",
	Limits:  "the patch column is not taken: in published rows it belongs to other instances; rows without traj_id are plain openai records",
	claim: func(_ format.Record, v pyjson.Value) claim {
		if v.Get("messages").Present() && v.Get("instance_id").Present() && v.Get("traj_id").Present() {
			return byShape
		}
		return notMine
	},
	parse: parseSWESmith,
}

func parseSWESmith(_ format.Record, v pyjson.Value) (*format.Trajectory, error) {
	list := v.Get("messages")
	if !list.Present() {
		return nil, format.Rejectf(format.NoMessages, "no messages in a record with %s", describeKeys(v))
	}
	messages, err := readHistory(list)
	if err != nil {
		return nil, err
	}
	return rowWith(v, messages)
}
